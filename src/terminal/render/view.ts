/** From a client's events to the lines that show them: pure, the same for the live terminal, `--plain` and pipes. */

import type { ClientEvent, Status } from "../../client/client_event.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import type { JoinedEvent, ServerEvent } from "../../protocol/messages/messages.ts";
import { changeLines, pendingLine } from "./change_lines.ts";
import * as lines from "./event_lines.ts";
import type { ReaderView, Style } from "./event_lines.ts";
import * as accounts from "./account_lines.ts";
import * as messages from "./message_lines.ts";
import * as orders from "./moderation_lines.ts";

/** What the reader sees apart from the client's state. */
export interface View {
  readonly style: Style;
  /** The current room. */
  readonly room?: string;
  /** The number of unread messages of a room as text; empty for none. */
  readonly unread?: (room: string) => string;
  /** The day of the last line as the reader's clock has it; `undefined` shows no days at all. */
  readonly day?: string;
}

export interface Shown {
  /** One a row of output, without line breaks. */
  readonly lines: readonly string[];
  /** The day of the last of these lines; `undefined` if the view shows no days. */
  readonly day?: string;
}

/** Returns the lines of an event. `state` is the client's state after it, `before` the state before it. */
export function show(view: View, event: ClientEvent, state: ClientState, before: ClientState): Shown {
  if (event.type === "received" && event.event !== undefined) return showReceived(view, event.event, state, before);
  return { day: view.day, lines: ownLines(event, view.style, before) };
}

/** The lines of an event that this client made itself. */
function ownLines(event: ClientEvent, style: Style, before: ClientState): readonly string[] {
  switch (event.type) {
    case "status":
      return statusLines(event.status, style, before);
    case "acknowledged":
      return acknowledgedLines(event, style);
    case "failed": {
      const text = `Not sent: ${lines.quoteText(pendingLine(event.message))}: ${event.error.message}`;
      return [lines.errorLine(text, style)];
    }
    case "received":
    case "pending":
    case "dropped":
      return [];
    default:
      return unknown(event);
  }
}

function acknowledgedLines({ message, ack }: Extract<ClientEvent, { type: "acknowledged" }>, style: Style): string[] {
  return ack.waiting && "to" in message.target ? [lines.waitingLine(message.target.to, style)] : [];
}

function statusLines(status: Status, style: Style, { link }: ClientState): readonly string[] {
  switch (status.kind) {
    case "connecting":
    case "closed":
      return [];
    case "online":
      return link === "down" ? ["* Connected again"] : [];
    case "waiting":
      return link === "down" ? [] : [lines.errorLine(lostText(link, status.reason), style)];
    default:
      return unknown(status);
  }
}

function lostText(link: ClientState["link"], reason: string): string {
  const why = reason === "" ? "" : ` (${reason.replace(/\.$/, "")})`;
  const what = link === "up" ? "Connection lost" : "No connection";
  return `${what}${why}: trying again, your words wait`;
}

function showReceived(view: View, event: ServerEvent, state: ClientState, before: ClientState): Shown {
  const reader = { you: state.you, room: view.room, unread: view.unread };
  const shown = eventLines(event, view.style, reader, before);
  const at = "at" in event && event.type !== "ack" ? event.at : undefined;
  if (at === undefined || view.day === undefined || shown.length === 0) return { day: view.day, lines: shown };
  const day = view.style.times.day(at);
  return { day, lines: day === view.day ? shown : [lines.rule(day, view.style), ...shown] };
}

function eventLines(event: ServerEvent, style: Style, view: ReaderView, before: ClientState): readonly string[] {
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
      // An error about a pending message is shown once, as the message's failure.
      return before.pending.some(({ ref }) => ref === event.ref) ? [] : [lines.errorLine(event.message, style)];
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

function joinedLines(before: ClientState, event: JoinedEvent, style: Style): readonly string[] {
  const known = before.rooms.has(event.room.name);
  const shown = lines.joinedLines(event, known, style);
  const isAnother = before.you !== undefined && before.you.id !== event.you.id;
  return known && isAnother ? [lines.becameLine(event, style), ...shown] : shown;
}

function unknown(value: never): never {
  throw new Error(`Cannot show ${JSON.stringify(value)}`);
}
