/** A chat client without a face: one object to send by, and one stream of events that tells a view what happens. */

import { MAX_PENDING_MESSAGES } from "../protocol/limits.ts";
import type { ClientCommand } from "../protocol/messages/messages.ts";
import type { ClientEvent, Status } from "./client_event.ts";
import type { ClientMemory } from "./client_memory.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ClientSession } from "./client_session.ts";
import type { Dial } from "./link/dial.ts";
import { LEFT } from "./link/link_end.ts";
import { checkMessage, type MessageIntent, type PendingMessage, type Target } from "./delivery/outgoing_message.ts";
import { type Closed, Reconnector } from "./link/reconnector.ts";
import { canonicalRoom, JoinRequests } from "./join_requests.ts";
import { MemoryWriter } from "./memory_writer.ts";
import type { AskPassword } from "./join_flow.ts";
import { type ClientListener, type ClientState, initialState, reduceClientState } from "./state/client_state.ts";
import type { ReaderState } from "./state/reader_state.ts";

export interface ClientOptions {
  /** Opens one link; rejects where it cannot. */
  readonly dial: Dial;
  readonly name: string;
  /** Take the name the server suggests where ours is taken, instead of being refused. */
  readonly acceptSuggestion: boolean;
  /** At least one. */
  readonly rooms: readonly string[];
  /** The server's, an invite's secret, or whichever else lets us in. It is kept in memory only, as all passwords are. */
  readonly password?: string;
  /** Called synchronously, in order. Must not throw. */
  readonly onEvent: ClientListener;
  readonly clock?: Clock;
  /** From 0 to below 1. */
  readonly random?: () => number;
  /** Unique among all that this member ever sends; at most `MAX_REF_CHARS`. */
  readonly newRef?: () => string;
  /** Whether a first attempt that fails is retried, instead of closing with cause `unreachable`. */
  readonly retryFirst?: boolean;
  /** Where the client goes on from, and what it keeps for the next one. The client closes it. Default: none. */
  readonly memory?: ClientMemory;
}

export class Client {
  readonly #onEvent: ClientListener;
  readonly #newRef: () => string;
  readonly #conversation: ClientSession;
  readonly #lifeline: Reconnector;
  readonly #memory: MemoryWriter | undefined;
  readonly #closed = Promise.withResolvers<Closed>();
  #state = initialState;
  readonly #restored: readonly PendingMessage[];
  #started = false;
  #whenDrained: (() => void)[] = [];

  constructor(options: ClientOptions) {
    const { dial, name, acceptSuggestion, rooms, password, memory, clock = systemClock, random = Math.random } =
      options;
    this.#onEvent = options.onEvent;
    this.#newRef = options.newRef ?? randomRef;
    const remembered = memory?.load();
    const conversation = new ClientSession({
      clock,
      membership: new JoinRequests(name, rooms, password),
      acceptSuggestion,
      emit: (event) => this.#emit(event),
      state: () => this.#state,
      onOnline: () => this.#setStatus({ kind: "online" }),
      changed: () => this.#memory?.changed(),
      remembered,
    });
    const onStatus = (status: Status) => this.#setStatus(status);
    const beforeWrite = () => this.#memory?.flush();
    const retryFirst = options.retryFirst ?? false;
    this.#lifeline = new Reconnector({ dial, clock, random, retryFirst, conversation, onStatus, beforeWrite });
    this.#conversation = conversation;
    this.#restored = remembered?.pending ?? [];
    this.#memory = memory && new MemoryWriter({ memory, clock, remembered: () => conversation.remembered });
  }

  /** What is known about the chat after the last event. */
  get state(): ClientState {
    return this.#state;
  }

  /** Connecting, attempt 1, before `start`. */
  get status(): Status {
    return this.#state.status;
  }

  /** Whether what is pending at the end is kept, and sent by the next client that has this memory. */
  get remembers(): boolean {
    return this.#memory?.saved === true;
  }

  /** What is kept for whoever reads. */
  get reader(): ReaderState {
    return this.#conversation.reader;
  }

