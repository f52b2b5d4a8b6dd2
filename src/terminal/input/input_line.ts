/** The input line: one draft for each room or conversation, replaced by a masked prompt while a password is asked for. */

import { isSecret } from "../../presentation/commands/slash_commands.ts";
import type { Completer } from "./completion.ts";
import { accept, editLine, type Editor, type EditorAction, emptyEditor, rewrite } from "./line_editor.ts";
import { hintsOf } from "./input_hints.ts";
import type { Bindings } from "./key_table.ts";
import type { Key } from "./key_decoder.ts";
import type { LiveRegion } from "../render/live_region.ts";
import { SecretPrompts, type SecretQuestion } from "./secret_prompt.ts";

/** Storage that keeps sent lines for the next start. */
export interface TypedLines {
  /** Oldest first. */
  readonly lines: readonly string[];
  add(line: string): void;
}

export interface InputLineOptions {
  readonly complete: Completer;
  readonly typed?: TypedLines;
  readonly bindings?: Bindings;
}

/** Lines with invite links are not stored, because an invite admits anyone who has it. */
const INVITE_LINK = /confab:\/\//i;

export class InputLine {
  readonly #options: InputLineOptions;
  readonly #secrets = new SecretPrompts();
  #editor: Editor;
  /** The place of the current line. */
  #place: string | undefined;
  /** Drafts of the other places. */
  readonly #drafts = new Map<string | undefined, Editor>();
  /** The text of the next line; usually empty. */
  #next = "";

  constructor(options: InputLineOptions) {
    this.#options = options;
    const history = options.typed?.lines ?? [];
    this.#editor = { ...emptyEditor, history, place: history.length };
  }

  ask(question: SecretQuestion): void {
    this.#secrets.ask(question);
  }

  get text(): string {
    return this.#editor.text;
  }

  press(key: Key): EditorAction | undefined {
    if (this.#secrets.prompt !== undefined) return void this.#secrets.press(key);
    const { editor, action } = editLine(this.#editor, key, this.#options.complete, this.#options.bindings);
    this.#editor = editor;
    return action;
  }

  /**
   * Sends the line and empties it. A line that cannot be sent stays to be corrected, unless it contains a password. A slash
   * command that is typed next replaces it.
   */
  submit(send: (line: string) => boolean): void {
    const line = this.#editor.text.trimEnd();
    const sent = line === "" || send(line);
    if (!sent && !isSecret(line)) {
      this.#editor = { ...this.#editor, last: { type: "refused" } };
      return;
    }
    if (sent) this.#store(line);
    this.#editor = accept(this.#editor);
    if (this.#next !== "") this.rewrite(this.#next);
    this.#next = "";
  }

  /** Sets the text of the line after the current one is submitted. */
  fill(text: string): void {
    this.#next = text;
  }

  /** Replaces the text of the line; undo restores it. */
  rewrite(text: string): EditorAction | undefined {
    const { editor, action } = rewrite(this.#editor, text);
    this.#editor = editor;
    return action;
  }

  /** Switches to the draft of another place, by its key. */
  enterPlace(place: string | undefined): void {
    if (place === this.#place) return;
    const draft = this.#drafts.get(place) ?? emptyEditor;
    this.#drafts.set(this.#place, this.#editor).delete(place);
    this.#editor = continued(draft, this.#editor);
    this.#place = place;
  }

  /** Returns the unsent drafts of all places and adds them to the stored lines, so that Up recalls them. */
  unsent(): readonly string[] {
    const texts = [...this.#drafts.values(), this.#editor].map(({ text }) => text.trimEnd());
    const kept = texts.filter((text) => text !== "" && !isSecret(text));
    for (const text of kept) this.#store(text);
    return kept;
  }

  /** The prompt, text and hints of the live region. */
  live(prompts: readonly string[], columns: number): Omit<LiveRegion, "pending"> {
    if (this.#secrets.prompt !== undefined) {
      return { prompts: [this.#secrets.prompt], ...this.#secrets.shown, hints: [] };
    }
    const { text, cursor } = this.#editor;
    return { prompts, text, cursor, hints: hintsOf(this.#editor, columns) };
  }

  #store(line: string): void {
    if (line !== "" && !isSecret(line) && !INVITE_LINK.test(line)) this.#options.typed?.add(line);
  }
}

/** The draft with the current history and kill ring. */
function continued(draft: Editor, { kills, history }: Editor): Editor {
  const before = draft.history.length;
  const unsent = new Map(Array.from(draft.unsent, ([at, text]) => [at === before ? history.length : at, text]));
  return { ...draft, kills, history, unsent, place: draft.place === before ? history.length : draft.place };
}
