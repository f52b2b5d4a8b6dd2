/** What is said over the links: the handshake, the joins, the messages and what answers them. It outlives each link. */

import { FATAL_ERROR_CODES } from "../protocol/errors.ts";
import {
  type ClientCommand,
  type ErrorEvent,
  type JoinedEvent,
  type LeaveEvent,
  type Message,
  PROTOCOL_VERSION,
  type RenameEvent,
  type ServerEvent,
  type WelcomeEvent,
} from "../protocol/messages.ts";
import type { ClientEvent, Target } from "./client_event.ts";
import type { Remembered } from "./client_memory.ts";
import type { Clock } from "./clock.ts";
import { endingOfError, endingOfGoodbye, refused } from "./ending.ts";
import { Inbox } from "./inbox.ts";
import type { Link } from "./link.ts";
import type { Membership } from "./membership.ts";
import { retryDelay } from "./reconnect.ts";
import { Seen } from "./seen.ts";
import { Sender } from "./sender.ts";

export interface ConversationOptions {
  readonly clock: Clock;
  readonly membership: Membership;
  readonly acceptSuggestion: boolean;
  readonly emit: (event: ClientEvent) => void;
  /** The link there is now is good for everything. */
  readonly onOnline: () => void;
  /** What there is to remember is another than before; called before anything that rests on it is sent. */
  readonly changed: () => void;
  /** From before this client began. */
  readonly remembered?: Remembered;
}

/** Names from a server that finds each of its own suggestions taken. */
const MAX_SUGGESTIONS = 5;

