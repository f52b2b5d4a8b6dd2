/** Where messages are written. What is begun in one conversation waits there while another is open. */

import * as v from "valibot";
import { MAX_TEXT_BYTES } from "../../protocol/limits.ts";
import type { Conversation } from "../model/conversation.ts";
import { byId, on, setText } from "./dom.ts";
import type { JsonStore } from "../model/browser_storage.ts";

const KEY = "drafts";
const MAX_DRAFTS = 50;
const DRAFTS = v.array(v.tuple([v.string(), v.string()]));

export interface ComposerOptions {
  readonly store: JsonStore;
  /** Throws an Error for people where the line should be written anew. */
  readonly submit: (line: string) => void;
}

export class ComposerView {
  readonly #options: ComposerOptions;
  readonly #text = byId<HTMLTextAreaElement>("text");
  readonly #error = byId("composer-error");
  readonly #drafts: Map<string, string>;
  #key: string | undefined;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const kept = v.safeParse(DRAFTS, options.store.read(KEY));
    this.#drafts = new Map(kept.success ? kept.output : []);
    on(this.#text, "input", () => this.#changed());
    on(this.#text, "keydown", (event) => this.#press(event));
    on(byId("composer"), "submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  update(conversation: Conversation): void {
    const name = conversation.title;
    setText(byId("composer-label"), `Message to ${name}`);
    this.#text.placeholder = `Message ${name}`;
    if (this.#key === conversation.key) return;
    this.#key = conversation.key;
    this.#fail(undefined);
    this.#text.value = this.#drafts.get(conversation.key) ?? "";
    this.#fit();
  }

  focus(): void {
    this.#text.focus();
  }

  /** A command to go on with, before what is written, or with a text of its own; one that was begun is given up. */
  write(command: string, text?: string): void {
    const written = this.#text.value.replace(/^\/(?:reply \d+ |edit [^]*)/, "");
    if (text !== undefined && written !== "") throw new Error("Send what you have begun to write, or clear it, first");
    this.#text.value = command + (text ?? written);
    this.#changed();
    this.#text.focus();
  }

  /** Nobody's drafts are shown to the next. */
  forget(): void {
    this.#drafts.clear();
    this.#key = undefined;
    this.#text.value = "";
    this.#options.store.write(KEY, undefined);
  }

  #press(event: KeyboardEvent): void {
    // While a word is put together, as in Japanese, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  #submit(): void {
    const line = this.#text.value.trimEnd();
    if (line === "") return;
    this.#text.focus();
    try {
      this.#text.value = "";
      this.#changed();
      this.#options.submit(line);
    } catch (error) {
      this.#text.value = line;
      this.#changed();
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #changed(): void {
    this.#fit();
    this.#fail(undefined);
    if (this.#key === undefined) return;
    this.#drafts.delete(this.#key);
    const draft = this.#text.value.slice(0, MAX_TEXT_BYTES);
    if (draft !== "") this.#drafts.set(this.#key, draft);
    this.#options.store.write(KEY, [...this.#drafts].slice(-MAX_DRAFTS));
  }

  #fail(reason: string | undefined): void {
    setText(this.#error, reason ?? "");
    this.#error.hidden = reason === undefined;
  }

  /** As high as its lines, within what the style allows. */
  #fit(): void {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}
