/**
 * A chat client without a user interface: one object to send with, and one stream of events with the state after each.
 */

import { MAX_PENDING_MESSAGES } from "../protocol/limits.ts";
import type { ClientCommand, MessageFile } from "../protocol/messages/messages.ts";
import { UuidSource } from "../protocol/uuid.ts";
import type { ClientEvent, Status } from "./client_event.ts";
import type { ClientOptions } from "./client_options.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ClientSession } from "./client_session.ts";
import type { IgnoredMembers } from "./ignored_members.ts";
import { LEFT } from "./link/link_end.ts";
import type { KeptUploads } from "./delivery/kept_uploads.ts";
import { checkMessage, type MessageIntent, type PendingMessage, type Target } from "./delivery/message_intent.ts";
import { type Closed, Reconnector } from "./link/reconnector.ts";
import { watchWake } from "./link/wake_watch.ts";
import { canonicalRoom, JoinRequests } from "./join/join_requests.ts";
import { MemoryWriter } from "./memory_writer.ts";
import type { AskPassword } from "./join/password_prompter.ts";
import { type ClientListener, type ClientState, initialState } from "./state/client_state.ts";
import { reduceClientState } from "./state/client_state_reducer.ts";

export class Client {
  readonly #onEvent: ClientListener;
  readonly #newRef: () => string;
  readonly #session: ClientSession;
  readonly #reconnector: Reconnector;
  readonly #memory: MemoryWriter | undefined;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #closed = Promise.withResolvers<Closed>();
  #state = initialState;
  readonly #restored: readonly PendingMessage[];
  #started = false;
  #whenDrained: (() => void)[] = [];

