/** A user at a terminal who types and reads. */

import type { Match } from "../helpers/process_lines.ts";
import { poll } from "../helpers/process_lines.ts";
import type { TerminalSize, Tmux } from "../helpers/tmux.ts";
import type { Screen } from "./recorder.ts";

/** Films the desks. */
export interface Camera {
  /** Films this desk for the length of a key press. */
  key(desk: Desk): Promise<void>;
  /** Films all desks for that long. */
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

  /** Types key by key if a camera films it, otherwise at once. */
  async types(text: string): Promise<void> {
    if (this.#camera === undefined) return await this.terminal.type(text);
    for (const character of text) await this.#changes(() => this.terminal.type(character));
  }

  /** Presses keys by tmux's names. Each of them must change the screen. */
  async presses(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#changes(() => this.terminal.press(key));
  }

  async pastes(text: string): Promise<void> {
    await this.#changes(() => this.terminal.paste(text));
  }

  /** Waits until the screen shows it. */
  async reads(match: Match): Promise<void> {
    await this.terminal.until(match);
    await this.#camera?.rest(0);
  }

  /** Types a line and waits for its result: by default the line itself after a name. */
  async says(text: string, match: Match = `: ${text}`): Promise<void> {
    await this.types(text);
    await this.sends(match);
  }

  /** Presses Enter and waits for the result. */
  async sends(match: Match): Promise<void> {
    await this.#camera?.rest(SEND_MS);
    await this.terminal.press("Enter");
    await this.reads(match);
  }

  /** Gives viewers time to read. */
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

/** Time from the last key to Enter. */
const SEND_MS = 250;