  /** In the order typed. What is left when the client is closed was never acknowledged. */
  get pending(): readonly PendingMessage[] {
    return this.#conversation.sender.pending;
  }

  /** Whether `MAX_PENDING_MESSAGES` are pending: no further message can be sent until the server acknowledges some. */
  get isFull(): boolean {
    return this.#conversation.sender.pendingCount >= MAX_PENDING_MESSAGES;
  }

  /** Resolves with the closed status; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const message of this.#restored) this.#tell({ type: "pending", message });
    void this.#lifeline.run().then((closed) => this.#finish(closed));
  }

  /**
   * Queues a message, or with an `intent` a change of one, and sends it as soon as the link and the server's rate allow.
   * Returns its ref. A lone surrogate becomes U+FFFD. Throws an Error for users, and queues nothing, if the message is
   * invalid, if `MAX_PENDING_MESSAGES` are pending, or if the client is closed.
   */
  send(target: Target, text: string, intent?: MessageIntent): string {
    if (this.status.kind === "closed") throw new Error("Cannot send a message: the client is closed");
    if (this.isFull) {
      throw new Error(`Cannot send a message: ${MAX_PENDING_MESSAGES} are pending, wait until some are acknowledged`);
    }
    const ref = this.#newRef();
    const message = { ref, target: canonicalTarget(target), text: text.toWellFormed(), ...intent && { intent } };
    checkMessage(message);
    this.#conversation.sender.post(message);
    return ref;
  }

  /** Gives up a message. False where it is on its way, and may have arrived, or is not pending at all. */
  drop(ref: string): boolean {
    return this.#conversation.sender.drop(ref);
  }

  /** Asks to be in a room, now and after every reconnect. */
  join(room: string, password?: string): void {
    this.#conversation.join(canonicalRoom(room), password);
  }

  leave(room: string): void {
    this.#conversation.leave(canonicalRoom(room));
  }

  /** Without a link, the name is asked for on the next one. */
  rename(name: string): void {
    this.#conversation.rename(name);
  }

  /**
   * Becomes the member whose account it is; without a name, the owner of the server. Without a link, on the next one.
   * Messages that were not acknowledged go under the new name.
   */
  login(name: string | undefined, password: string): void {
    this.#conversation.entrance.login(name, password);
  }

  /** Who gives the passwords that are missing. Without it, whatever needs one is refused. */
  set askPassword(ask: AskPassword | undefined) {
    this.#conversation.entrance.askPassword = ask;
  }

  /** Any other command. False, and nothing is sent, while not online. */
  command(command: ClientCommand): boolean {
    return this.#conversation.command(command);
  }

  /** Resolves once nothing is pending, or the client is closed. */
  drained(): Promise<void> {
    if (this.#isDrained) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  /** Says `leave`, waits for the server's close, 2 s at most, and ends. Resolves when the status is closed; idempotent. */
  async close(): Promise<void> {
    if (this.#started) {
      this.#lifeline.close();
    } else {
      this.#started = true;
      this.#finish(LEFT);
    }
    await this.closed;
  }

  get #isDrained(): boolean {
    return this.#conversation.sender.pendingCount === 0 || this.status.kind === "closed";
  }

  #finish(closed: Closed): void {
    this.#memory?.close();
    this.#setStatus(closed);
    this.#closed.resolve(closed);
  }

  #setStatus(status: Status): void {
    this.#tell({ type: "status", status });
    this.#tellDrained();
  }

  #tell(event: ClientEvent): void {
    const before = this.#state;
    this.#state = reduceClientState(before, event);
    this.#onEvent(event, this.#state, before);
  }

  #emit(event: ClientEvent): void {
    this.#tell(event);
    if (event.type !== "pending" && event.type !== "received") this.#tellDrained();
  }

  #tellDrained(): void {
    if (!this.#isDrained) return;
    const resolvers = this.#whenDrained;
    this.#whenDrained = [];
    for (const resolve of resolvers) resolve();
  }
}

function canonicalTarget(target: Target): Target {
  return "room" in target ? { room: canonicalRoom(target.room) } : { to: target.to };
}

function randomRef(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