export class Conversation {
  readonly #options: ConversationOptions;
  readonly #membership: Membership;
  readonly #sender: Sender;
  readonly #seen = new Seen();
  readonly #inbox: Inbox;
  #link: Link | undefined;
  #serverId: string | undefined;
  #online = false;
  #everOnline = false;
  #renameTo: string | undefined;
  #suggestions = 0;
  #lastError: string | undefined;
  #leaving = false;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#membership = options.membership;
    const isReady = (target: Target) => options.membership.isReady(target);
    const { clock, emit, changed } = options;
    this.#sender = new Sender({ clock, emit, isReady, changed });
    this.#inbox = new Inbox({ clock, seen: this.#seen, show: (line, event) => this.#show(line, event) });
    if (options.remembered !== undefined) this.#restore(options.remembered);
  }

  /** What a later client needs to go on where this one is. */
  get remembered(): Remembered {
    const { name, token } = this.#membership;
    const { lastSeqs, directIds } = this.#seen;
    return { serverId: this.#serverId, token, name, lastSeqs, directIds, pending: this.#sender.pending };
  }

  /** Whether the link there is now has been greeted and let in. */
  get online(): boolean {
    return this.#online;
  }

  get everOnline(): boolean {
    return this.#everOnline;
  }

  get sender(): Sender {
    return this.#sender;
  }

  linkOpened(link: Link): void {
    this.#link = link;
    this.#inbox.linkOpened(link);
  }

  linkLost(): void {
    this.#link = undefined;
    this.#online = false;
    this.#suggestions = 0;
    this.#lastError = undefined;
    this.#membership.linkLost();
    this.#inbox.linkLost();
    this.#sender.pause();
  }

  join(room: string, password?: string): void {
    this.#membership.want(room, password);
    this.#joinMissing();
  }

  leave(room: string): void {
    if (this.#membership.drop(room) || this.#online) this.#link?.send({ type: "leave", room });
    this.#sender.deliver();
  }

  rename(name: string): void {
    if (this.#online) return void this.#link?.send({ type: "rename", name });
    this.#membership.name = name;
    this.#renameTo = name;
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
    this.#online = false;
    this.#sender.pause();
  }

  receive(line: string, event: ServerEvent | undefined): void {
    if (event?.type === "message") return this.#inbox.receive(line, event);
    if ((event?.type === "history" || event?.type === "error") && this.#inbox.takeAnswer(event)) return;
    this.#options.emit({ type: "received", line, event });
    if (event !== undefined) this.#act(event);
  }

  #show(line: string, event: Message): void {
    this.#options.changed();
    this.#options.emit({ type: "received", line, event });
  }

  #restore({ serverId, token, lastSeqs, directIds, pending }: Remembered): void {
    this.#serverId = serverId;
    this.#membership.token = token;
    this.#seen.restore(lastSeqs, directIds);
    this.#sender.restore(pending);
    for (const { target } of pending) {
      if ("room" in target) this.#membership.want(target.room);
    }
  }

  #act(event: Exclude<ServerEvent, Message>): void {
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
        return this.#sender.acknowledged(event);
      case "error":
        return this.#failed(event);
      case "goodbye":
        return this.#link?.end(endingOfGoodbye(event, this.#lastError));
      case "join":
      case "presence":
      case "topic":
      case "members":
      case "rooms":
      case "history":
      case "search":
      case "ping":
      case "pong":
      case "authenticated":
      case "registered":
      case "sessions":
      case "revoked":
      case "invite":
      case "invites":
      case "order":
      case "orders":
      case "notice":
      case "audit":
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
      this.#membership.forgetIdentity();
      this.#options.changed();
    }
    this.#sender.setRate(limits.rate);
    this.#joinMissing();
    if (this.#membership.wantsNothing) this.#goOnline();
  }

  #joinMissing(): void {
    if (this.#link?.greeted !== true || this.#leaving) return;
    for (const join of this.#membership.takeJoins((room) => this.#seen.after(room))) this.#link.send(join);
  }

  #joined(event: JoinedEvent): void {
    this.#membership.joined(event);
    this.#membership.name = event.you.name;
    this.#inbox.joined(event);
    this.#options.changed();
    this.#joinMissing();
    this.#goOnline();
    this.#sender.deliver();
  }

  #left(event: LeaveEvent): void {
    if (this.#membership.isMe(event.member.id)) this.#inbox.left(event.room);
    this.#membership.left(event);
  }

  #renamed({ member }: RenameEvent): void {
    if (!this.#membership.isMe(member.id)) return;
    this.#membership.name = member.name;
    this.#options.changed();
  }

  #goOnline(): void {
    if (this.#online || this.#leaving) return;
    this.#online = true;
    this.#everOnline = true;
    const name = this.#renameTo;
    this.#renameTo = undefined;
    if (name !== undefined && name !== this.#membership.name) this.rename(name);
    this.#options.onOnline();
    if (this.#link !== undefined) this.#sender.use(this.#link);
  }

  #failed(error: ErrorEvent): void {
    this.#lastError = error.message;
    this.#sender.refused(error);
    if (FATAL_ERROR_CODES.has(error.code)) return this.#link?.end(endingOfError(error));
    const room = this.#membership.takeAsked(error.ref);
    if (room !== undefined) this.#joinRefused(room, error);
  }

  #joinRefused(room: string, error: ErrorEvent): void {
    if (error.code === "rate_limited") return this.#after(retryDelay(error), () => this.#joinMissing());
    if (error.code === "name_taken" && this.#takeSuggestion(error.suggestion)) return this.#joinMissing();
    if (!this.#everOnline) return this.#link?.end(refused(error.message));
    this.#membership.drop(room);
    if (!this.#online && this.#membership.wantsNothing) return this.#link?.end(refused(error.message));
    this.#joinMissing();
    this.#sender.deliver();
  }

  #takeSuggestion(suggestion: string | undefined): boolean {
    if (suggestion === undefined || this.#suggestions >= MAX_SUGGESTIONS) return false;
    if (!this.#options.acceptSuggestion && !this.#everOnline) return false;
    this.#suggestions++;
    this.#renameTo = undefined;
    this.#membership.name = suggestion;
    return true;
  }

  /** Of this link only. */
  #after(ms: number, callback: () => void): void {
    if (this.#link !== undefined) this.#options.clock.after(ms, callback, this.#link.signal);
  }
}
