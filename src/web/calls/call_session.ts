/** The calls of one session: follows the client, and shows what rings and the call that the user is in. */

import { ClientCalls, type CurrentCall } from "../../client/calls/client_calls.ts";
import { systemClock } from "../../client/clock.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { MEDIA_PATH } from "../../protocol/calls/media_handshake.ts";
import type { VideoForm, VideoPicture } from "../../protocol/calls/media_frame.ts";
import type { CallEvent } from "../../protocol/messages/messages.ts";
import type { PageCallAction } from "./call_action.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import { socketAddress } from "../websocket_connection.ts";
import { byId } from "../views/dom.ts";
import { CallRing } from "./call_ring.ts";
import { pageDevices } from "./page_devices.ts";
import { openPageMediaSocket } from "./page_media_socket.ts";
import { CallBar } from "./views/call_bar.ts";
import { CallStrip } from "./views/call_strip.ts";
import { addCallStyles } from "./views/call_styles.ts";
import type { ShownCall } from "./views/shown_call.ts";

export interface CallSessionOptions {
  readonly chat: PageChat;
  /** The path of the server's `/`. */
  readonly folder: string;
  /** Whether the user wants notifications. */
  readonly notifies: () => boolean;
}

/** How often levels are drawn. */
const LEVEL_MS = 100;
const SMALL_PICTURE: VideoForm = { width: 160, height: 90, rate: 10 };
/** Where there is room for it. */
const LARGE_PICTURE: VideoForm = { width: 320, height: 180, rate: 10 };
const NO_PICTURE: VideoForm = { width: 0, height: 0, rate: 0 };

export class CallSession {
  readonly #chat: PageChat;
  readonly #devices = pageDevices();
  readonly #calls: ClientCalls;
  readonly #ring: CallRing;
  readonly #bar: CallBar;
  readonly #ended = new AbortController();
  #strip: CallStrip | undefined;
  /** What the height of the views depends on. */
  #layout = "";
  readonly #said = new Set<string>();
  #drawing: ReturnType<typeof setInterval> | undefined;

