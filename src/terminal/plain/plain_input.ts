/** What is typed where the terminal itself edits the lines, but for passwords, of which it must show nothing. */

import { KeyDecoder } from "../input/key_decoder.ts";
import { SecretPrompts, type SecretQuestion } from "../input/secret_prompt.ts";

export interface PlainInputOptions {
  /** A line without its end; undefined where it is no UTF-8. */
  readonly line: (line: string | undefined) => void;
  /** Appends a line to what was shown. */
  readonly print: (line: string) => void;
  /** Stops showing what is typed, until it is disposed of: then all keys come as they are pressed. */
  readonly hide: () => Disposable;
}

const LINE_FEED = 0x0a;
/** A line of this many bytes is cut there: more than a message may have, and far from filling the memory. */
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

  /** Byte by byte, since a line may open a question that the rest is the answer to. */
  take(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (this.#secrets.prompt === undefined) this.#takeByte(byte);
      else this.#takeSecret(byte);
    }
  }

  /** The last line counts without an end, too. */
  end(): void {
    if (this.#typed.length > 0) this.#submit();
    this.stop();
  }

  /** What is typed is shown again. */
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
