/** The field for messages. Each conversation has its own draft. */

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
  /** Throws an Error for users if they must change the line. */
  readonly submit: (line: string) => void;
  /** Whether there is something to send besides a text. */
  readonly hasFiles: () => boolean;
  /** Called with the text each time the user has changed it. */
  readonly typed: (text: string) => void;
}

export class ComposerView {
  readonly #options: ComposerOptions;
  readonly #text = byId<HTMLTextAreaElement>("text");
  readonly #error = byId("composer-error");
  readonly #drafts: Map<string, string>;
  #key: string | undefined;

  constructor(options: ComposerOptions) {
    this.#options = options;
    const stored = v.safeParse(DRAFTS, options.store.read(KEY));
    this.#drafts = new Map(stored.success ? stored.output : []);
    on(this.#text, "input", () => {
      this.#changed();
      options.typed(this.#text.value);
    });
    on(this.#text, "keydown", (event) => this.#onKey(event));
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
    this.#showError(undefined);
    this.#text.value = this.#drafts.get(conversation.key) ?? "";
    this.#fit();
  }

  focus(): void {
    this.#text.focus();
  }

  /**
   * Puts a command before the draft, or a command with its own text in an empty field. Replaces a command that was
   * begun.
   */
  write(command: string, text?: string): void {
    const written = this.#text.value.replace(/^\/(?:reply \d+ |edit [^]*)/, "");
    if (text !== undefined && written !== "") throw new Error("Send or clear your draft first");
    this.#text.value = command + (text ?? written);
    this.#changed();
    this.#text.focus();
  }

  /** Puts a line that was not sent before the draft of its conversation. */
  restore(key: string, line: string): void {
    if (key !== this.#key) return void this.#drafts.set(key, withDraft(line, this.#drafts.get(key)));
    this.#text.value = withDraft(line, this.#text.value);
    this.#changed();
  }

  /** Removes all drafts, so that the next user of the browser does not see them. */
  forget(): void {
    this.#drafts.clear();
    this.#key = undefined;
    this.#text.value = "";
    this.#options.store.write(KEY, undefined);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || isOfInputMethod(event)) return;
    event.preventDefault();
    this.#submit();
  }

  #submit(): void {
    const line = this.#text.value.trimEnd();
    if (line === "" && !this.#options.hasFiles()) return;
    this.#text.focus();
    try {
      this.#text.value = "";
      this.#changed();
      this.#options.submit(line);
    } catch (error) {
      this.#text.value = line;
      this.#changed();
      this.#showError(error instanceof Error ? error.message : String(error));
    }
  }

  #changed(): void {
    this.#fit();
    this.#showError(undefined);
    if (this.#key === undefined) return;
    this.#drafts.delete(this.#key);
    const draft = this.#text.value.slice(0, MAX_TEXT_BYTES);
    if (draft !== "") this.#drafts.set(this.#key, draft);
    this.#options.store.write(KEY, [...this.#drafts].slice(-MAX_DRAFTS));
  }

  #showError(reason: string | undefined): void {
    setText(this.#error, reason ?? "");
    this.#error.hidden = reason === undefined;
  }

  /** Fits the height to the lines, within the limits of the style sheet. */
  #fit(): void {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

function withDraft(line: string, draft = ""): string {
  return draft === "" ? line : `${line}\n${draft}`;
}

/** The `keyCode` of a key that an input method handles: UI Events, section 7.3.1. */
const INPUT_METHOD_KEY = 229;

/**
 * While an input method composes a word, as for Japanese, Enter chooses it. Safari ends the composition before that key,
 * so there only the code tells.
 */
function isOfInputMethod({ isComposing, keyCode }: KeyboardEvent): boolean {
  return isComposing || keyCode === INPUT_METHOD_KEY;
}
