/** What is printed, in its order: the lines of events, and those who come and go in one line where they are many. */

import type { ClientEvent } from "../../client/client_event.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import { crowdLine, gather, NOBODY, type PresenceChange } from "../render/presence_summary.ts";
import { errorLine, rule } from "../render/event_lines.ts";
import { createPalette } from "../render/palette.ts";
import type { Preferences } from "../model/preferences.ts";
import { show, type View } from "../render/view.ts";

export interface ScrollbackOptions {
  readonly preferences: Preferences;
  readonly view: View;
  /** The current room. */
  readonly room: () => string | undefined;
  /** What is unread of a room, in words; empty for nothing. */
  readonly unread: (room: string) => string;
  /** Also called without lines: the prompt or the messages on their way may have changed. */
  readonly print: (lines: readonly string[]) => void;
}

export class Scrollback {
  readonly #options: ScrollbackOptions;
  #view: View;
  #crowd = NOBODY;

  constructor(options: ScrollbackOptions) {
    this.#options = options;
    this.#view = options.view;
  }

  /** Those who came and went, as long as nothing is printed behind them; without an escape sequence. */
  get crowd(): string | undefined {
    return crowdLine(this.#crowd, createPalette(false));
  }

  /** Whether the room was joined before. */
  knows(room: string): boolean {
    return this.#view.rooms.has(room);
  }

  /** Whoever shares a line stands above what comes behind them. */
  print(lines: readonly string[]): void {
    const above = crowdLine(this.#crowd, this.#options.preferences.style.palette);
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

  show(event: ClientEvent): void {
    const { room, preferences, unread } = this.#options;
    const { view, lines } = show({ ...this.#view, room: room(), style: preferences.style, unread }, event);
    this.#view = view;
    this.print(lines);
  }

  /** What the server says. */
  receive(event: ServerEvent): void {
    this.show({ type: "received", line: "", event });
  }

  /** Somebody else who comes or goes. */
  come(event: PresenceChange): void {
    const { crowd, folded } = gather(this.#crowd, event, this.#options.preferences.settings.fold);
    if (folded) this.print([]);
    else this.receive(event);
    this.#crowd = crowd;
  }
}
