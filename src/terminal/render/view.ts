/** From a client's events to the lines that show them: pure, the same for the live terminal, `--plain` and pipes. */

import { linkClaimSentences, linkOfferSentences } from "../../presentation/sentences/link_sentences.ts";
import type { LinkOfferEvent } from "../../protocol/identity/link_steps.ts";
import type { ClientEvent, Status } from "../../client/client_event.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { eventText, type SentenceEvent } from "../../presentation/sentences/event_text.ts";
import { waitingSentence } from "../../presentation/sentences/room_sentences.ts";
import { falseSignatureSentence, signaturesSentence } from "../../presentation/sentences/signature_sentences.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { changeLines, pendingLine } from "./change_lines.ts";
import { auditLines, inviteLines, joinedLines, roomsLines } from "./event_lines.ts";
import {
  errorLine,
  quoteText,
  type ReaderView,
  rule,
  sentenceLines,
  type Style,
  terminalMarkup,
} from "./line_style.ts";
import { createPalette } from "./palette.ts";
import { memberName } from "./place_name.ts";
import { historyLines, messageLines, searchLines } from "./message_lines.ts";

/** For error lines, which have one colour. */
const PLAIN = createPalette(false);

/** The reader's settings and place, apart from the client's state. */
export interface View {
  readonly style: Style;
  /** The key of the current room or conversation. */
  readonly place?: string;
  /** The number of unread messages of a room as text; empty for none. */
  readonly unread?: (room: string) => string;
  /** The day of the last line in the reader's time zone; `undefined` shows no days at all. */
  readonly day?: string;
}

export interface Shown {
  /** One for each row of output, without line breaks. */
  readonly lines: readonly string[];
  /** The day of the last of these lines; `undefined` if the view shows no days. */
  readonly day?: string;
}

/** Returns the lines of an event. `state` is the client's state after it, `before` the state before it. */
export function show(view: View, event: ClientEvent, state: ClientState, before: ClientState): Shown {
  if (event.type === "received" && event.event !== undefined) return showReceived(view, event.event, state, before);
  return { day: view.day, lines: ownLines(event, view.style, state, before) };
}

/** The lines of an event that this client made itself. */
function ownLines(event: ClientEvent, style: Style, state: ClientState, before: ClientState): readonly string[] {
  switch (event.type) {
    case "status":
      return statusLines(event.status, style, before);
    case "acknowledged":
      return acknowledgedLines(event, style, state);
    case "failed": {
      const text = `Not sent: ${quoteText(pendingLine(event.message))}: ${event.error.message}`;
      return [errorLine(text, style)];
    }
    case "linkOffer":
      return linkLines(event.offer, style);
    case "linkClaim":
      return sentenceLines(linkClaimSentences(event.claim, terminalMarkup(style)));
    case "falseSignature":
      return [errorLine(falseSignatureSentence(event.entry, terminalMarkup({ ...style, palette: PLAIN })), style)];
    case "signatures":
      return sentenceLines([signaturesSentence(event.member, event.record, terminalMarkup(style))]);
    case "received":
    case "pending":
    case "dropped":
      return [];
    default:
      return unknown(event);
  }
}

function linkLines(offer: LinkOfferEvent, style: Style): string[] {
  const way = offer.step === "offered" ? style.linking?.(offer) : undefined;
  const lines = sentenceLines(linkOfferSentences(offer, way?.lines ?? [], terminalMarkup(style)));
  return [...lines, ...way?.qrCode ?? []];
}

function acknowledgedLines(
  { message, ack }: Extract<ClientEvent, { type: "acknowledged" }>,
  style: Style,
  state: ClientState,
): string[] {
  if (!ack.waiting || !("to" in message.target)) return [];
  return sentenceLines([waitingSentence(memberName(message.target.to, state), terminalMarkup(style))]);
}

function statusLines(status: Status, style: Style, { link }: ClientState): readonly string[] {
  switch (status.kind) {
    case "connecting":
    case "closed":
      return [];
    case "online":
      return link === "down" ? ["* Connected again"] : [];
    case "waiting":
      return link === "down" ? [] : [errorLine(lostText(link, status.reason), style)];
    default:
      return unknown(status);
  }
}

function lostText(link: ClientState["link"], reason: string): string {
  const why = reason === "" ? "" : ` (${reason.replace(/\.$/, "")})`;
  const what = link === "up" ? "Connection lost" : "No connection";
  return `${what}${why}: reconnecting; unsent messages will be sent`;
}

function showReceived(view: View, event: ServerEvent, state: ClientState, before: ClientState): Shown {
  const reader = { you: state.you, place: view.place, unread: view.unread };
  const shown = eventLines(event, view.style, reader, before);
  const at = "at" in event && event.type !== "ack" ? event.at : undefined;
  if (at === undefined || view.day === undefined || shown.length === 0) return { day: view.day, lines: shown };
  const day = view.style.times.day(at);
  return { day, lines: day === view.day ? shown : [rule(day, view.style), ...shown] };
}

function eventLines(event: ServerEvent, style: Style, reader: ReaderView, before: ClientState): readonly string[] {
  switch (event.type) {
    case "message":
      return messageLines(event, style, reader);
    case "history":
      return historyLines(event, style, reader);
    case "search":
      return searchLines(event, style, reader);
    case "edited":
    case "deleted":
    case "reacted":
      return changeLines(event, style, reader);
    case "joined": {
      const wasAnother = before.you !== undefined && before.you.id !== event.you.id;
      return joinedLines(event, { known: before.rooms.has(event.room.name), wasAnother }, style);
    }
    case "join":
      return event.member.id === reader.you?.id ? [] : sentences(event, style, reader);
    case "rooms":
      return roomsLines(event, style, reader);
    case "invite":
      return inviteLines(event, style);
    case "audit":
      return auditLines(event, style);
    case "error":
      // An error about a pending message is shown once, as the message's failure.
      return before.pending.some(({ ref }) => ref === event.ref) ? [] : [errorLine(event.message, style)];
    case "authenticated":
      return event.role === "owner" || event.token !== undefined ? sentences(event, style, reader) : [];
    case "welcome":
    case "goodbye":
      return [];
    default:
      return sentences(event, style, reader);
  }
}

/** The sentence of an event that the terminal draws as all clients do. `eventText` covers every event. */
function sentences(event: SentenceEvent, style: Style, reader: ReaderView): readonly string[] {
  return sentenceLines(eventText(event, terminalMarkup(style), reader));
}

function unknown(value: never): never {
  throw new Error(`Cannot show ${JSON.stringify(value)}`);
}
