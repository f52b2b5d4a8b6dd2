/** How lines look: colours, times and marks, and the parts that all lines share. */

import type { LinkOfferEvent } from "../../protocol/identity/link_steps.ts";
import type { HistoryEvent, InviteEvent, MemberInfo } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Markup } from "../../presentation/sentences/markup.ts";
import type { Palette } from "./palette.ts";
import type { Times } from "./time_format.ts";

/** An offer to admit another device, with its code. */
export type Offered = Extract<LinkOfferEvent, { step: "offered" }>;

export interface Style {
  readonly palette: Palette;
  readonly times: Times;
  /** Words that mention the reader, besides their name. */
  readonly keywords?: readonly string[];
  /** Whether the markup of messages is shown formatted instead of as typed. */
  readonly formatting?: boolean;
  /** Whether addresses are marked for the terminal as links (OSC 8). */
  readonly links?: boolean;
  /** Whether the user has the commands that save and open files. */
  readonly saves?: boolean;
  /** Lines that explain how to use an invite; without it, only its words are shown. */
  readonly invitation?: (invite: InviteEvent) => readonly string[];
  /** How another device uses the code of an offer: lines, and a QR code as rows, which are shown as they are. */
  readonly linking?: (offer: Offered) => { readonly lines: readonly string[]; readonly qrCode: readonly string[] };
  /** The QR code of an invite as rows, shown as they are. */
  readonly qrCode?: (invite: InviteEvent) => readonly string[];
}

/** The reader, and the place that they look at. */
export interface ReaderView {
  readonly you?: MemberInfo;
  /** The key of the current room or conversation: its lines carry no mark. */
  readonly place?: string;
  /** The number of unread messages of a room as text; empty for none. */
  readonly unread?: (room: string) => string;
}

/** As wide as `[12:03] `: further lines of a text begin below its first word, so that none can pose as a message. */
export const INDENT = "        ";

/** Begin each row of code and of a quote, also where a long line is wrapped. */
export const CODE_BAR = "│ ";
export const QUOTE_BAR = "> ";

const MAX_NAMES = 20;

/** The markup of sentences in the terminal: coloured names, sanitised text, times of the reader's zone. */
export function terminalMarkup({ palette, times }: Style): Markup {
  return {
    client: "terminal",
    maxNames: MAX_NAMES,
    name: (name) => palette.name(sanitizeLine(name)),
    text: sanitizeLine,
    strong: (text) => palette.bold(text),
    moment: (at) => times.moment(at),
  };
}

/** The lines of a sentence: `*` in front, and the rows of a list indented. */
export function sentenceLines([sentence, ...rows]: readonly string[]): string[] {
  return sentence === undefined ? [] : [`* ${sentence}`, ...rows.map((row) => `  ${row}`)];
}

/** A room with its `#`, sanitised. */
export function roomName(room: string): string {
  return `#${sanitizeLine(room)}`;
}

/** The room or conversation that a page of messages is from, sanitised. */
export function pageName({ room, with: partner }: Pick<HistoryEvent, "room" | "with">): string {
  return room === undefined ? `@${sanitizeLine(partner?.name ?? "")}` : roomName(room);
}

/** A line that separates what is above from what is below. */
export function rule(text: string, style: Style): string {
  return style.palette.dim(`--- ${text} ---`);
}

/** A failure: what happened and, after a colon, what to do. */
export function errorLine(text: string, style: Style): string {
  return style.palette.error(`! ${sanitizeLine(text)}`);
}

/** A text in quotes, on one line, cut after 60 characters. */
export function quoteText(text: string): string {
  const line = sanitizeLine(text);
  const chars = [...line];
  return `"${chars.length > 60 ? `${chars.slice(0, 60).join("")}…` : line}"`;
}
