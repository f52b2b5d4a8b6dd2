/** Input lines that the terminal itself edits. While a password is asked for, echo is off and keys are decoded here. */

import { KeyDecoder } from "../input/key_decoder.ts";
import { SecretPrompts, type SecretQuestion } from "../input/secret_prompt.ts";

export interface PlainInputOptions {
  /** Receives a line without its line end; `undefined` if it is not valid UTF-8. */
  readonly line: (line: string | undefined) => void;
  /** Appends a line to the output. */
  readonly print: (line: string) => void;
  /** Turns off echo and line editing until the result is disposed of. */
  readonly hide: () => Disposable;
}

const LINE_FEED = 0x0a;
/** A longer line is split here: more than a message may have, and far too little to exhaust memory. */
const MAX_TYPED_BYTES = 1024 * 1024;

export class PlainInput {
  readonly #options: PlainInputOptions;
  readonly #secrets = new SecretPrompts();
  #keys = new KeyDecoder();
  #typed: number[] = [];
  #hidden: Disposable | undefined;
  #prompt: string | undefined;

  constructor(options: PlainInputOptions) {
    this.#options = options;
  }

  ask(question: SecretQuestion): void {
    this.#secrets.ask(question);
    this.#update();
  }

  /** Handles input byte by byte, because a line may open a question that the rest of the chunk answers. */
  take(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.#secrets.prompt === undefined) this.#takeByte(byte);
      else this.#takeSecret(byte);
    }
  }

  /** Submits an incomplete last line. */
  end(): void {
    if (this.#typed.length > 0) this.#submit();
    this.stop();
  }

  /** Turns echo on again. */
  stop(): void {
    this.#hidden?.[Symbol.dispose]();
    this.#hidden = undefined;
  }

  #takeByte(byte: number): void {
    if (byte === LINE_FEED || this.#typed.length >= MAX_TYPED_BYTES) this.#submit();
    if (byte !== LINE_FEED) this.#typed.push(byte);
  }

  #submit(): void {
    const bytes = Uint8Array.from(this.#typed);
    this.#typed = [];
    this.#options.line(decode(bytes)?.replace(/\r$/, ""));
  }

  #takeSecret(byte: number): void {
    for (const key of this.#keys.push(Uint8Array.of(byte))) {
      if (this.#secrets.prompt !== undefined) this.#secrets.press(key);
    }
    this.#update();
  }

  #update(): void {
    const { prompt } = this.#secrets;
    if (prompt === this.#prompt) return;
    this.#prompt = prompt;
    if (prompt === undefined) return this.stop();
    this.#hidden ??= this.#begin();
    this.#options.print(`${prompt}(what you type is not shown)`);
  }

  #begin(): Disposable {
    this.#keys = new KeyDecoder();
    return this.#options.hide();
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
