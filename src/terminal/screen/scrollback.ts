/** Turns events into lines in order, and folds many joins and leaves into one line. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { addPresence, NO_PRESENCE, type PresenceChange, summaryLine } from "../render/presence_summary.ts";
import { errorLine, rule, terminalMarkup } from "../render/line_style.ts";
import { createPalette } from "../render/palette.ts";
import type { Preferences } from "../model/preferences.ts";
import { show } from "../render/view.ts";
import type { ClientState } from "../../client/state/client_state.ts";

export interface ScrollbackOptions {
  readonly preferences: Preferences;
  /**
   * The start in RFC 3339. A day separator precedes a line whose day differs from the day of the line before, at first
   * of `now`.
   */
  readonly now: string;
  readonly state: () => ClientState;
  /** The key of the current place. */
  readonly place: () => string | undefined;
  /** A description of the unread messages of a room; empty without unread messages. */
  readonly unread: (room: string) => string;
  /** Also called without lines: the prompt or the pending messages may have changed. */
  readonly print: (lines: readonly string[]) => void;
}

export class Scrollback {
  readonly #options: ScrollbackOptions;
  /** The day of the last line in the user's time zone. */
  #day: string;
  #crowd = NO_PRESENCE;

  constructor(options: ScrollbackOptions) {
    this.#options = options;
    this.#day = options.preferences.style.times.day(options.now);
  }

  /** The folded joins and leaves since the last printed line, without escape sequences. */
  get crowd(): string | undefined {
    return summaryLine(
      this.#crowd,
      terminalMarkup({ ...this.#options.preferences.style, palette: createPalette(false) }),
    );
  }

  /** Prints lines after the folded joins and leaves that precede them. */
  print(lines: readonly string[]): void {
    const above = summaryLine(this.#crowd, terminalMarkup(this.#options.preferences.style));
    if (lines.length > 0) this.#crowd = NO_PRESENCE;
    this.#options.print(lines.length > 0 && above !== undefined ? [above, ...lines] : lines);
  }

  say(text: string): void {
    this.print([`* ${text}`]);
  }

  /** Prints a separator line. */
  rule(text: string): void {
    this.print([rule(text, this.#options.preferences.style)]);
  }

  fail(text: string): void {
    this.print([errorLine(text, this.#options.preferences.style)]);
  }

  /** `before` is the client's state before the event. */
  show(event: ClientEvent, before = this.#options.state()): void {
    const { place, preferences, unread, state } = this.#options;
    const view = { style: preferences.style, place: place(), unread, day: this.#day };
    const { day = this.#day, lines } = show(view, event, state(), before);
    this.#day = day;
    this.print(lines);
  }

  /** Shows an event of the server. */
  receive(event: ServerEvent, before?: ClientState): void {
    this.show({ type: "received", line: "", event }, before);
  }

  /** Shows another member's join or leave, folded with others if the settings say so. */
  showPresence(event: PresenceChange, before: ClientState): void {
    const { summary, folded } = addPresence(this.#crowd, event, this.#options.preferences.settings.fold);
    if (folded) this.print([]);
    else this.receive(event, before);
    this.#crowd = summary;
  }
}