  constructor(options: ClientOptions) {
    const { dial, name, acceptSuggestion, rooms, password, memory, clock = systemClock, random = Math.random } =
      options;
    this.#onEvent = options.onEvent;
    this.#clock = clock;
    this.#newRef = options.newRef ?? uuidRefs(clock);
    const remembered = memory?.load();
    const session = new ClientSession({
      clock,
      requests: new JoinRequests(name, rooms, password),
      acceptSuggestion,
      followRooms: options.followRooms ?? false,
      fromMark: options.fromMark ?? false,
      openPlace: options.openPlace,
      identity: options.identity,
      linkCode: options.linkCode,
      device: options.device,
      verify: options.verify,
      emit: (event) => this.#emit(event),
      state: () => this.#state,
      onOnline: () => this.#setStatus({ kind: "online" }),
      changed: () => this.#memory?.changed(),
      uploads: options.uploads,
      remembered,
      chat: options.chat,
    });
    const onStatus = (status: Status) => this.#setStatus(status);
    const beforeWrite = () => this.#memory?.flush();
    const retryFirst = options.retryFirst ?? false;
    this.#reconnector = new Reconnector({
      ...{ dial, clock, random, retryFirst, session, onStatus, beforeWrite },
      route: options.route,
      openGate: options.openGate,
    });
    this.#session = session;
    this.uploads = options.uploads;
    this.#restored = remembered?.pending ?? [];
    this.#memory = memory && new MemoryWriter({ memory, clock, remembered: () => session.remembered });
  }

  /** Everything known about the chat after the last event. */
  get state(): ClientState {
    return this.#state;
  }

  /** Connecting, attempt 1, before `start`. */
  get status(): Status {
    return this.#state.status;
  }

  /** Whether messages pending at the end are saved, so that the next client with this memory sends them. */
  get remembers(): boolean {
    return this.#memory?.saved === true;
  }

  /** The members whom the user ignores. */
  get ignored(): IgnoredMembers {
    return this.#session.ignored;
  }

  /** The files on their way to the server, which the next client with this memory continues, if the options have them. */
  readonly uploads: KeptUploads | undefined;

  /** False while not online, and while the target is a room that is about to be joined. */
  isReady(target: Target): boolean {
    return this.#session.online && this.#session.isReady(target);
  }

  /** Saves what has changed in the memory, now instead of at the end of the turn. */
  save(): void {
    this.#memory?.flush();
  }

  /** In the order sent. Messages left when the client is closed were never acknowledged. */
  get pending(): readonly PendingMessage[] {
    return this.#session.sender.pending;
  }

  /** Whether `MAX_PENDING_MESSAGES` are pending: no further message can be sent until the server acknowledges some. */
  get isFull(): boolean {
    return this.#session.sender.pendingCount >= MAX_PENDING_MESSAGES;
  }

  /** Resolves with the closed status; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  /** Begins to connect. A second call does nothing. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const message of this.#restored) this.#notify({ type: "pending", message });
    watchWake(this.#clock, () => this.checkLink(), this.#ended.signal);
    void this.#reconnector.run().then((closed) => this.#finish(closed));
  }

  /**
   * Queues a message, or with an `intent` a change of one, and sends it as soon as the link and the server's rate allow. The
   * server must have the `file` of a message.
   * Returns its ref. A lone surrogate becomes U+FFFD. Throws an Error for users, and queues nothing, if the message is
   * invalid, if `MAX_PENDING_MESSAGES` are pending, or if the client is closed.
   */
  send(target: Target, text: string, intent?: MessageIntent, file?: MessageFile): string {
    if (this.status.kind === "closed") throw new Error("Cannot send a message: the client is closed");
    if (this.isFull) {
      throw new Error(`Cannot send a message: ${MAX_PENDING_MESSAGES} are pending, wait until some are acknowledged`);
    }
    const ref = this.#newRef();
    const to = canonicalTarget(target);
    const message = { ref, target: to, text: text.toWellFormed(), ...file && { file }, ...intent && { intent } };
    checkMessage(message);
    this.#session.sender.post(message);
    return ref;
  }

  /** Notes that the user has read up to this entry of the room or conversation, and tells the member's other devices. */
  markRead(key: string, entry: { readonly id: string; readonly seq: number }): void {
    this.#session.readMarks.read(key, entry);
  }

  /**
   * Asks for what this client has not received of the conversation with this key. For views that name the `openPlace`, when
   * the user opens another one.
   */
  catchUp(key: string): void {
    this.#session.catchUp(key);
  }

  /** Drops a pending message. False if it was sent already and may have arrived, or is not pending. */
  drop(ref: string): boolean {
    return this.#session.sender.drop(ref);
  }

  /** Joins a room, now and after every reconnect. */
  join(room: string, password?: string): void {
    this.#session.join(canonicalRoom(room), password);
  }

  /** Leaves a room, and does not join it after a reconnect. */
  leave(room: string): void {
    this.#session.leave(canonicalRoom(room));
  }

  /** Changes the name. While not online, the next link requests it. */
  rename(name: string): void {
    this.#session.rename(name);
  }

  /**
   * Logs in to an account, or without a name as the owner of the server. Without a link, on the next one.
   * Messages that are not acknowledged yet are sent as the new member.
   */
  login(name: string | undefined, password: string): void {
    this.#session.joinFlow.login(name, password);
  }

  /** Offers to admit another device of the member. False, and nothing is offered, while not online or without a key. */
  offerLink(): boolean {
    return this.#session.offerLink();
  }

  /** Admits the device that claimed the offer, or refuses it. False if none waits for the answer. */
  answerLink(accept: boolean): boolean {
    return this.#session.answerLink(accept);
  }

  /** Called for each missing password. Without it, a join that needs one is refused. */
  set askPassword(ask: AskPassword | undefined) {
    this.#session.joinFlow.askPassword = ask;
  }

  /** Sends any other command. False, and nothing is sent, while not online. */
  command(command: ClientCommand): boolean {
    return this.#session.command(command);
  }

  /**
   * Checks now whether the link still works: the machine woke up, or its network has changed. A server that stays
   * silent for `LINK_CHECK_MS` is dialed again. A client that waits for its next attempt makes it at once, unless the
   * server asked for the wait. The client itself calls this after the machine slept.
   */
  checkLink(): void {
    this.#reconnector.checkLink();
  }

  /** Resolves once nothing is pending, or the client is closed. */
  drained(): Promise<void> {
    if (this.#isDrained) return Promise.resolve();
    return new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  /**
   * Sends `leave`, waits up to 2 s for the server to close, and ends. Resolves when the status is closed; idempotent.
   */
  async close(): Promise<void> {
    if (this.#started) {
      this.#reconnector.close();
    } else {
      this.#started = true;
      this.#finish(LEFT);
    }
    await this.closed;
  }

  get #isDrained(): boolean {
    return this.#session.sender.pendingCount === 0 || this.status.kind === "closed";
  }

  #finish(closed: Closed): void {
    this.#ended.abort();
    this.#memory?.close();
    this.#setStatus(closed);
    void this.#session.end().then(() => this.#closed.resolve(closed));
  }

  #setStatus(status: Status): void {
    this.#notify({ type: "status", status });
    this.#resolveIfDrained();
  }

  #notify(event: ClientEvent): void {
    const before = this.#state;
    this.#state = reduceClientState(before, event);
    this.#onEvent(event, this.#state, before);
  }

  #emit(event: ClientEvent): void {
    this.#notify(event);
    if (event.type !== "pending" && event.type !== "received") this.#resolveIfDrained();
  }

  #resolveIfDrained(): void {
    if (!this.#isDrained) return;
    const resolvers = this.#whenDrained;
    this.#whenDrained = [];
    for (const resolve of resolvers) resolve();
  }
}

function canonicalTarget(target: Target): Target {
  return "room" in target ? { room: canonicalRoom(target.room) } : { to: target.to };
}

function uuidRefs(clock: Clock): () => string {
  const ids = new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
  return () => ids.next(clock.wall());
}
