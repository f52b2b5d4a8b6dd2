/** The line that a person types into: one for each room, and in its place whatever must not be seen. */

import { isSecret } from "../../presentation/commands/slash_commands.ts";
import type { Completer } from "./completion.ts";
import { accept, editLine, type Editor, type EditorAction, emptyEditor, rewrite } from "./line_editor.ts";
import { hintsOf } from "./input_hints.ts";
import type { Bindings } from "./key_table.ts";
import type { Key } from "./key_decoder.ts";
import type { LiveRegion } from "../render/live_region.ts";
import { SecretPrompts, type SecretQuestion } from "./secret_prompt.ts";

/** Where what was sent is kept until the next start. */
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

/** What an invite or its like is recognised by: it lets people in, so it does not go into a file. */
const INVITES = /confab:\/\//i;

export class InputLine {
  readonly #options: InputLineOptions;
  readonly #secrets = new SecretPrompts();
  #editor: Editor;
  /** The room that the line belongs to. */
  #room: string | undefined;
  /** Room → what was being typed there. */
  readonly #drafts = new Map<string | undefined, Editor>();
  /** What stands in the line next, in place of an empty one. */
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

  /** Empties the line if it could be sent. What goes with a password is forgotten either way. */
  submit(send: (line: string) => boolean): void {
    const line = this.#editor.text.trimEnd();
    const sent = line === "" || send(line);
    if (!sent && !isSecret(line)) return;
    if (sent) this.#keep(line);
    this.#editor = accept(this.#editor);
    if (this.#next !== "") this.rewrite(this.#next);
    this.#next = "";
  }

  /** Puts a text into the line, once the line that asks for it is gone. */
  fill(text: string): void {
    this.#next = text;
  }

  /** Puts a text in place of the line. Undo brings back what stood there. */
  rewrite(text: string): EditorAction | undefined {
    const { editor, action } = rewrite(this.#editor, text);
    this.#editor = editor;
    return action;
  }

  /** What was being typed stays with its room, and what was typed in the new one is there again. */
  enterRoom(room: string | undefined): void {
    if (room === this.#room) return;
    const draft = this.#drafts.get(room) ?? emptyEditor;
    this.#drafts.set(this.#room, this.#editor).delete(room);
    this.#editor = continued(draft, this.#editor);
    this.#room = room;
  }

  /** Whatever was typed and not sent, in all rooms. It is kept to be brought back by Up. */
  unsent(): readonly string[] {
    const texts = [...this.#drafts.values(), this.#editor].map(({ text }) => text.trimEnd());
    const kept = texts.filter((text) => text !== "" && !isSecret(text));
    for (const text of kept) this.#keep(text);
    return kept;
  }

  /** The part of the live region that is typed into. */
  live(prompts: readonly string[], columns: number): Omit<LiveRegion, "pending"> {
    if (this.#secrets.prompt !== undefined) {
      return { prompts: [this.#secrets.prompt], ...this.#secrets.shown, hints: [] };
    }
    const { text, cursor } = this.#editor;
    return { prompts, text, cursor, hints: hintsOf(this.#editor, columns) };
  }

  #keep(line: string): void {
    if (line !== "" && !isSecret(line) && !INVITES.test(line)) this.#options.typed?.add(line);
  }
}

/** A draft with what was sent and cut since it was left. */
function continued(draft: Editor, { kills, history }: Editor): Editor {
  const before = draft.history.length;
  const left = new Map(Array.from(draft.left, ([at, text]) => [at === before ? history.length : at, text]));
  return { ...draft, kills, history, left, place: draft.place === before ? history.length : draft.place };
}
