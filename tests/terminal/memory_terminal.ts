/** A terminal without a window and a client without a server, to run the whole terminal client in a test. */

import {
  checkMessage,
  type MessageIntent,
  type PendingMessage,
  type Target,
} from "../../src/client/delivery/message_intent.ts";
import type { ClientEvent } from "../../src/client/client_event.ts";
import { type ClientListener, initialState } from "../../src/client/state/client_state.ts";
import { reduceClientState } from "../../src/client/state/client_state_reducer.ts";
import { KeptUploads } from "../../src/client/delivery/kept_uploads.ts";
import { IgnoredMembers } from "../../src/client/ignored_members.ts";
import { ReaderState } from "../../src/client/state/reader_state.ts";
import type { BlockCommand, ClientCommand, MessageFile, ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { CloseStatus } from "../../src/terminal/app.ts";
import type { ChatClient } from "../../src/terminal/chat_options.ts";
import type { TakenTerminal, Terminal, TerminalEvents } from "../../src/terminal/screen/terminal_port.ts";
import { Screen } from "../helpers/screen.ts";

export class MemoryTerminal implements Terminal {
  readonly screen: Screen;
  readonly writes: string[] = [];
  events: TerminalEvents | undefined;
  /** Whether the terminal is lent to an editor. */
  lent = false;
  /** While set, writes wait for it. */
  held: Promise<void> | undefined;
  readonly #chunks: (Uint8Array | undefined)[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(columns = 40, rows = 10) {
    this.screen = new Screen(columns, rows);
  }

  get input(): AsyncIterable<Uint8Array> {
    return this.#read();
  }

  size() {
    return { columns: this.screen.columns, rows: this.screen.rows };
  }

  async write(text: string): Promise<void> {
    this.writes.push(text);
    this.screen.write(text);
    await this.held;
  }

  open(events: TerminalEvents): TakenTerminal {
    this.events = events;
    const lend = () => {
      this.lent = true;
      return { [Symbol.dispose]: () => this.lent = false };
    };
    return { lend, [Symbol.dispose]: () => this.events = undefined };
  }

  type(text: string): void {
    this.#push(new TextEncoder().encode(text));
  }

  hangUp(): void {
    this.#push(undefined);
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    this.events?.resized();
  }

  #push(chunk: Uint8Array | undefined): void {
    this.#chunks.push(chunk);
    this.#wake.resolve();
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      for (const chunk of this.#chunks.splice(0)) {
        if (chunk === undefined) return;
        yield chunk;
      }
      this.#wake = Promise.withResolvers();
      if (this.#chunks.length === 0) await this.#wake.promise;
    }
  }
}

/** A client that the test controls. It records all requests. */
export class FakeClient implements ChatClient {
  /** Whether it has a key, with which it admits other devices. */
  keyed = true;
  readonly asked: unknown[] = [];
  /** Reports that the user types, which would be in the way among `asked`. */
  readonly typing: ClientCommand[] = [];
  readonly pending: PendingMessage[] = [];
  online = true;
  readonly #onEvent: ClientListener;
  #state = initialState;
  readonly #closed = Promise.withResolvers<CloseStatus>();
  readonly #drained = Promise.withResolvers<void>();
  #refs = 0;

  constructor(onEvent: ClientListener) {
    this.#onEvent = onEvent;
    this.ignored.resume();
  }

