/** What is printed, in its order: the lines of events, and those who come and go in one line where they are many. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { crowdLine, gather, NOBODY, type PresenceChange } from "../render/presence_summary.ts";
import { errorLine, rule, terminalMarkup } from "../render/line_style.ts";
import { createPalette } from "../render/palette.ts";
import type { Preferences } from "../model/preferences.ts";
import { show } from "../render/view.ts";
import type { ClientState } from "../../client/state/client_state.ts";

export interface ScrollbackOptions {
  readonly preferences: Preferences;
  /** RFC 3339: a day is printed where it differs from the day of the last line, or at first from this one. */
  readonly now: string;
  readonly state: () => ClientState;
  /** The current room. */
  readonly room: () => string | undefined;
  /** What is unread of a room, in words; empty for nothing. */
  readonly unread: (room: string) => string;
  /** Also called without lines: the prompt or the messages on their way may have changed. */
  readonly print: (lines: readonly string[]) => void;
}

export class Scrollback {
  readonly #options: ScrollbackOptions;
  /** The day of the last line, as the reader's clock has it. */
  #day: string;
  #crowd = NOBODY;

  constructor(options: ScrollbackOptions) {
    this.#options = options;
    this.#day = options.preferences.style.times.day(options.now);
  }

  /** Those who came and went, as long as nothing is printed behind them; without an escape sequence. */
  get crowd(): string | undefined {
    return crowdLine(
      this.#crowd,
      terminalMarkup({ ...this.#options.preferences.style, palette: createPalette(false) }),
    );
  }

  /** Whoever shares a line stands above what comes behind them. */
  print(lines: readonly string[]): void {
    const above = crowdLine(this.#crowd, terminalMarkup(this.#options.preferences.style));
    if (lines.length > 0) this.#crowd = NOBODY;
    this.#options.print(lines.length > 0 && above !== undefined ? [above, ...lines] : lines);
  }

  say(text: string): void {
    this.print([`* ${text}`]);
  }

  /** A line that parts what is above it from what is below. */
  rule(text: string): void {
    this.print([rule(text, this.#options.preferences.style)]);
  }

  fail(text: string): void {
    this.print([errorLine(text, this.#options.preferences.style)]);
  }

  /** `before` is the client's state before the event. */
  show(event: ClientEvent, before = this.#options.state()): void {
    const { room, preferences, unread, state } = this.#options;
    const view = { style: preferences.style, room: room(), unread, day: this.#day };
    const { day = this.#day, lines } = show(view, event, state(), before);
    this.#day = day;
    this.print(lines);
  }

  /** What the server says. */
  receive(event: ServerEvent, before?: ClientState): void {
    this.show({ type: "received", line: "", event }, before);
  }

  /** Somebody else who comes or goes. */
  come(event: PresenceChange, before: ClientState): void {
    const { crowd, folded } = gather(this.#crowd, event, this.#options.preferences.settings.fold);
    if (folded) this.print([]);
    else this.receive(event, before);
    this.#crowd = crowd;
  }
}
