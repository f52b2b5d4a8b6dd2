/** Receives the events of the server, and passes each to the part of the session that it concerns. */

import { PROTOCOL_VERSION } from "../protocol/conventions.ts";
import { FATAL_ERROR_CODES } from "../protocol/errors.ts";
import { isStatelessReply } from "../protocol/messages/event_schemas.ts";
import {
  type Entry,
  type ErrorEvent,
  type GoodbyeEvent,
  isEntry,
  type JoinedEvent,
  type LeaveEvent,
  type RenameEvent,
  type RestrictionEvent,
  type ServerEvent,
  type WelcomeEvent,
} from "../protocol/messages/messages.ts";
import type { ClientEvent } from "./client_event.ts";
import type { ReadMarks } from "./delivery/read_marks.ts";
import type { ReorderBuffer } from "./delivery/reorder_buffer.ts";
import type { Sender } from "./delivery/sender.ts";
import type { OwnDevices } from "./devices/own_devices.ts";
import type { IgnoredMembers } from "./ignored_members.ts";
import type { JoinFlow } from "./join/join_flow.ts";
import type { JoinRequests } from "./join/join_requests.ts";
import { AGAIN, linkEndOfError, linkEndOfGoodbye, OTHER_CHAT, refused } from "./link/link_end.ts";
import type { SessionLink } from "./session_link.ts";
import type { SessionMemory } from "./session_memory.ts";
import type { SessionSignatures } from "./session_signatures.ts";
import type { ClientState } from "./state/client_state.ts";

export interface EventReceiverOptions {
  readonly requests: JoinRequests;
  readonly memory: SessionMemory;
  readonly buffer: ReorderBuffer;
  readonly sender: Sender;
  readonly joinFlow: JoinFlow;
  readonly devices: OwnDevices;
  readonly signatures: SessionSignatures;
  readonly readMarks: ReadMarks;
  readonly ignored: IgnoredMembers;
  readonly link: SessionLink;
  /** The client's current state. */
  readonly state: () => ClientState;
  /** Joins the rooms that the member is in on other devices as well. */
  readonly followRooms: boolean;
  readonly fromMark: boolean;
  readonly emit: (event: ClientEvent) => void;
  /** Called when there is something else to remember. */
  readonly changed: () => void;
}

/** The `ref` of this client's own `leave`: one without it comes from another device of the member. */
export const LEAVE_REF = "leave";

export class EventReceiver {
  readonly #options: EventReceiverOptions;

  constructor(options: EventReceiverOptions) {
    this.#options = options;
  }

  /** Takes a line of the current link. A line whose event is not known is only emitted. */
  receive(line: string, received: ServerEvent | undefined): void {
    const { memory, buffer, signatures, emit } = this.#options;
    const event = received && memory.taken(received);
    if (event !== undefined && isEntry(event)) return buffer.receive(line, event);
    if (event?.type === "welcome" && this.#isOtherChat(event)) return this.#options.link.end(OTHER_CHAT);
    if (event !== undefined && this.#isForPart(event)) return;
    emit({ type: "received", line, event });
    if (event === undefined) return;
    if (event.type === "history" || event.type === "search") {
      event.messages.forEach((message) => signatures.check(message));
    }
    if (event.type === "whois") signatures.report(event);
    this.#handle(event);
  }

  /** Whether this server belongs to another chat, and the client has a choice. */
  #isOtherChat({ server }: WelcomeEvent): boolean {
    const { memory, link, state } = this.#options;
    return memory.wasElsewhere(server.id) && (link.isOther || (link.everOnline && state().servers.length > 1));
  }

  /** Emits a message or a change whose turn it is. */
  show(line: string, event: Entry): void {
    this.#options.changed();
    this.#options.emit({ type: "received", line, event });
    this.#options.signatures.check(event);
  }

  /** Whether a part of the session has taken the event, which then concerns nobody else. */
  #isForPart(event: Exclude<ServerEvent, Entry>): boolean {
    const { buffer, joinFlow, devices, ignored, readMarks } = this.#options;
    if ((event.type === "history" || event.type === "error") && buffer.takeReply(event)) return true;
    if (event.type === "error" && (joinFlow.takeProofRefusal(event) || readMarks.failed(event))) return true;
    if (ignored.receive(event) || devices.receive(event) || joinFlow.takeClaimed(event)) return true;
    return event.type === "leave" && joinFlow.moving && this.#isOwn(event.member.id);
  }

