/** Prompts for passwords, which are never shown, completed or added to the history. */

import { editLine, type Editor, emptyEditor } from "./line_editor.ts";
import type { Key } from "./key_decoder.ts";
import { graphemes } from "../screen/text_width.ts";

/** A question with one or more prompts, asked one after another. */
export interface SecretQuestion {
  readonly prompts: readonly [string, ...string[]];
  /** Receives the text entered at each prompt; `undefined` if one of them was cancelled or left empty. */
  readonly answer: (secrets: readonly string[] | undefined) => void;
}

/** Keys that would break the line, complete it or recall sent lines. */
const IGNORED_KEYS: ReadonlySet<string> = new Set(
  ["M-enter", "tab", "S-tab", "up", "down", "C-p", "C-n", "M-<", "M->", "C-r", "C-l", "C-x"],
);

/**
 * A queue of questions. An open question receives every key and ends only by the user's answer, so that a password
 * can never be typed into the chat by accident.
 */
export class SecretPrompts {
  readonly #questions: SecretQuestion[] = [];
  #entered: string[] = [];
  #editor: Editor = emptyEditor;

  ask(question: SecretQuestion): void {
    this.#questions.push(question);
  }

  /** The current prompt of the open question. */
  get prompt(): string | undefined {
    return this.#questions[0]?.prompts[this.#entered.length];
  }

  /** The masked text of the line: a dot for each character. */
  get shown(): { readonly text: string; readonly cursor: number } {
    const { text, cursor } = this.#editor;
    return { text: masked(text), cursor: masked(text.slice(0, cursor)).length };
  }

  /** Handles a key; call it only while a question is open. */
  press(key: Key): void {
    if (key.type === "press" && IGNORED_KEYS.has(key.key)) return;
    // A masked paste needs no confirmation.
    const typed = key.type === "paste" ? { type: "text", text: key.text } as const : key;
    const { editor, action } = editLine(this.#editor, typed, () => ({ start: 0, candidates: [] }));
    this.#editor = editor;
    if (action === "submit") this.#submit(editor.text.replace(/\n+$/, ""));
    else if (action === "cancel" || action === "interrupt" || action === "quit") this.#close(undefined);
  }

  #submit(secret: string): void {
    if (secret === "") return this.#close(undefined);
    this.#entered.push(secret);
    this.#editor = emptyEditor;
    if (this.prompt === undefined) this.#close(this.#entered);
  }

  #close(secrets: readonly string[] | undefined): void {
    this.#editor = emptyEditor;
    this.#entered = [];
    this.#questions.shift()?.answer(secrets);
  }
}

function masked(text: string): string {
  return "•".repeat(graphemes(text).length);
}
