/** The types of commands and events, derived from their schemas, and small functions on them. */

import type { ProtocolError } from "../errors.ts";
import { MAX_QUOTE_CHARS } from "../limits.ts";
import type { COMMAND_SCHEMAS } from "./command_schemas.ts";
import type * as parts from "./event_parts.ts";
import type { EVENT_SCHEMAS } from "./event_schemas.ts";
import type { Checked, CheckedBy } from "./fields.ts";

/** The commands of a client. The set is closed: a `switch` on `type` ends in `never`. */
export type ClientCommand = CheckedBy<typeof COMMAND_SCHEMAS>;
/** The command of this type. */
export type CommandOf<K extends ClientCommand["type"]> = Extract<ClientCommand, { type: K }>;

export type JoinCommand = CommandOf<"join">;
export type LeaveCommand = CommandOf<"leave">;
export type MessageCommand = CommandOf<"message">;
export type EditCommand = CommandOf<"edit">;
export type DeleteCommand = CommandOf<"delete">;
export type ReactCommand = CommandOf<"react">;
export type ChangeCommand = EditCommand | DeleteCommand | ReactCommand;
export type ReadCommand = CommandOf<"read">;
export type BlockCommand = CommandOf<"block">;
export type ConversationsCommand = CommandOf<"conversations">;
export type OfferCommand = CommandOf<"offer">;
export type FetchCommand = CommandOf<"fetch">;
export type RenameCommand = CommandOf<"rename">;
export type TopicCommand = CommandOf<"topic">;
export type MembersCommand = CommandOf<"members">;
export type RoomsCommand = CommandOf<"rooms">;
export type WhoisCommand = CommandOf<"whois">;
export type HistoryCommand = CommandOf<"history">;
export type SearchCommand = CommandOf<"search">;
export type AwayCommand = CommandOf<"away">;
export type TypingCommand = CommandOf<"typing">;
export type DirectCommand = CommandOf<"direct">;
export type CallCommand = CommandOf<"call">;
export type AnswerCommand = CommandOf<"answer">;
export type HangupCommand = CommandOf<"hangup">;
export type ProveCommand = CommandOf<"prove">;
/** A command about the hosts of a shared chat. */
export type SharedChatCommand = CommandOf<"prove" | "hosts" | "host">;
export type HostsCommand = CommandOf<"hosts">;
export type HostCommand = CommandOf<"host">;
export type PingCommand = CommandOf<"ping">;
export type PongCommand = CommandOf<"pong">;
export type AuthCommand = CommandOf<"auth">;
export type RegisterCommand = CommandOf<"register">;
export type SessionsCommand = CommandOf<"sessions">;
export type RevokeCommand = CommandOf<"revoke">;
export type DeviceCommand = CommandOf<"device">;
export type LinkCommand = CommandOf<"link">;
export type InviteCommand = CommandOf<"invite">;
export type InvitesCommand = CommandOf<"invites">;
export type KickCommand = CommandOf<"kick">;
export type BanCommand = CommandOf<"ban">;
export type BanReach = NonNullable<BanCommand["also"]>;
export type MuteCommand = CommandOf<"mute">;
export type AllowCommand = CommandOf<"allow">;
export type LockCommand = CommandOf<"lock">;
export type SlowCommand = CommandOf<"slow">;
export type LockdownCommand = CommandOf<"lockdown">;
export type ModeratorCommand = CommandOf<"moderator">;
export type RemoveCommand = CommandOf<"remove">;
export type RestrictionsCommand = CommandOf<"restrictions">;
export type AuditCommand = CommandOf<"audit">;

export type Away = Checked<typeof parts.away>;
export type MemberInfo = Checked<typeof parts.member>;
export type Actor = Checked<typeof parts.actor>;
export type ServerLimits = Checked<typeof parts.serverLimits>;
export type RoomSummary = Checked<typeof parts.roomSummary>;
export type Quote = Checked<typeof parts.quotePart>;
export type Reaction = Checked<typeof parts.reaction>;
export type MessageFile = Checked<typeof parts.file>;
export type Thumbnail = Checked<typeof parts.thumbnail>;
export type Restriction = Checked<typeof parts.restriction>;
export type RestrictionKind = Restriction["kind"];
export type ModeratorGrant = Checked<typeof parts.moderatorGrant>;
export type AuditEntry = Checked<typeof parts.auditEntry>;
export type InviteSummary = Checked<typeof parts.inviteSummary>;
export type AccountSession = Checked<typeof parts.accountSession>;
export type RoomMessage = Checked<typeof parts.roomMessage>;
export type DirectMessage = Checked<typeof parts.directMessage>;
export type Message = RoomMessage | DirectMessage;
export type RoomEdited = Checked<typeof parts.roomEdited>;
export type RoomDeleted = Checked<typeof parts.roomDeleted>;
export type RoomReacted = Checked<typeof parts.roomReacted>;
export type RoomChange = Checked<typeof parts.roomChange>;
export type DirectChange = Checked<typeof parts.directChange>;
export type Change = RoomChange | DirectChange;
/** A message or change of a room: it has a seq there. The core and the store keep those of conversations in this form, too. */
export type RoomEntry = RoomMessage | RoomChange;
/** A message or change of a conversation, as one of its two members sees it. */
export type DirectEntry = DirectMessage | DirectChange;
export type Entry = RoomEntry | DirectEntry;
/** The other member of a conversation. */
export type Partner = DirectMessage["with"];
export type ReadMark = Checked<typeof parts.readMark>;
export type ConversationSummary = Checked<typeof parts.conversationSummary>;