  #handle(event: Exclude<ServerEvent, Entry>): void {
    if (isStatelessReply(event)) return;
    const { sender, joinFlow, link } = this.#options;
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
        return sender.acknowledged(event);
      case "error":
        return this.#failed(event);
      case "goodbye":
        return this.#dismissed(event);
      case "authenticated":
        return joinFlow.authenticated(event);
      case "restriction":
        return this.#restricted(event);
      case "notice":
        if (event.ref === undefined) link.lastReason = event.text;
        return;
      case "conversations":
        return event.ref === undefined ? this.#options.buffer.listed(event) : undefined;
      case "renumbered":
        return this.#options.buffer.renumbered(event);
      case "mark":
        return this.#options.readMarks.received(event);
      case "servers":
      case "hosting":
      case "hosts":
      case "presence":
      case "away":
      case "typing":
      case "call":
      case "media":
      case "direct":
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
    const { memory, buffer, joinFlow, signatures, sender, link, changed } = this.#options;
    const { protocol, server, limits } = event;
    if (protocol > PROTOCOL_VERSION) {
      const versions = `the server speaks version ${protocol} of the protocol, this client version ${PROTOCOL_VERSION}`;
      return link.end(refused(`Client is too old: ${versions}`));
    }
    if (memory.enterServer(server.id)) {
      buffer.forget();
      joinFlow.forgetServer();
      signatures.forget();
      changed();
    }
    signatures.chat = event.chat;
    sender.setRate(limits.rate);
    joinFlow.welcomed(event);
  }

  #joined(event: JoinedEvent): void {
    const { requests, buffer, sender, joinFlow, link } = this.#options;
    requests.joined(event);
    this.#beginReading(event);
    buffer.joined(event);
    sender.setSlow(event.room.name, event.room.slow !== undefined);
    this.#options.changed();
    if (event.rooms !== undefined) this.#follow(event.rooms);
    joinFlow.enter();
    link.goOnline();
    sender.deliver();
  }

  /** A member who is new in a room has read what was written there before. */
  #beginReading({ room: { name }, seq, last: id, missed, mark }: JoinedEvent): void {
    const { memory, fromMark, readMarks } = this.#options;
    if (!fromMark || mark !== undefined || missed > 0 || id === undefined) return;
    if (memory.cursor.seqOf(name) === undefined) readMarks.read(name, { id, seq });
  }

  /** Joins rooms that the member entered on another device. */
  #follow(rooms: readonly string[]): void {
    const { followRooms, requests, joinFlow } = this.#options;
    if (!followRooms) return;
    for (const room of rooms) requests.follow(room);
    joinFlow.enter();
  }

  #left(event: LeaveEvent): void {
    const { requests, memory, buffer, changed } = this.#options;
    if (!this.#isOwn(event.member.id)) return;
    buffer.left(event.room);
    requests.left(event, event.ref === LEAVE_REF);
    if (event.reason !== "removed") return;
    memory.forgetRoom(event.room);
    changed();
  }

  #renamed({ member }: RenameEvent): void {
    if (!this.#isOwn(member.id)) return;
    this.#options.requests.name = member.name;
    this.#options.changed();
  }

  #restricted({ restriction: { kind, room }, off }: RestrictionEvent): void {
    if (kind === "slow" && room !== undefined) this.#options.sender.setSlow(room, off !== true);
  }

  #dismissed(event: GoodbyeEvent): void {
    const { joinFlow, link } = this.#options;
    link.end(joinFlow.moving ? AGAIN : linkEndOfGoodbye(event, link.lastReason));
  }

  #failed(error: ErrorEvent): void {
    const { sender, joinFlow, link } = this.#options;
    link.lastReason = error.message;
    sender.refused(error);
    if (FATAL_ERROR_CODES.has(error.code)) return link.end(linkEndOfError(error));
    joinFlow.failed(error);
  }

  #isOwn(id: string): boolean {
    return id === this.#options.state().you?.id;
  }
}
