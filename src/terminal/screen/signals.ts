/** How a terminal is told that something is for its reader, beside what it shows. */

import { graphemes } from "./text_width.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Settings } from "../model/settings.ts";

/** Characters of a notice; the rest is cut off. */
const MAX_NOTICE_CHARS = 200;
/** Between two notices: nobody is called more often than that, however much is for them. */
const NOTICE_PAUSE_MS = 2_000;

const BELL = "\x07";
/** String terminator: ECMA-48, section 8.3.143. */
const END = "\x1b\\";
const TITLE = "Confab";

/** Nothing where no way was chosen. The text may be anybody's. */
export function noticeText(text: string, settings: Settings): string {
  const plain = cut(text);
  return [
    settings.bell ? BELL : "",
    // ConEmu takes a number and a semicolon at the beginning for orders: this begins with neither.
    settings.osc9 ? `\x1b]9;${TITLE}: ${plain}${END}` : "",
    settings.osc777 ? `\x1b]777;notify;${TITLE};${plain.replaceAll(";", ",")}${END}` : "",
    settings.osc99 ? `\x1b]99;e=1;${base64(`${TITLE}: ${plain}`)}${END}` : "",
  ].join("");
}

/** Of the window; the text may be anybody's. */
export function titleText(text: string): string {
  return `\x1b]2;${cut(text)}${END}`;
}

function cut(text: string): string {
  const chars = graphemes(sanitizeLine(text.slice(0, 10 * MAX_NOTICE_CHARS)).trim());
  return chars.length <= MAX_NOTICE_CHARS ? chars.join("") : `${chars.slice(0, MAX_NOTICE_CHARS - 1).join("")}…`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export interface SignalsOptions {
  readonly settings: () => Settings;
  /** In milliseconds. */
  readonly now: () => number;
}

/** What the terminal is to be told with the next write. */
export class Signals {
  readonly #options: SignalsOptions;
  #calledAt = -Infinity;
  #waiting = "";
  #title = "";

  constructor(options: SignalsOptions) {
    this.#options = options;
  }

  /** Calls the reader, unless they were called just before. */
  call(text: string): void {
    const { settings, now } = this.#options;
    const notice = noticeText(text, settings());
    if (notice === "" || now() - this.#calledAt < NOTICE_PAUSE_MS) return;
    this.#calledAt = now();
    this.#waiting = notice;
  }

  /** What waits, and the title where it is another one; an empty one leaves it to the terminal. */
  take(title: string): string {
    const next = this.#options.settings().title ? title : "";
    const text = this.#waiting + (next === this.#title ? "" : titleText(next));
    this.#waiting = "";
    this.#title = next;
    return text;
  }
}
