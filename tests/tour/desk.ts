/** Somebody at a terminal, who types and reads. */

import type { Match } from "../helpers/process_lines.ts";
import { poll } from "../helpers/process_lines.ts";
import type { TerminalSize, Tmux } from "../helpers/tmux.ts";
import type { Screen } from "./recorder.ts";

/** What films the desks, if anything does. */
export interface Camera {
  /** Shows what this desk shows now, for as long as a key takes. */
  key(desk: Desk): Promise<void>;
  /** Shows what all desks show now, for that long. */
  rest(milliseconds: number): Promise<void>;
}

export interface DeskOptions extends TerminalSize {
  readonly name: string;
  readonly title: string;
}

export class Desk {
  readonly options: DeskOptions;
  readonly terminal: Tmux;
  readonly #camera: Camera | undefined;

  constructor(options: DeskOptions, terminal: Tmux, camera?: Camera) {
    this.options = options;
    this.terminal = terminal;
    this.#camera = camera;
  }

  /** Key by key if it is filmed, otherwise at once. */
  async types(text: string): Promise<void> {
    if (this.#camera === undefined) return await this.terminal.type(text);
    for (const character of text) await this.#changes(() => this.terminal.type(character));
  }

  /** Keys by tmux's names, each of which changes the screen. */
  async presses(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#changes(() => this.terminal.press(key));
  }

  async pastes(text: string): Promise<void> {
    await this.#changes(() => this.terminal.paste(text));
  }

  /** Waits until it is to be seen here. */
  async reads(match: Match): Promise<void> {
    await this.terminal.until(match);
    await this.#camera?.rest(0);
  }

  /** Types a line, and reads what comes of it: unless told otherwise, itself behind a name. */
  async says(text: string, match: Match = `: ${text}`): Promise<void> {
    await this.types(text);
    await this.sends(match);
  }

  /** Presses Enter, and reads what comes of it. */
  async sends(match: Match): Promise<void> {
    await this.#camera?.rest(SEND_MS);
    await this.terminal.press("Enter");
    await this.reads(match);
  }

  /** Gives the others, and whoever watches, time to read. */
  async rests(milliseconds: number): Promise<void> {
    await this.#camera?.rest(milliseconds);
  }

  async screen(): Promise<Screen> {
    const [rows, column, row] = await Promise.all([
      this.terminal.colors(),
      this.terminal.state("cursor_x"),
      this.terminal.state("cursor_y"),
    ]);
    return { rows: rows.trimEnd().split("\n"), cursor: { column: Number(column), row: Number(row) } };
  }

  async #changes(act: () => Promise<void>): Promise<void> {
    if (this.#camera === undefined) return await act();
    const before = JSON.stringify(await this.screen());
    await act();
    await poll(async () => JSON.stringify(await this.screen()) !== before, () => `a change at ${this.options.name}`);
    await this.#camera.key(this);
  }
}

/** From the last key to Enter. */
const SEND_MS = 250;
