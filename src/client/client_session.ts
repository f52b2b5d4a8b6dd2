/** What is said over the links: the handshake, the joins, the messages and what answers them. It outlives each link. */

import { isStatelessReply } from "../protocol/messages/event_schemas.ts";
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
} from "../protocol/messages/messages.ts";
import type { ClientEvent } from "./client_event.ts";
import type { Target } from "./delivery/outgoing_message.ts";
import type { Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";
import { AGAIN, linkEndOfError, linkEndOfGoodbye, refused } from "./link/link_end.ts";
import { JoinFlow } from "./join_flow.ts";
import { isRoomLine, ReorderBuffer, type RoomLine } from "./delivery/reorder_buffer.ts";
import { KnownNames } from "./state/known_names.ts";
import type { ServerLink } from "./link/server_link.ts";
import type { ClientState } from "./state/client_state.ts";
import type { JoinRequests } from "./join_requests.ts";
import { ReaderState } from "./state/reader_state.ts";
import { ReceiveCursor } from "./delivery/receive_cursor.ts";
import { Sender } from "./delivery/sender.ts";

export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly membership: JoinRequests;
  /** The client's current state. */
  readonly state: () => ClientState;
  readonly acceptSuggestion: boolean;
  readonly emit: (event: ClientEvent) => void;
  /** The link there is now is good for everything. */
  readonly onOnline: () => void;
  /** What there is to remember is another than before; called before anything that rests on it is sent. */
  readonly changed: () => void;
  /** From before this client began. */
  readonly remembered?: Remembered;
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #membership: JoinRequests;
  readonly sender: Sender;
  readonly #seen = new ReceiveCursor();
  readonly #inbox: ReorderBuffer;
  readonly #names: KnownNames;
  readonly reader = new ReaderState(() => this.#options.changed());
  readonly entrance: JoinFlow;
  #link: ServerLink | undefined;
  #serverId: string | undefined;
  #online = false;
  #everOnline = false;
  /** The last that went wrong on this link, or was done to us. */
  #lastWord: string | undefined;
  #leaving = false;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#membership = options.membership;
    const isReady = (target: Target) => options.membership.isReady(target);
    const { clock, emit, changed } = options;
    this.sender = new Sender({ clock, emit, isReady, changed });
    this.#names = new KnownNames(changed);
    this.entrance = new JoinFlow({
      ...options,
      after: (room) => this.#seen.after(room),
      roomId: (room) => this.#seen.roomId(room),
      everOnline: () => this.#everOnline,
      wantsNothing: () => this.#goOnline(),
      refused: (room, error) => this.#joinRefused(room, error),
      hold: (held) => this.#hold(held),
      moving: () => this.#goOffline(),
    });
    this.#inbox = new ReorderBuffer({ clock, seen: this.#seen, show: (line, event) => this.#show(line, event) });
    if (options.remembered !== undefined) this.#restore(options.remembered);
  }

  /** What a later client needs to go on where this one is. */
  get remembered(): Remembered {
    const { name, token } = this.#membership;
    const { lastSeqs, roomIds, directIds } = this.#seen;
    const { names } = this.#names;
    const { unread, ignored } = this.reader;
    return {
      serverId: this.#serverId,
      token,
      name,
      lastSeqs,
      roomIds,
      directIds,
      names,
      unread,
      ignored,
      pending: this.sender.pending,
    };
  }

  /** Whether the link there is now has been greeted and let in. */
  get online(): boolean {
    return this.#online;
  }

  /** Whether another link makes sense where this one got lost. */
  get mayReturn(): boolean {
    return this.#everOnline || this.entrance.asking;
  }

  linkOpened(link: ServerLink): void {
    this.#link = link;
    this.#inbox.linkOpened(link);
    this.entrance.linkOpened(link);
  }

  linkLost(): void {
    this.#link = undefined;
    this.#online = false;
    this.#lastWord = undefined;
    this.entrance.linkLost();
    this.#inbox.linkLost();
    this.sender.pause();
  }

  join(room: string, password?: string): void {
    this.#membership.want(room, password);
    this.entrance.enter();
  }

  leave(room: string): void {
    if (this.#membership.drop(room) || this.#online) this.#link?.send({ type: "leave", room });
    this.sender.deliver();
  }

  rename(name: string): void {
    if (this.#online) return void this.#link?.send({ type: "rename", name });
    this.#membership.wishName(name);
    this.#options.changed();
  }

  command(command: ClientCommand): boolean {
    if (!this.#online) return false;
    this.#link?.send(command);
    return true;
  }

  /** The last that is said. */
  sayLeave(): void {
    this.#link?.send({ type: "leave" });
    this.#leaving = true;
    this.entrance.stop();
    this.#goOffline();
  }

  receive(line: string, received: ServerEvent | undefined): void {
    const event = received && this.#names.mark(received);
    if (event !== undefined && isRoomLine(event)) return this.#inbox.receive(line, event);
    if ((event?.type === "history" || event?.type === "error") && this.#inbox.takeAnswer(event)) return;
    if (event?.type === "leave" && this.entrance.moving && this.#isOwn(event.member.id)) return;
    this.#options.emit({ type: "received", line, event });
    if (event !== undefined) this.#act(event);
  }

  #show(line: string, event: RoomLine): void {
    this.#options.changed();
    this.#options.emit({ type: "received", line, event });
  }

  #restore(
    { serverId, token, lastSeqs, roomIds, directIds, names = [], unread, ignored = [], pending }: Remembered,
  ): void {
    this.#serverId = serverId;
    this.#membership.token = token;
    this.#seen.restore(lastSeqs, directIds, unread, roomIds);
    this.reader.restore(ignored);
    this.#names.restore(names);
    this.sender.restore(pending);
    for (const { target } of pending) {
      if ("room" in target) this.#membership.want(target.room);
    }
  }

  #act(event: Exclude<ServerEvent, RoomLine>): void {
    if (isStatelessReply(event)) return;
    switch (event.type) {
      case "welcome":
        return this.#welcomed(event);
      case "joined":
        return this.#joined(event);
      case "leave":
        return this.#left(event);
      case "rename":
        return this.#renamed(event);
      case "ack":
        return this.sender.acknowledged(event);
      case "error":
        return this.#failed(event);
      case "goodbye":
        return this.#link?.end(this.entrance.moving ? AGAIN : linkEndOfGoodbye(event, this.#lastWord));
      case "authenticated":
        return this.entrance.authenticated(event);
      case "restriction":
        return this.#ordered(event);
      case "notice":
        if (event.ref === undefined) this.#lastWord = event.text;
        return;
      case "join":
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

  #welcomed({ protocol, server, limits }: WelcomeEvent): void {
    if (protocol > PROTOCOL_VERSION) {
      const versions = `the server speaks version ${protocol} of the protocol, this client version ${PROTOCOL_VERSION}`;
      return this.#link?.end(refused(`Client is too old: ${versions}`));
    }
    if (server.id !== this.#serverId) {
      this.#serverId = server.id;
      this.#seen.forget();
      this.reader.forget();
      this.#names.forget();
      this.entrance.forget();
      this.#options.changed();
    }
    this.sender.setRate(limits.rate);
    this.entrance.enter();
  }

  #joined(event: JoinedEvent): void {
    this.#membership.joined(event);
    if (this.#seen.isAnother(event.room)) this.reader.keepUnread(event.room.name, undefined);
    this.#inbox.joined(event);
    this.sender.setSlow(event.room.name, event.room.slow !== undefined);
    this.#options.changed();
    this.entrance.enter();
    this.#goOnline();
    this.sender.deliver();
  }

  #left(event: LeaveEvent): void {
    if (!this.#isOwn(event.member.id)) return;
    this.#inbox.left(event.room);
    this.#membership.left(event);
    if (event.reason !== "removed") return;
    this.#seen.forgetRoom(event.room);
    this.reader.keepUnread(event.room, undefined);
    this.#options.changed();
  }

  #renamed({ member }: RenameEvent): void {
    if (!this.#isOwn(member.id)) return;
    this.#membership.name = member.name;
    this.#options.changed();
  }

  #isOwn(id: string): boolean {
    return id === this.#options.state().you?.id;
  }

  #goOnline(): void {
    if (this.#online || this.#leaving) return;
    this.#online = true;
    this.#everOnline = true;
    const name = this.#membership.takeWish();
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

  #ordered({ restriction: { kind, room }, off }: RestrictionEvent): void {
    if (kind === "slow" && room !== undefined) this.sender.setSlow(room, off !== true);
  }

  #failed(error: ErrorEvent): void {
    this.#lastWord = error.message;
    this.sender.refused(error);
    if (FATAL_ERROR_CODES.has(error.code)) return this.#link?.end(linkEndOfError(error));
    this.entrance.failed(error);
  }

  #joinRefused(room: string, error: ErrorEvent): void {
    if (!this.#everOnline) return this.#link?.end(refused(error.message));
    this.#membership.drop(room);
    if (!this.#online && this.#membership.wantsNothing) return this.#link?.end(refused(error.message));
    this.entrance.enter();
    this.sender.deliver();
  }
}
