/** Lends the terminal to the user's own editor. The edited text becomes the input line. */

import type { TakenTerminal } from "./screen/terminal_port.ts";

/** Opens a text in the user's editor and resolves with the edited text. Rejects with an Error for users. */
export type RunEditor = (text: string, signal: AbortSignal) => Promise<string>;

export interface ExternalEditorOptions {
  /** Without it, no editor is available. */
  readonly runEditor: RunEditor | undefined;
  /** The terminal, once it is open. */
  readonly taken: () => TakenTerminal | undefined;
  readonly painter: { pause(): Promise<void>; resume(): void };
  readonly edited: (text: string) => void;
  /** Called with a sentence for the user if the text cannot be edited. */
  readonly fail: (text: string) => void;
}

export class ExternalEditor {
  readonly #options: ExternalEditorOptions;
  readonly #stopped = new AbortController();
  #lent: Promise<void> | undefined;

  constructor(options: ExternalEditorOptions) {
    this.#options = options;
  }

  /** Pending while an editor uses the terminal. */
  get lent(): Promise<void> | undefined {
    return this.#lent;
  }

  /** Does nothing while an editor is open. */
  open(text: string): void {
    if (this.#lent !== undefined) return;
    this.#lent = this.#lend(text).finally(() => this.#lent = undefined);
  }

  /** Ends an open editor, and every later one. */
  stop(): void {
    this.#stopped.abort();
  }

  async #lend(text: string): Promise<void> {
    const { runEditor, taken, painter, edited, fail } = this.#options;
    await painter.pause();
    const lent = taken()?.lend();
    try {
      if (runEditor === undefined) throw new Error("No editor is available here");
      edited(await runEditor(text, this.#stopped.signal));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      fail(error.message);
    } finally {
      lent?.[Symbol.dispose]();
      painter.resume();
    }
  }
}