  constructor({ chat, folder, notifies }: CallSessionOptions) {
    this.#chat = chat;
    const address = socketAddress(location, folder, MEDIA_PATH);
    this.#calls = new ClientCalls({
      client: () => chat.client,
      devices: this.#devices,
      open: (signal) => openPageMediaSocket(address, signal),
      clock: systemClock,
      changed: () => this.update(),
      picture: (id, picture) => this.#drawPicture(id, picture),
      say: (text) => this.#say(text),
    });
    this.#ring = new CallRing({
      notifies,
      answer: (id, camera) => this.#attempt(() => this.#calls.answer(!camera, id)),
      decline: (id) => this.#attempt(() => this.#calls.decline(id)),
    });
    this.#bar = new CallBar(() => this.#enter());
    addCallStyles();
    document.addEventListener("visibilitychange", () => this.#showForm(), { signal: this.#ended.signal });
  }

  /** Takes the client's events before the listener. A page that is hidden draws nothing, but the ring must end with its call. */
  following(listener: ClientListener): ClientListener {
    const follow = this.#calls.following(listener);
    return (...event) => {
      follow(...event);
      this.#updateRing();
    };
  }

  /** Does what the user wants. Throws an Error for users. */
  perform(action: PageCallAction): void {
    const calls = this.#calls;
    switch (action.do) {
      case "call":
        return calls.call(action.place, action.audio);
      case "answer":
        return calls.answer(action.audio);
      case "decline":
        return calls.decline();
      case "hangup":
        return calls.hangUp();
      case "camera":
        return calls.setCamera(action.on);
      case "microphone":
        return calls.setMicrophone(action.on);
      case "ptt":
        throw new Error("Push to talk needs the terminal client: /mic off and /mic on do the same");
      default:
        return action satisfies never;
    }
  }

  /** Draws what has changed. */
  update(): void {
    if (this.#ended.signal.aborted) return;
    const { current, ringing } = this.#calls;
    this.#updateRing();
    const here = current === undefined && ringing.length === 0 ? this.#callHere() : [];
    const layout = JSON.stringify([here, current?.isUp, current?.seats.length]);
    if (layout === this.#layout) return this.#updateViews(current, here);
    this.#layout = layout;
    keepingNewest(() => this.#updateViews(current, here));
    this.#showForm();
  }

  /** Ends the call and removes all views. */
  close(): void {
    this.#calls.stop();
    this.#ended.abort();
    this.#ring.update(undefined);
    this.#bar.close();
    this.#closeStrip();
  }

  #updateViews(current: CurrentCall | undefined, here: readonly string[]): void {
    this.#bar.update(here);
    if (current === undefined) return this.#closeStrip();
    this.#strip ??= this.#openStrip();
    this.#strip.update(shownCall(current, this.#chat.conversations.current));
  }

  /** Without a connection, nobody knows whether the call still rings. */
  #updateRing(): void {
    if (this.#ended.signal.aborted) return;
    this.#ring.update(this.#chat.state.status.kind === "online" ? this.#calls.ringing[0] : undefined);
  }

  /** Says the same only once at a time: one reason may keep the page from several devices. */
  #say(text: string): void {
    if (this.#said.size === 0) queueMicrotask(() => this.#said.clear());
    if (!this.#said.has(text)) this.#chat.note(text);
    this.#said.add(text);
  }

  /** Enters the call in the open place. */
  #enter(): void {
    const { current } = this.#chat.conversations;
    if (current !== undefined) this.#attempt(() => this.#calls.call(placeOf(current), false));
  }

  #attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#chat.note((error as Error).message, "error");
    }
  }

  #openStrip(): CallStrip {
    this.#drawing = setInterval(() => this.#drawLevels(), LEVEL_MS);
    return new CallStrip({
      microphone: (on) => this.#attempt(() => this.#calls.setMicrophone(on)),
      camera: (on) => this.#attempt(() => this.#calls.setCamera(on)),
      hangUp: () => this.#attempt(() => this.#calls.hangUp()),
    }, this.#devices.preview);
  }

  #closeStrip(): void {
    clearInterval(this.#drawing);
    this.#strip?.close();
    this.#strip = undefined;
  }

  #drawLevels(): void {
    const { current } = this.#calls;
    if (current !== undefined && document.visibilityState === "visible") {
      this.#strip?.update(shownCall(current, this.#chat.conversations.current));
    }
  }

  #drawPicture(id: string, picture: VideoPicture): void {
    if (id !== this.#chat.state.you?.id) void this.#strip?.tile(id)?.picture.draw(picture);
  }

  /** Asks for pictures of the size that is drawn, and for none while the page is hidden. */
  #showForm(): void {
    if (document.visibilityState === "hidden") return this.#calls.show(NO_PICTURE);
    this.#calls.show(this.#strip?.isRoomy ? LARGE_PICTURE : SMALL_PICTURE);
  }

  /** The names of those in the call of the open place, if there is one. */
  #callHere(): readonly string[] {
    const { state: { calls, status }, conversations: { current } } = this.#chat;
    if (current === undefined || status.kind !== "online") return [];
    const here = [...calls.values()].find((call) => isIn(call, current));
    return here?.members.filter(({ state }) => state === "in").map(({ name }) => name) ?? [];
  }
}

/** Leaves the messages where they are above the composer while the space for them changes. */
function keepingNewest(change: () => void): void {
  const log = byId("log");
  const below = log.scrollHeight - log.scrollTop - log.clientHeight;
  change();
  log.scrollTop = log.scrollHeight - log.clientHeight - below;
}

function placeOf({ partner }: Conversation): { readonly room: string } | { readonly to: string } {
  return partner.kind === "room" ? { room: partner.room } : { to: partner.member.id };
}

function isIn(call: CallEvent, { partner }: Conversation): boolean {
  return partner.kind === "room" ? call.room === partner.room : call.with?.id === partner.member.id;
}

function shownCall({ event, isUp, seats }: CurrentCall, open: Conversation | undefined): ShownCall {
  return {
    isOpen: open !== undefined && isIn(event, open),
    title: event.room === undefined ? `Call with ${event.with?.name ?? ""}` : `Call in #${event.room}`,
    connected: isUp,
    members: seats.map(({ id, name, isOwn, state, camera, microphone, speaks, level }) => ({
      ...{ id, name, isOwn, speaks, level },
      entered: state === "in",
      // Their client has not said yet what is on.
      camera: camera ?? true,
      microphone: microphone ?? true,
    })),
  };
}
