/** The region below the scrollback: pending messages, the prompt and the line that is being typed. Pure. */

import type { Status } from "../../client/client_event.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { targetKey } from "../../client/text/message_reference.ts";
import type { PendingMessage } from "../../client/delivery/message_intent.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { pendingLine } from "./change_lines.ts";
import { roomName } from "./line_style.ts";
import { memberName } from "./place_name.ts";
import type { Palette } from "./palette.ts";
import { textWidth, truncate, wrap } from "../screen/text_width.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface LiveRegion {
  /** Rows for pictures above all others, which another part draws. */
  readonly videoRows?: number;
  /** One row each, cut at the edge of the window. */
  readonly pending: readonly string[];
  /** The members who are typing: at the end of the prompt's row, if there is space. */
  readonly note?: string;
  /** Longest first: the first one that takes at most half a row is drawn. */
  readonly prompts: readonly string[];
  readonly text: string;
  /** Offset in `text`. */
  readonly cursor: number;
  /** Questions and completions, one row each below the line, cut at the edge of the window. */
  readonly hints: readonly string[];
}

/** A live region as rows without line breaks, none wider than the window. */
export interface LiveFrame {
  readonly rows: readonly DrawnRow[];
  /** The first of them, which are blank here, and drawn by another part. */
  readonly videoRows?: number;
  readonly cursorRow: number;
  /** The part of the cursor's row before the cursor. */
  readonly beforeCursor: DrawnRow;
}

/** A row with and without escape sequences. */
export interface DrawnRow {
  readonly text: string;
  readonly plain: string;
}

const BLANK_ROW: DrawnRow = { text: "", plain: "" };
/** Begins each row after a line break. */
const CONTINUED = "│ ";
const MAX_PENDING_ROWS = 5;
const TAB = "    ";

/** Lays the region out around the cursor, in at most all rows of the window but one, which the scrollback keeps. */
export function layOut(live: LiveRegion, size: Size, palette: Palette): LiveFrame {
  const columns = Math.max(2, size.columns);
  const videoRows = Math.max(0, Math.min(live.videoRows ?? 0, size.rows - 2));
  const height = Math.max(1, size.rows - 1 - videoRows);
  const below = live.hints.slice(0, height - 1).map((text) => dimRow(text, columns, palette));
  const free = height - below.length;
  const input = inputRows(live, columns, palette);
  const from = Math.max(0, Math.min(input.cursorRow - (free >> 1), input.rows.length - free));
  const rows = input.rows.slice(from, from + free);
  const above = pendingRows(live.pending, columns, Math.min(MAX_PENDING_ROWS, free - rows.length), palette);
  const video = Array.from({ length: videoRows }, () => BLANK_ROW);
  const cursorRow = videoRows + above.length + input.cursorRow - from;
  return { rows: [...video, ...above, ...rows, ...below], videoRows, cursorRow, beforeCursor: input.beforeCursor };
}

function inputRows(live: LiveRegion, columns: number, palette: Palette): Omit<LiveFrame, "videoRows"> {
  const prompt = live.prompts.find((prompt) => textWidth(prompt) <= columns / 2) ?? "> ";
  const shown = visible(live.text);
  const cursor = visible(live.text.slice(0, live.cursor)).length;
  const wrapped = wrap(shown, { columns, first: textWidth(prompt), next: textWidth(CONTINUED) });
  const prefix = (index: number) => index === 0 ? prompt : wrapped[index]!.broken ? CONTINUED : "";
  const draw = (index: number, text: string): DrawnRow => {
    const before = prefix(index);
    return { text: (index === 0 ? palette.bold(before) : palette.dim(before)) + text, plain: before + text };
  };
  const rows = wrapped.map(({ text }, index) => draw(index, text));
  rows[0] = withNote(rows[0]!, live.note ?? "", columns, palette);
  const cursorRow = wrapped.findLastIndex(({ start }) => start <= cursor);
  return {
    rows,
    cursorRow,
    beforeCursor: draw(cursorRow, shown.slice(wrapped[cursorRow]!.start, cursor)),
  };
}

/** Columns between a row and its note. */
const NOTE_GAP = 2;