  /** Records the command without its ref, and confirms it. */
  #block({ ref, ...command }: BlockCommand): void {
    this.asked.push(command);
    this.ignored.receive({ type: "notice", ref, text: "" });
  }

  get closed(): Promise<CloseStatus> {
    return this.#closed.promise;
  }

  remembers = false;
  readonly reader = new ReaderState(() => {});
  readonly uploads = new KeptUploads();
  readonly ignored = new IgnoredMembers({
    reader: this.reader,
    state: () => this.#state,
    send: (command) => this.#block(command),
  });
  /** The password prompt, set by the chat. */
  askPassword: ChatClient["askPassword"];

  /** Rooms that are about to be joined. */
  readonly joining = new Set<string>();

  isReady(target: Target): boolean {
    return this.#state.status.kind === "online" && !("room" in target && this.joining.has(target.room));
  }

  save(): void {}

  start(): void {
    this.asked.push("start");
  }

  checkLink(): void {
    this.asked.push("check");
  }

  send(target: Target, text: string, intent?: MessageIntent, file?: MessageFile): string {
    const parts = { ...file && { file }, ...intent && { intent } };
    const message = { ref: `r${this.#refs++}`, target, text: text.toWellFormed(), ...parts };
    checkMessage(message);
    return this.restore(message);
  }

  /** Adds a pending message of an earlier client, which is not checked again. */
  restore(message: PendingMessage): string {
    this.pending.push(message);
    this.emit({ type: "pending", message });
    return message.ref;
  }

  drop(ref: string): boolean {
    const index = this.pending.findIndex((message) => message.ref === ref);
    if (index < 0 || this.online) return false;
    const [message] = this.pending.splice(index, 1);
    this.emit({ type: "dropped", message: message! });
    return true;
  }

  /** Fails the oldest pending message as a server's refusal does. */
  refuse(message: string): void {
    const failed = this.pending.shift()!;
    this.emit({ type: "failed", message: failed, error: { type: "error", code: "no_such_member", message } });
  }

  /** The read marks that were sent: the key of each place and the seq. */
  readonly read: (readonly [place: string, seq: number])[] = [];

  markRead(place: string, { seq }: { readonly seq: number }): void {
    this.read.push([place, seq]);
  }

  /** The conversations whose missed messages were asked for. */
  readonly caughtUp: string[] = [];

  catchUp(place: string): void {
    this.caughtUp.push(place);
  }

  join(room: string): void {
    this.asked.push({ join: room });
  }

  leave(room: string): void {
    this.asked.push({ leave: room });
  }

  rename(name: string): void {
    this.asked.push({ rename: name });
  }

  login(name: string | undefined, password: string): void {
    this.asked.push({ login: name, password });
  }

  command(command: ClientCommand): boolean {
    const asked = command.type === "typing" ? this.typing : this.asked;
    if (this.online) asked.push(command);
    return this.online;
  }

  drained(): Promise<void> {
    return this.#drained.promise;
  }

  offerLink(): boolean {
    this.asked.push("offer link");
    return this.keyed;
  }

  answerLink(accept: boolean): boolean {
    this.asked.push(`answer link ${accept}`);
    return this.keyed;
  }

  close(): Promise<void> {
    this.asked.push("close");
    this.end({ kind: "closed", cause: "left", reason: "Left" });
    return Promise.resolve();
  }

  end(status: CloseStatus): void {
    this.emit({ type: "status", status });
    this.#closed.resolve(status);
    this.#drained.resolve();
  }

  emit(event: ClientEvent): void {
    const before = this.#state;
    this.#state = reduceClientState(before, event);
    this.#onEvent(event, this.#state, before);
  }

  receive(...events: ServerEvent[]): void {
    for (const event of events) this.emit({ type: "received", line: JSON.stringify(event), event });
  }

  /** Acknowledges the oldest pending message as a server does, after returning it with a seq. */
  acknowledge(seq: number): void {
    const message = this.pending.shift()!;
    const { ref, target, text } = message;
    const at = AT;
    if ("room" in target) this.receive({ type: "message", id: ref, room: target.room, seq, from: YOU, text, at });
    this.emit({ type: "acknowledged", message, ack: { type: "ack", ref, id: ref, seq, at } });
    if (this.pending.length === 0) this.#drained.resolve();
  }
}

export const AT = "2025-11-21T12:03:00.000Z";
export const YOU = { id: "9", name: "zoe" };
export const ADA = { id: "1", name: "ada" };
export const BOB = { id: "0192f0c1-0000-7000-8000-0000000000b0", name: "bob" };

export function joined(room: string, topic = ""): ServerEvent {
  const you = { ...YOU, token: "t" };
  return {
    type: "joined",
    room: { id: room, name: room, topic },
    you,
    seq: 0,
    members: [YOU, ADA, BOB],
    count: 3,
    missed: 0,
  };
}

/** The id of the message with this seq, in any room. */
export function idOf(seq: number): string {
  return `0192f0c1-0000-7000-8000-${String(seq).padStart(12, "0")}`;
}

/** A message of the conversation of zoe and `partner`. */
export function directMessage(text: string, seq = 1, from = ADA, partner = from, at = AT): ServerEvent {
  return { type: "message", id: idOf(1_000 + seq), with: partner, seq, from, text, at };
}

export function roomMessage(text: string, seq = 1, from = ADA, room = "lobby", at = AT): ServerEvent {
  return { type: "message", id: idOf(seq), room, seq, from, text, at };
}
