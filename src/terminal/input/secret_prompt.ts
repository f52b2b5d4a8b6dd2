/** Passwords that are being typed: never shown, completed or remembered. */

import { editLine, type Editor, emptyEditor } from "./line_editor.ts";
import type { Key } from "./key_decoder.ts";
import { graphemes } from "../screen/text_width.ts";

/** A question with one prompt, or with more that are asked one behind the other. */
export interface SecretQuestion {
  readonly prompts: readonly [string, ...string[]];
  /** With what was typed at each prompt, or undefined where one of them got no answer. */
  readonly answer: (secrets: readonly string[] | undefined) => void;
}

/** They would break the line, or look for what was typed before. */
const IGNORED_KEYS: ReadonlySet<string> = new Set(
  ["M-enter", "tab", "S-tab", "up", "down", "C-p", "C-n", "M-<", "M->", "C-r", "C-l", "C-x"],
);

/**
 * Questions in their order. While there is one it takes every key, and it goes by an answer of the person alone: what is
 * typed at it must never end up somewhere else.
 */
export class SecretPrompts {
  readonly #questions: SecretQuestion[] = [];
  #typed: string[] = [];
  #editor: Editor = emptyEditor;

  ask(question: SecretQuestion): void {
    this.#questions.push(question);
  }

  /** Of the question that is open. */
  get prompt(): string | undefined {
    return this.#questions[0]?.prompts[this.#typed.length];
  }

  /** What stands in the line: a dot for each character. */
  get shown(): { readonly text: string; readonly cursor: number } {
    const { text, cursor } = this.#editor;
    return { text: masked(text), cursor: masked(text.slice(0, cursor)).length };
  }

  /** Only while a question is open. */
  press(key: Key): void {
    if (key.type === "press" && IGNORED_KEYS.has(key.key)) return;
    // A paste that nobody sees is not asked about.
    const typed = key.type === "paste" ? { type: "text", text: key.text } as const : key;
    const { editor, action } = editLine(this.#editor, typed, () => ({ start: 0, candidates: [] }));
    this.#editor = editor;
    if (action === "submit") this.#submit(editor.text.replace(/\n+$/, ""));
    else if (action === "cancel" || action === "interrupt" || action === "quit") this.#close(undefined);
  }

  #submit(secret: string): void {
    if (secret === "") return this.#close(undefined);
    this.#typed.push(secret);
    this.#editor = emptyEditor;
    if (this.prompt === undefined) this.#close(this.#typed);
  }

  #close(secrets: readonly string[] | undefined): void {
    this.#editor = emptyEditor;
    this.#typed = [];
    this.#questions.shift()?.answer(secrets);
  }
}

function masked(text: string): string {
  return "•".repeat(graphemes(text).length);
}
