/** The calls of one session. Their code is loaded with the first event of a call, or when the user begins one. */

import type { ClientListener } from "../../client/state/client_state.ts";
import type { PageCallAction } from "./call_action.ts";
import type { PageChat } from "../page_chat.ts";
import type { CallSession } from "./call_session.ts";

export interface PageCallsOptions {
  readonly chat: () => PageChat;
  /** The path of the server's `/`. */
  readonly folder: string;
  /** Whether the user wants notifications. */
  readonly notifies: () => boolean;
}

export class PageCalls {
  readonly #options: PageCallsOptions;
  #loading: Promise<CallSession | undefined> | undefined;
  #loaded: CallSession | undefined;
  /** What follows the client, once the code is loaded. Until then the events since the start of loading wait. */
  #follow: ClientListener | undefined;
  #waiting: Parameters<ClientListener>[] = [];
  #listener: ClientListener | undefined;

  constructor(options: PageCallsOptions) {
    this.#options = options;
  }

  /** Takes the client's events before the listener. */
  following(listener: ClientListener): ClientListener {
    this.#listener = listener;
    return (event, ...states) => {
      if (this.#follow !== undefined) return this.#follow(event, ...states);
      listener(event, ...states);
      const type = event.type === "received" ? event.event?.type : undefined;
      if (type === "call" || type === "media") this.#use(() => {});
      if (this.#loading !== undefined) this.#waiting.push([event, ...states]);
    };
  }

  /** Does what the user wants, and shows an error to them. */
  perform(action: PageCallAction): void {
    this.#use((calls) => calls.perform(action));
  }

  #use(run: (calls: CallSession) => void): void {
    const { chat } = this.#options;
    void (this.#loading ??= this.#load()).then((calls) => calls && run(calls)).catch((error) => {
      chat().note((error as Error).message, "error");
    });
  }

  /** Called when the page is drawn. */
  update(): void {
    this.#loaded?.update();
  }

  /** Ends the call: the session has ended. */
  close(): void {
    this.#loaded?.close();
  }

  async #load(): Promise<CallSession | undefined> {
    const { chat } = this.#options;
    const module = await import("./call_session.ts").catch(() => undefined);
    if (module === undefined) {
      this.#loading = undefined;
      this.#waiting = [];
      throw new Error("This part of the page cannot be loaded: reload the page");
    }
    const calls = new module.CallSession({ ...this.#options, chat: chat() });
    let caughtUp = false;
    const follow = calls.following((...event) => caughtUp && this.#listener!(...event));
    const { state } = chat();
    follow({ type: "status", status: state.status }, state, state);
    for (const event of this.#waiting) follow(...event);
    caughtUp = true;
    this.#follow = follow;
    this.#waiting = [];
    return this.#loaded = calls;
  }
}
