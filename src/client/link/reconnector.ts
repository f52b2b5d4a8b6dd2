/** Keeps a link to the server: dials, waits and dials again, until there is a reason to stop. */

import { RECONNECT_FIRST_MS, RECONNECT_MAX_MS } from "../../protocol/limits.ts";
import type { CloseCause, Status } from "../client_event.ts";
import type { Clock } from "../clock.ts";
import type { ClientSession } from "../client_session.ts";
import { type Dial, dialInTime, Untrusted } from "./dial.ts";
import { LEFT, type LinkEnd, lost, untrusted } from "./link_end.ts";
import { errorMessage, ServerLink, type ServerLinkOptions } from "./server_link.ts";

/** How long a server has to close what we have left. */
const CLOSE_WAIT_MS = 2_000;

export type Closed = Extract<Status, { kind: "closed" }>;

export interface ReconnectorOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryFirst: boolean;
  readonly conversation: ClientSession;
  readonly onStatus: (status: Status) => void;
  /** Called before each write to a link. Must not throw. */
  readonly beforeWrite: () => void;
}

export class Reconnector {
  readonly #options: ReconnectorOptions;
  readonly #stop = new AbortController();
  #link: ServerLink | undefined;
  #wake: (() => void) | undefined;
  #closing = false;

  constructor(options: ReconnectorOptions) {
    this.#options = options;
  }

  /** Resolves with how it closed, which it does not tell by `onStatus`. Never rejects. Call it once. */
  async run(): Promise<Closed> {
    const { clock, conversation, onStatus, random } = this.#options;
    let attempt = 0;
    let waits = 0;
    for (;;) {
      attempt++;
      onStatus({ kind: "connecting", attempt });
      const ending = await this.#useLink();
      if (conversation.online || ending.kind === "again") attempt = waits = 0;
      conversation.linkLost();
      if (ending.kind === "again" && !this.#closing) continue;
      const cause = this.#causeToStop(ending);
      if (cause !== undefined) return { kind: "closed", cause, reason: ending.reason };
      waits++;
      const ms = (ending.kind === "lost" ? ending.retryAfterMs : 0) + reconnectDelay(waits, random);
      onStatus({ kind: "waiting", retryAt: clock.now() + ms, reason: ending.reason });
      await this.#sleep(ms);
      if (this.#closing) return LEFT;
    }
  }

  /** Says `leave`, waits for the server's close, 2 s at most, and ends. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    const link = this.#link;
    if (link?.greeted === true) {
      this.#options.conversation.sayLeave();
      this.#options.clock.after(CLOSE_WAIT_MS, () => link.end(LEFT), link.signal);
    } else {
      this.#stop.abort();
      this.#wake?.();
      link?.end(LEFT);
    }
  }

  #causeToStop(ending: LinkEnd): CloseCause | undefined {
    if (this.#closing) return "left";
    const mayRetry = this.#options.retryFirst || this.#options.conversation.mayReturn;
    return ending.kind === "lost" && mayRetry ? undefined : ending.cause;
  }

  /** One link from the dialing to its end. */
  async #useLink(): Promise<LinkEnd> {
    const { dial, clock, conversation, beforeWrite } = this.#options;
    const onLine: ServerLinkOptions["onLine"] = (line, event) => conversation.receive(line, event);
    try {
      const connection = await dialInTime(dial, clock, this.#stop.signal);
      this.#link = new ServerLink({ connection, clock, onLine, beforeWrite });
    } catch (error) {
      if (this.#closing) return LEFT;
      return error instanceof Untrusted ? untrusted(error.message) : lost(errorMessage(error));
    }
    conversation.linkOpened(this.#link);
    if (this.#closing) this.#link.end(LEFT);
    else this.#link.open();
    const ending = await this.#link.ended;
    this.#link = undefined;
    return this.#closing ? LEFT : ending;
  }

  /** Cut short by `close`. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closing) return resolve();
      this.#wake = resolve;
      this.#options.clock.after(ms, resolve, this.#stop.signal);
    });
  }
}

/**
 * Milliseconds to wait after failure `attempt`, counted from 1: exponential backoff from 0.5 s to 30 s, of which half is random
 * ("equal jitter"), so that the clients of a restarted server do not all return at once. `random` returns 0 to below 1.
 */
export function reconnectDelay(attempt: number, random: () => number): number {
  const longest = Math.min(RECONNECT_MAX_MS, RECONNECT_FIRST_MS * 2 ** (attempt - 1));
  return Math.round(longest / 2 + random() * longest / 2);
}
