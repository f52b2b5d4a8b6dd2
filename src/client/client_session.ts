/**
 * The conversation with the server: handshake, joins, messages and their replies. It outlives each link:
 * the `Reconnector` gives it one link after another, and it passes each event to the part that it concerns.
 */

import { isStatelessReply } from "../protocol/messages/event_schemas.ts";
import type { ClientIdentity } from "../protocol/identity/join_proof.ts";
import { FATAL_ERROR_CODES } from "../protocol/errors.ts";
import { PROTOCOL_VERSION } from "../protocol/conventions.ts";
import type {
  ClientCommand,
  ErrorEvent,
  JoinedEvent,
  LeaveEvent,
  RenameEvent,
  RestrictionEvent,
  ServerEvent,
  WelcomeEvent,
  WhoisEvent,
} from "../protocol/messages/messages.ts";
import type { ClientEvent } from "./client_event.ts";
import type { Target } from "./delivery/message_intent.ts";
import type { Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";
import { AGAIN, linkEndOfError, linkEndOfGoodbye, refused } from "./link/link_end.ts";
import type { LinkCode } from "./devices/link_claim.ts";
import { OwnDevices } from "./devices/own_devices.ts";
import { JoinFlow } from "./join/join_flow.ts";
import { isRoomLine, ReorderBuffer, type RoomLine } from "./delivery/reorder_buffer.ts";
import type { ServerLink } from "./link/server_link.ts";
import { type ClientState, presentMember } from "./state/client_state.ts";
import type { ReaderState } from "./state/reader_state.ts";
import type { JoinRequests } from "./join/join_requests.ts";
import { type Author, MessageSigner } from "./delivery/message_signer.ts";
import { SignatureChecker, type VerifySignature } from "./delivery/signature_checker.ts";
import { Sender } from "./delivery/sender.ts";
import { SessionMemory } from "./session_memory.ts";

export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly requests: JoinRequests;
  /** The client's current state. */
  readonly state: () => ClientState;
  readonly acceptSuggestion: boolean;
  /** Joins the rooms that the member is in on other devices as well. */
  readonly followRooms: boolean;
  readonly identity?: ClientIdentity;
  readonly linkCode?: LinkCode;
  /** Describes this device, such as a `terminal` with the name `Terminal on Linux`. */
  readonly device?: { readonly kind: string; readonly name: string };
  readonly verify?: VerifySignature;
  readonly emit: (event: ClientEvent) => void;
  /** Called when the current link has been greeted and has joined a room: everything can be sent. */
  readonly onOnline: () => void;
  /** Called when there is something else to remember, before anything that depends on it is sent. */
  readonly changed: () => void;
  /** The state of an earlier client. */
  readonly remembered?: Remembered;
}

