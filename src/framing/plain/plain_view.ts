import { ACTION_PREFIX, DEFAULT_ROOM } from "../../protocol/conventions.ts";
import {
  isRoomMessage,
  type LeaveReason,
  type MemberInfo,
  type Message,
  type RoomMessage,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import { audible } from "../../protocol/messages/messages.ts";
import { sanitize, sanitizeLine } from "../../protocol/text/sanitize.ts";
import { changeText, PLAIN_DELETED, plainQuote, remarks } from "./plain_change_view.ts";
import { moderationView } from "./plain_moderation_view.ts";
import { star, unpadded } from "./star.ts";

/** Lines for people on `nc` and telnet. Times are those of the server's zone, for nothing says which one a reader is in. */
export function plainView(event: ServerEvent, self?: MemberInfo): string {
  switch (event.type) {
    case "message":
      return messageView(event, self);
    case "edited":
    case "deleted":
    case "reacted":
      return notice(event.room, changeText(event));
    case "join":
      return event.member.quiet ? "" : notice(event.room, `${event.member.name} joined`);
    case "leave":
      return event.member.quiet ? "" : notice(event.room, `${event.member.name} left${LEAVE_REASONS[event.reason]}`);
    case "presence":
      return presenceView(event);
    case "rename":
      return star(`${event.was} is now ${event.member.name}`);
    case "topic":
      return notice(event.room, `${event.by.name} set the topic: ${event.text}`);
    case "members":
      return star(`In #${event.room} (${event.count}): ${names(event.members, event.count)}`);
    case "rooms":
      return event.rooms.map((room) => star(`#${room.name} (${room.count})${topicView(room.topic)}`)).join("");
    case "history":
      return listView(event.room, event.messages, self);
    case "search":
      return listView(event.room, event.messages.toReversed(), self);
    case "error":
      return `! ${sanitizeLine(event.message)}\n`;
    case "goodbye":
      return star(GOODBYES[event.reason]);
    case "authenticated":
    case "registered":
    case "sessions":
    case "revoked":
    case "invite":
    case "invites":
    case "restriction":
    case "role":
    case "restrictions":
    case "notice":
    case "audit":
      return moderationView(event);
    case "welcome":
      return star(`Welcome to ${event.server.name}. /help lists what you can do, /quit ends it.`);
    case "joined":
      return joinedView(event);
    case "ack":
    case "ping":
    case "pong":
      return "";
    default:
      return event satisfies never;
  }
}

const LEAVE_REASONS: Record<LeaveReason, string> = {
  left: "",
  closed: " (connection closed)",
  timeout: " (no answer)",
  slow: " (could not keep up)",
  kicked: " (kicked)",
  shutdown: " (server shut down)",
  removed: " (room removed)",
};

const GOODBYES = {
  left: "Goodbye.",
  shutdown: "The server shuts down. Goodbye.",
  timeout: "Nothing was heard from you for too long. Goodbye.",
  slow: "You could not keep up with what arrives. Goodbye.",
  replaced: "You joined from somewhere else. Goodbye.",
  refused: "Goodbye.",
  kicked: "You may not stay. Goodbye.",
} as const;

function notice(room: string, text: string): string {
  return star(marker(room) + text);
}

/** The default room goes without saying. */
function marker(room: string): string {
  return room === DEFAULT_ROOM ? "" : `#${room} `;
}

function messageView(message: Message, self: MemberInfo | undefined): string {
  const start = `[${clockTime(message.at)}] `;
  if (isRoomMessage(message)) {
    return quoteView(message) + textView(message, start + marker(message.room), `${message.from.name}: `);
  }
  const sender = message.from.id === self?.id ? "you" : message.from.name;
  const receiver = message.to.id === self?.id ? "you" : message.to.name;
  return textView(message, start, `${sender} to ${receiver}: `);
}

function textView(message: Message, start: string, head: string): string {
  const end = isRoomMessage(message) ? sanitizeLine(remarks(message)) : "";
  if ("deleted" in message && message.deleted) return `${sanitizeLine(start + head)}${PLAIN_DELETED}\n`;
  if (!message.text.startsWith(ACTION_PREFIX)) return `${sanitizeLine(start + head)}${body(message.text)}${end}\n`;
  return `${sanitizeLine(`${start}* ${message.from.name} `)}${body(message.text.slice(ACTION_PREFIX.length))}${end}\n`;
}

/** What a reply is about stands above it. */
function quoteView({ reply }: RoomMessage): string {
  return reply === undefined ? "" : `    > ${sanitizeLine(plainQuote(reply))}\n`;
}

/** Oldest first. */
function listView(room: string, messages: readonly Message[], self: MemberInfo | undefined): string {
  if (messages.length === 0) return star(`No messages found in #${room}`);
  return messages.map((message) => messageView(message, self)).join("");
}

/** Further lines are indented, or a text could pretend to be somebody else's message. */
function body(text: string): string {
  return unpadded(sanitize(text)).replaceAll("\n", "\n    ");
}

function clockTime(at: string): string {
  const time = new Date(at);
  return `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function presenceView(event: Extract<ServerEvent, { type: "presence" }>): string {
  const parts: string[] = [];
  const { joined, left } = audible(event);
  if (joined.length > 0) parts.push(`${names(joined, joined.length)} joined`);
  if (left.length > 0) parts.push(`${names(left, left.length)} left`);
  return parts.length === 0 ? "" : notice(event.room, `${parts.join(", ")} (${event.count} here)`);
}

function joinedView(event: Extract<ServerEvent, { type: "joined" }>): string {
  const others = event.members.filter((member) => member.id !== event.you.id);
  const company = event.count <= 1 ? "nobody else is here yet" : `with ${names(others, event.count - 1)}`;
  return star(`You are ${event.you.name} in #${event.room.name}: ${company}${topicView(event.room.topic)}`);
}

function topicView(topic: string): string {
  return topic === "" ? "" : ` · ${topic}`;
}

/** At most 20 names, and how many more there are of `count`. */
function names(members: readonly MemberInfo[], count: number): string {
  const shown = members.slice(0, 20).map((member) => member.name);
  const rest = count - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