/** The events of a server. The set is closed, as `ClientCommand` is. */
export type ServerEvent = CheckedBy<typeof EVENT_SCHEMAS>;
/** The event of this type. */
export type EventOf<K extends ServerEvent["type"]> = Extract<ServerEvent, { type: K }>;

export type WelcomeEvent = EventOf<"welcome">;
export type ServersEvent = EventOf<"servers">;
export type JoinedEvent = EventOf<"joined">;
export type JoinEvent = EventOf<"join">;
export type LeaveEvent = EventOf<"leave">;
export type LeaveReason = LeaveEvent["reason"];
export type PresenceEvent = EventOf<"presence">;
export type AckEvent = EventOf<"ack">;
export type EditedEvent = EventOf<"edited">;
export type DeletedEvent = EventOf<"deleted">;
export type ReactedEvent = EventOf<"reacted">;
export type MarkEvent = EventOf<"mark">;
export type ConversationsEvent = EventOf<"conversations">;
export type RenameEvent = EventOf<"rename">;
export type AwayEvent = EventOf<"away">;
export type TypingEvent = EventOf<"typing">;
export type DirectEvent = EventOf<"direct">;
export type CallEvent = EventOf<"call">;
export type MediaEvent = EventOf<"media">;
export type HostingEvent = EventOf<"hosting">;
export type HostsEvent = EventOf<"hosts">;
export type RenumberedEvent = EventOf<"renumbered">;
export type TopicEvent = EventOf<"topic">;
export type MembersEvent = EventOf<"members">;
export type RoomsEvent = EventOf<"rooms">;
export type WhoisEvent = EventOf<"whois">;
export type HistoryEvent = EventOf<"history">;
export type SearchEvent = EventOf<"search">;
export type ErrorEvent = EventOf<"error">;
export type GoodbyeEvent = EventOf<"goodbye">;
export type GoodbyeReason = GoodbyeEvent["reason"];
export type AuthenticatedEvent = EventOf<"authenticated">;
export type SlotEvent = EventOf<"slot">;
export type UrlEvent = EventOf<"url">;
export type RegisteredEvent = EventOf<"registered">;
export type SessionsEvent = EventOf<"sessions">;
export type RevokedEvent = EventOf<"revoked">;
export type DevicesEvent = EventOf<"devices">;
export type LinkEvent = EventOf<"link">;
export type InviteEvent = EventOf<"invite">;
export type InvitesEvent = EventOf<"invites">;
export type AccountEvent = EventOf<"authenticated" | "registered" | "sessions" | "revoked" | "invite" | "invites">;
export type RestrictionEvent = EventOf<"restriction">;
export type RoleEvent = EventOf<"role">;
export type RestrictionsEvent = EventOf<"restrictions">;
export type NoticeEvent = EventOf<"notice">;
export type AuditEvent = EventOf<"audit">;
export type ModerationEvent = EventOf<"restriction" | "role" | "restrictions" | "notice" | "audit">;

/** The event that tells a peer of its error. */
export function errorEvent(error: ProtocolError, ref?: string): ErrorEvent {
  return { type: "error", ref, code: error.code, message: error.message, ...error.details };
}

/** Whether the event is a message or a change. */
export function isEntry(event: ServerEvent): event is Entry {
  switch (event.type) {
    case "message":
    case "edited":
    case "deleted":
    case "reacted":
      return true;
    default:
      return false;
  }
}

/** Whether the entry is a room's, not a conversation's. */
export function isOfRoom<E extends Entry>(entry: E): entry is Extract<E, { room: string }> {
  return "room" in entry;
}

/** The entry of a conversation as the member sees it who talks with `partner`. */
export function asDirect<E extends RoomEntry>(entry: E, partner: Partner): DirectOf<E> {
  const { room: _, ...rest } = entry;
  return { ...rest, with: { id: partner.id, name: partner.name } } as unknown as DirectOf<E>;
}

/** The form that an entry has in a conversation. */
export type DirectOf<E extends RoomEntry> = E extends { readonly type: infer K } ? Extract<DirectEntry, { type: K }>
  : never;

/** A key for the room or the conversation of an entry: the room's name, or `@` and the id of the partner. */
export function placeKey(place: { readonly room: string } | { readonly with: Partner }): string {
  return "room" in place ? place.room : `@${place.with.id}`;
}

/** The key of the room or conversation that a page or a mark is about. */
export function keyOfPage(
  { room, with: partner }: { readonly room?: string; readonly with?: Partner },
): string | undefined {
  return room ?? (partner && placeKey({ with: partner }));
}

/** The members of a `presence` that a view shows: all except the muted ones. */
export function audible(
  { joined, left }: PresenceEvent,
): { joined: readonly MemberInfo[]; left: readonly MemberInfo[] } {
  const isAudible = ({ quiet }: MemberInfo) => quiet !== true;
  return { joined: joined.filter(isAudible), left: left.filter(isAudible) };
}

/** The quote of a message in replies and reactions. A file without a text is quoted by its name. */
export function quoteOf({ id, seq, from, text, file, deleted }: Message): Quote {
  return deleted ? { id, seq, from } : { id, seq, from, text: beginning(text === "" ? file?.name ?? "" : text) };
}

/** The text's beginning on one line, at most `MAX_QUOTE_CHARS` UTF-16 units. */
function beginning(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= MAX_QUOTE_CHARS) return line;
  // A surrogate pair at the cut is dropped as a whole.
  return line.slice(0, MAX_QUOTE_CHARS - 1).replace(/[\ud800-\udbff]$/, "") + "…";
}