/** The `ref` of this client's own `leave`: one without it comes from another device of the member. */
const LEAVE_REF = "leave";

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #requests: JoinRequests;
  readonly #memory: SessionMemory;
  readonly #buffer: ReorderBuffer;
  readonly sender: Sender;
  readonly joinFlow: JoinFlow;
  #link: ServerLink | undefined;
  #online = false;
  #everOnline = false;
  /** The last error or notice on this link: it explains a `goodbye`. */
  #lastReason: string | undefined;
  #leaving = false;
  /** The id of the chat, from the last welcome. */
  #chat: string | undefined;
  readonly #devices: OwnDevices;
  readonly #checker: SignatureChecker | undefined;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#requests = options.requests;
    const isReady = (target: Target) => options.requests.isReady(target);
    const { clock, emit, changed } = options;
    const onFalse = (entry: RoomLine) => emit({ type: "falseSignature", entry });
    this.#checker = options.verify && new SignatureChecker({ clock, verify: options.verify, onFalse });
    const author = () => this.#author();
    const { identity, device } = options;
    const send = (command: ClientCommand) => this.#link?.send(command);
    this.#devices = new OwnDevices({ clock, identity, device, author, send, emit });
    const signer = new MessageSigner({
      author,
      sign: async (text) => await options.identity!.sign(text),
      memberId: (name) => presentMember(options.state(), name)?.id,
      now: () => clock.wall(),
    });
    this.sender = new Sender({ clock, emit, isReady, changed, sign: (message) => signer.sign(message) });
    this.#memory = new SessionMemory(changed);
    const { cursor } = this.#memory;
    this.joinFlow = new JoinFlow({
      ...options,
      position: (room) => cursor.position(room),
      everOnline: () => this.#everOnline,
      onNothingWanted: () => this.#goOnline(),
      onRefused: (room, error) => this.#joinRefused(room, error),
      onClaim: (claim) => options.emit({ type: "linkClaim", claim }),
      hold: (held) => this.#hold(held),
      onMove: () => this.#goOffline(),
    });
    this.#buffer = new ReorderBuffer({ clock, cursor, show: (line, event) => this.#show(line, event) });
    if (options.remembered !== undefined) this.#restore(options.remembered);
  }

  /** Everything that the next client needs in order to continue here. */
  get remembered(): Remembered {
    const { name, token, keyed } = this.#requests;
    return this.#memory.snapshot({ name, token, ...keyed ? { keyed } : {}, pending: this.sender.pending });
  }

  get reader(): ReaderState {
    return this.#memory.reader;
  }

  /** Whether the current link has been greeted and has joined a room. */
  get online(): boolean {
    return this.#online;
  }

  /** Whether to dial again after a lost link. */
  get mayReturn(): boolean {
    return this.#everOnline || this.joinFlow.asking;
  }

  linkOpened(link: ServerLink): void {
    this.#link = link;
    this.#buffer.linkOpened(link);
    this.joinFlow.linkOpened(link);
  }

  linkLost(): void {
    this.#link = undefined;
    this.#online = false;
    this.#lastReason = undefined;
    this.#devices.linkLost();
    this.joinFlow.linkLost();
    this.#buffer.linkLost();
    this.sender.pause();
  }

  join(room: string, password?: string): void {
    this.#requests.want(room, password);
    this.joinFlow.enter();
  }

  leave(room: string): void {
    if (this.#requests.drop(room) || this.#online) this.#sendInOrder({ type: "leave", room, ref: LEAVE_REF });
    this.sender.deliver();
  }

  rename(name: string): void {
    if (this.#online) return this.#sendInOrder({ type: "rename", name });
    this.#requests.requestName(name);
    this.#options.changed();
  }

  /** Sends a command. A device of the member is revoked by a statement that this client signs. */
  command(command: ClientCommand): boolean {
    if (!this.#online) return false;
    const revoked = command.type === "revoke" ? command.session : undefined;
    const isSigned = revoked !== undefined && this.#devices.revoke(revoked, command.ref);
    if (!isSigned) this.#sendInOrder(command);
    return true;
  }

  /** Offers to admit another device. False while not online or without a key that the server knows. */
  offerLink(): boolean {
    return this.#online && this.#devices.offer();
  }

  /** Admits the device that claimed the offer, or refuses it. False if none waits for the answer. */
  answerLink(accept: boolean): boolean {
    return this.#devices.answer(accept);
  }

  /** Sends `leave`, after which nothing more is sent. */
  sendLeave(): void {
    this.#leaving = true;
    this.joinFlow.stop();
    this.sender.inOrder(() => {
      this.#link?.send({ type: "leave" });
      this.#goOffline();
    });
  }

  /** Called when the client is closed. Resolves when no signature is being checked. */
  async end(): Promise<void> {
    await this.#checker?.stop();
  }

  /** Sends a command over the current link, after the messages before it. */
  #sendInOrder(command: ClientCommand): void {
    const link = this.#link;
    this.sender.inOrder(() => link?.send(command));
  }

  /** Returns the signer of our messages; `undefined` unless the server knows us by the key that was proved on this link. */
  #author(): Author | undefined {
    const { keyed, confirmed, proof } = this.#requests;
    const { you } = this.#options.state();
    if (!keyed || !confirmed || proof === undefined || you === undefined || this.#chat === undefined) return undefined;
    return { chat: this.#chat, id: you.id, key: proof.key };
  }

  receive(line: string, received: ServerEvent | undefined): void {
    const event = received && this.#memory.taken(received);
    if (event !== undefined && isRoomLine(event)) return this.#buffer.receive(line, event);
    if ((event?.type === "history" || event?.type === "error") && this.#buffer.takeReply(event)) return;
    if (event?.type === "error" && this.joinFlow.takeProofRefusal(event)) return;
    if (event !== undefined && (this.#devices.receive(event) || this.joinFlow.takeClaimed(event))) return;
    if (event?.type === "leave" && this.joinFlow.moving && this.#isOwn(event.member.id)) return;
    this.#options.emit({ type: "received", line, event });
    if (event === undefined) return;
    if (event.type === "history" || event.type === "search") event.messages.forEach((message) => this.#check(message));
    if (event.type === "whois") this.#reportSignatures(event);
    this.#handle(event);
  }

  #show(line: string, event: RoomLine): void {
    this.#options.changed();
    this.#options.emit({ type: "received", line, event });
    this.#check(event);
  }

  #check(entry: RoomLine): void {
    if (this.#chat !== undefined) this.#checker?.check(entry, this.#chat);
  }

  #reportSignatures({ member, keys }: WhoisEvent): void {
    const record = this.#checker?.record(member.id, keys);
    if (record !== undefined) this.#options.emit({ type: "signatures", member, record });
  }

  #restore(remembered: Remembered): void {
    const { token, keyed, pending } = remembered;
    this.#memory.restore(remembered);
    this.#requests.token = token;
    this.#requests.keyed = keyed === true;
    this.sender.restore(pending);
    for (const { target } of pending) {
      if ("room" in target) this.#requests.want(target.room);
    }
  }

  #handle(event: Exclude<ServerEvent, RoomLine>): void {
    if (isStatelessReply(event)) return;
    switch (event.type) {
      case "welcome":
        return this.#welcomed(event);
      case "joined":
        return this.#joined(event);
      case "join":
        return this.#isOwn(event.member.id) ? this.#follow([event.room]) : undefined;
      case "leave":
        return this.#left(event);
      case "rename":
        return this.#renamed(event);
      case "ack":
        return this.sender.acknowledged(event);
      case "error":
        return this.#failed(event);
      case "goodbye":
        return this.#link?.end(this.joinFlow.moving ? AGAIN : linkEndOfGoodbye(event, this.#lastReason));
      case "authenticated":
        return this.joinFlow.authenticated(event);
      case "restriction":
        return this.#restricted(event);
      case "notice":
        if (event.ref === undefined) this.#lastReason = event.text;
        return;
      case "presence":
      case "topic":
      case "members":
      case "ping":
      case "pong":
      case "role":
      case "restrictions":
        return;
      default:
        event satisfies never;
    }
  }

  #welcomed(event: WelcomeEvent): void {
    const { protocol, server, limits } = event;
    if (protocol > PROTOCOL_VERSION) {
      const versions = `the server speaks version ${protocol} of the protocol, this client version ${PROTOCOL_VERSION}`;
      return this.#link?.end(refused(`Client is too old: ${versions}`));
    }
    if (this.#memory.enterServer(server.id)) {
      this.joinFlow.forgetServer();
      this.#checker?.forget();
      this.#options.changed();
    }
    this.#chat = event.chat;
    this.sender.setRate(limits.rate);
    this.joinFlow.welcomed(event);
  }

  #joined(event: JoinedEvent): void {
    this.#requests.joined(event);
    if (this.#memory.cursor.isAnother(event.room)) this.reader.keepUnread(event.room.name, undefined);
    this.#buffer.joined(event);
    this.sender.setSlow(event.room.name, event.room.slow !== undefined);
    this.#options.changed();
    if (event.rooms !== undefined) this.#follow(event.rooms);
    this.joinFlow.enter();
    this.#goOnline();
    this.sender.deliver();
  }

  /** Joins rooms that the member entered on another device. */
  #follow(rooms: readonly string[]): void {
    if (!this.#options.followRooms) return;
    for (const room of rooms) this.#requests.follow(room);
    this.joinFlow.enter();
  }

  #left(event: LeaveEvent): void {
    if (!this.#isOwn(event.member.id)) return;
    this.#buffer.left(event.room);
    this.#requests.left(event, event.ref === LEAVE_REF);
    if (event.reason !== "removed") return;
    this.#memory.forgetRoom(event.room);
    this.#options.changed();
  }

  #renamed({ member }: RenameEvent): void {
    if (!this.#isOwn(member.id)) return;
    this.#requests.name = member.name;
    this.#options.changed();
  }

  #isOwn(id: string): boolean {
    return id === this.#options.state().you?.id;
  }

  #goOnline(): void {
    if (this.#online || this.#leaving) return;
    this.#online = true;
    this.#everOnline = true;
    const name = this.#requests.takeNewName();
    if (name !== undefined) this.rename(name);
    this.#options.onOnline();
    if (this.#link !== undefined) this.sender.use(this.#link);
  }

  #goOffline(): void {
    this.#online = false;
    this.sender.pause();
  }

  #hold(held: boolean): void {
    if (held) this.sender.pause();
    else if (this.#online && this.#link !== undefined) this.sender.use(this.#link);
  }

  #restricted({ restriction: { kind, room }, off }: RestrictionEvent): void {
    if (kind === "slow" && room !== undefined) this.sender.setSlow(room, off !== true);
  }

  #failed(error: ErrorEvent): void {
    this.#lastReason = error.message;
    this.sender.refused(error);
    if (FATAL_ERROR_CODES.has(error.code)) return this.#link?.end(linkEndOfError(error));
    this.joinFlow.failed(error);
  }

  #joinRefused(room: string, error: ErrorEvent): void {
    if (!this.#everOnline) return this.#link?.end(refused(error.message));
    this.#requests.drop(room);
    if (!this.#online && this.#requests.wantsNothing) return this.#link?.end(refused(error.message));
    this.joinFlow.enter();
    this.sender.deliver();
  }
}