/** The row with the note at the right edge of the window; the same row if that leaves no gap, or is full. */
function withNote(row: DrawnRow, note: string, columns: number, palette: Palette): DrawnRow {
  const shown = sanitizeLine(note);
  const gap = columns - 1 - textWidth(row.plain) - textWidth(shown);
  if (shown === "" || gap < NOTE_GAP) return row;
  const blank = " ".repeat(gap);
  return { text: row.text + blank + palette.dim(shown), plain: row.plain + blank + shown };
}

/** A text as it is drawn: with line breaks, tabs of a fixed width, and visible control characters. */
function visible(text: string): string {
  return text.split("\n").map((line) => sanitizeLine(line.replaceAll("\t", TAB))).join("\n");
}

/** The newest pending messages, and a count of the others. */
function pendingRows(pending: readonly string[], columns: number, height: number, palette: Palette): DrawnRow[] {
  if (height <= 0 || pending.length === 0) return [];
  const all = pending.length <= height
    ? pending
    : [`… ${pending.length - height + 1} more waiting to be sent`, ...pending.slice(pending.length - height + 1)];
  return all.map((text) => dimRow(text, columns, palette));
}

function dimRow(text: string, columns: number, palette: Palette): DrawnRow {
  const plain = truncate(text, columns);
  return { text: palette.dim(plain), plain };
}

/** A pending message on one row. `place` is the key of the current place. */
export function pendingText(message: PendingMessage, place: string | undefined, state: ClientState): string {
  const { target } = message;
  const line = pendingLine(message);
  if (place !== undefined && targetKey(state, target) === place) return `… ${line}`;
  return "to" in target ? `… → ${memberName(target.to, state)}: ${line}` : `… ${roomName(target.room)} ${line}`;
}

/** A failed message on one row, with the number that `/resend` and `/drop` take. */
function failedText(text: string, number: number): string {
  return `✗ ${number} ${text.slice(2)} (failed: /resend ${number} or /drop ${number})`;
}

/** The rows above the prompt: a summary of joins and leaves, failed and pending messages, transfers of files. */
export interface WaitingRows {
  readonly crowd: string | undefined;
  readonly failed: readonly PendingMessage[];
  /** The client's state, with the pending messages. */
  readonly state: ClientState;
  /** The key of the current place. */
  readonly place: string | undefined;
  /** The transfers of files. */
  readonly files?: readonly string[];
  readonly call?: string | undefined;
}

export function waitingTexts({ crowd, failed, state, place, files = [], call }: WaitingRows): string[] {
  const text = (message: PendingMessage) => pendingText(message, place, state);
  return [
    ...(crowd === undefined ? [] : [crowd]),
    ...failed.map((message, index) => failedText(text(message), index + 1)),
    ...state.pending.map(text),
    ...files,
    ...(call === undefined ? [] : [call]),
  ];
}

/**
 * Prompts for the activities, which are longest first. The last one marks a lost link even in a narrow window. `name` is that
 * of the current place, such as `#dev` or `@bob`.
 */
export function promptTexts(
  name: string | undefined,
  status: Status,
  now: number,
  activities: readonly string[],
): string[] {
  const texts = activities.map((activity) => promptText(name, status, now, activity));
  return status.kind === "online" ? texts : [...texts, `${name ?? NOWHERE} (…)> `];
}

/**
 * Names the place, unread messages elsewhere, and the state of the link. `now` is in milliseconds of the client's clock.
 */
function promptText(name: string | undefined, status: Status, now: number, activity: string): string {
  const link = linkText(status, now);
  return `${name ?? NOWHERE}${activity}${link === "" ? "" : ` (${link})`}> `;
}

const NOWHERE = "no room";

function linkText(status: Status, now: number): string {
  switch (status.kind) {
    case "online":
      return "";
    case "connecting":
      return "connecting…";
    case "waiting": {
      const seconds = Math.max(0, Math.ceil((status.retryAt - now) / 1000));
      return seconds === 0 ? "reconnecting…" : `reconnecting in ${seconds} s`;
    }
    case "closed":
      return "closed";
    default:
      return status satisfies never;
  }
}
