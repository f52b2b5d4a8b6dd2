/** From what happened to the lines that show it: pure, the same for the live terminal, `--plain` and pipes. */

import type { ClientEvent, Status } from "../../client/client_event.ts";
import type { JoinedEvent, MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { changeLines, pendingLine } from "./change_lines.ts";
import * as lines from "./event_lines.ts";
import type { Style } from "./event_lines.ts";
import * as accounts from "./account_lines.ts";
import * as messages from "./message_lines.ts";
import * as orders from "./moderation_lines.ts";

export interface View {
  readonly style: Style;
  readonly you?: MemberInfo;
  /** The current room. */
  readonly room?: string;
  /** What is unread of a room, in words; empty for nothing. */
  readonly unread?: (room: string) => string;
  /** The day of the last line as the reader's clock has it; undefined shows no days at all. */
  readonly day?: string;
  readonly link: "new" | "up" | "down";
  /** Rooms that were joined before: coming back to them is no news. */
  readonly rooms: ReadonlySet<string>;
  /** Refs of messages on their way: what the server finds wrong with those comes as `failed` as well. */
  readonly refs: ReadonlySet<string>;
}

export interface ViewOptions {
  readonly style: Style;
  readonly room?: string;
  readonly you?: MemberInfo;
  /** RFC 3339; days are shown where they differ from this one. Without it no days are shown. */
  readonly now?: string;
}

export function createView({ style, room, you, now }: ViewOptions): View {
  const day = now === undefined ? undefined : style.times.day(now);
  return { style, room, you, day, link: "new", rooms: new Set(), refs: new Set() };
}

export interface Shown {
  readonly view: View;
  /** One a row of output, without line breaks. */
  readonly lines: readonly string[];
}

export function show(view: View, event: ClientEvent): Shown {
  switch (event.type) {
    case "received":
      return event.event === undefined ? { view, lines: [] } : showReceived(view, event.event);
    case "status":
      return showStatus(view, event.status);
    case "pending":
      return { view: { ...view, refs: new Set(view.refs).add(event.message.ref) }, lines: [] };
    case "acknowledged":
      return { view: forget(view, event.message.ref), lines: acknowledgedLines(event, view.style) };
    case "dropped":
      return { view: forget(view, event.message.ref), lines: [] };
    case "failed": {
      const text = `Not sent: ${lines.quoteText(pendingLine(event.message))}: ${event.error.message}`;
      // Its ref is kept: the error itself may come behind.
      return { view, lines: [lines.errorLine(text, view.style)] };
    }
    default:
      return unknown(event);
  }
}

function acknowledgedLines({ message, ack }: Extract<ClientEvent, { type: "acknowledged" }>, style: Style): string[] {
  return ack.waiting && "to" in message.target ? [lines.waitingLine(message.target.to, style)] : [];
}

function forget(view: View, ref: string): View {
  const refs = new Set(view.refs);
  refs.delete(ref);
  return { ...view, refs };
}

function showStatus(view: View, status: Status): Shown {
  switch (status.kind) {
    case "connecting":
    case "closed":
      return { view, lines: [] };
    case "online": {
      const back = view.link === "down" ? ["* Connected again"] : [];
      return { view: { ...view, link: "up" }, lines: back };
    }
    case "waiting": {
      const lost = view.link === "down" ? [] : [lines.errorLine(lostText(view, status.reason), view.style)];
      return { view: { ...view, link: "down" }, lines: lost };
    }
    default:
      return unknown(status);
  }
}

function lostText(view: View, reason: string): string {
  const why = reason === "" ? "" : ` (${reason.replace(/\.$/, "")})`;
  const what = view.link === "up" ? "Connection lost" : "No connection";
  return `${what}${why}: trying again, your words wait`;
}

function showReceived(view: View, event: ServerEvent): Shown {
  const next = learn(view, event);
  const shown = eventLines(view, next, event);
  const at = "at" in event && event.type !== "ack" ? event.at : undefined;
  if (at === undefined || next.day === undefined || shown.length === 0) return { view: next, lines: shown };
  const day = next.style.times.day(at);
  if (day === next.day) return { view: next, lines: shown };
  return { view: { ...next, day }, lines: [lines.rule(day, next.style), ...shown] };
}

/** What an event tells of the reader. */
function learn(view: View, event: ServerEvent): View {
  if (event.type === "joined") {
    const { id, name } = event.you;
    return { ...view, you: { id, name }, rooms: new Set(view.rooms).add(event.room.name) };
  }
  if (event.type === "rename" && event.member.id === view.you?.id) return { ...view, you: event.member };
  if (event.type === "leave" && event.member.id === view.you?.id) {
    const rooms = new Set(view.rooms);
    rooms.delete(event.room);
    return { ...view, rooms };
  }
  return view;
}

function eventLines(before: View, view: View, event: ServerEvent): readonly string[] {
  const { style } = view;
  switch (event.type) {
    case "message":
      return messages.messageLines(event, style, view);
    case "edited":
    case "deleted":
    case "reacted":
      return changeLines(event, style, view);
    case "joined":
      return joinedLines(before, event, style);
    case "join":
      return event.member.id === view.you?.id || event.member.quiet
        ? []
        : [lines.joinLine(event.room, event.member, style, view)];
    case "leave":
      return event.member.quiet ? [] : [lines.leaveLine(event, style, view)];
    case "presence":
      return lines.presenceLines(event, style, view);
    case "rename":
      return [lines.renameLine(event, style, view)];
    case "topic":
      return [lines.topicLine(event, style, view)];
    case "members":
      return [lines.membersLine(event, style)];
    case "rooms":
      return lines.roomsLines(event, style, view);
    case "history":
      return messages.historyLines(event, style, view);
    case "search":
      return messages.searchLines(event, style, view);
    case "error":
      return event.ref !== undefined && view.refs.has(event.ref) ? [] : [lines.errorLine(event.message, style)];
    case "authenticated":
      return accounts.authenticatedLines(event, style);
    case "registered":
      return [accounts.registeredLine(event, style)];
    case "sessions":
      return accounts.sessionsLines(event, style);
    case "revoked":
      return [accounts.revokedLine(event)];
    case "invite":
      return accounts.inviteLines(event, style);
    case "invites":
      return accounts.invitesLines(event, style);
    case "restriction":
      return [orders.restrictionLine(event, style, view)];
    case "role":
      return [orders.roleLine(event, style, view)];
    case "restrictions":
      return orders.restrictionsLines(event, style);
    case "notice":
      return [orders.noticeLine(event, style, view)];
    case "audit":
      return orders.auditLines(event, style);
    case "welcome":
    case "ack":
    case "goodbye":
    case "ping":
    case "pong":
      return [];
    default:
      return unknown(event);
  }
}

function joinedLines(before: View, event: JoinedEvent, style: Style): readonly string[] {
  const known = before.rooms.has(event.room.name);
  const shown = lines.joinedLines(event, known, style);
  const isAnother = before.you !== undefined && before.you.id !== event.you.id;
  return known && isAnother ? [lines.becameLine(event, style), ...shown] : shown;
}

function unknown(value: never): never {
  throw new Error(`Cannot show ${JSON.stringify(value)}`);
}
