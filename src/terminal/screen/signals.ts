/** Notifications and the window title: escape sequences that draw nothing on the screen. */

import { graphemes } from "./text_width.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Settings } from "../model/settings.ts";

/** The maximum number of characters in a notification. */
const MAX_NOTICE_CHARS = 200;
/** The minimum time between two notifications. */
const NOTICE_PAUSE_MS = 2_000;

const BELL = "\x07";
/** String terminator: ECMA-48, section 8.3.143. */
const END = "\x1b\\";
const TITLE = "Confab";

/** The notification in each form that the settings turn on; empty if none is. The text may be untrusted. */
export function noticeText(text: string, settings: Settings): string {
  const plain = cut(text);
  return [
    settings.bell ? BELL : "",
    // ConEmu interprets a leading number and semicolon as a command, so the text begins with the title.
    settings.osc9 ? `\x1b]9;${TITLE}: ${plain}${END}` : "",
    settings.osc777 ? `\x1b]777;notify;${TITLE};${plain.replaceAll(";", ",")}${END}` : "",
    settings.osc99 ? `\x1b]99;e=1;${base64(`${TITLE}: ${plain}`)}${END}` : "",
  ].join("");
}

/** The escape sequence that sets the window title. The text may be untrusted. */
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

/** Collects a notification and the title for the next write to the terminal. */
export class Signals {
  readonly #options: SignalsOptions;
  #notifiedAt = -Infinity;
  #waiting = "";
  /** The key of the room or conversation that the waiting notification is about. */
  #place: string | undefined;
  #title = "";

  constructor(options: SignalsOptions) {
    this.#options = options;
  }

  /**
   * Notifies the user of a message in the room or conversation with this key, unless the last notification was less than
   * `NOTICE_PAUSE_MS` ago.
   */
  notify(text: string, place: string): void {
    const { settings, now } = this.#options;
    const notice = noticeText(text, settings());
    if (notice === "" || now() - this.#notifiedAt < NOTICE_PAUSE_MS) return;
    this.#notifiedAt = now();
    this.#waiting = notice;
    this.#place = place;
  }

  /** Drops the waiting notification if it is about this place: the user has read it on another device. */
  cancel(place: string): void {
    if (place === this.#place) this.#waiting = "";
  }

  /**
   * Returns and clears the pending notification, with the title if it has changed. An empty title restores the
   * terminal's own.
   */
  take(title: string): string {
    const next = this.#options.settings().title ? title : "";
    const text = this.#waiting + (next === this.#title ? "" : titleText(next));
    this.#waiting = "";
    this.#title = next;
    return text;
  }
}
