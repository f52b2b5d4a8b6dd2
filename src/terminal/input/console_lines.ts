/** Lines that are typed at a console in raw mode, with the little editing that a terminal itself offers. */

import type { Keyboard } from "../screen/keyboard.ts";
import { graphemes, textWidth } from "../screen/text_width.ts";
import { type Key, KeyDecoder } from "./key_decoder.ts";

export interface ConsoleLinesOptions {
  readonly keyboard: Keyboard;
  /** Shows what is typed. */
  readonly echo: (text: string) => void;
}

const ENCODER = new TextEncoder();
const INTERRUPT = Uint8Array.of(0x03);

/** Reads lines, one after another. What is typed before a line is asked for belongs to the next line. */
export class ConsoleLines {
  readonly #options: ConsoleLinesOptions;
  readonly #decoder = new KeyDecoder();
  readonly #keys: Key[] = [];
  #text = "";
  #gone = false;
  /** Number of reasons not to show what is typed. */
  #hidden = 0;

  constructor(options: ConsoleLinesOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the next line without its end; `undefined` if the user leaves with Ctrl-C, with Ctrl-D or Ctrl-Z in an
   * empty line, or the console is gone. The console is in raw mode meanwhile.
   */
  async next(): Promise<string | undefined> {
    const { keyboard } = this.#options;
    keyboard.setRaw(true);
    this.#text = "";
    try {
      for (;;) {
        const key = this.#keys.shift();
        if (key === undefined) {
          if (!await this.#fill()) return undefined;
        } else if (isLeaving(key, this.#text)) return this.#close(undefined);
        else if (isEnter(key)) return this.#close(this.#text);
        else this.#edit(key);
      }
    } finally {
      keyboard.setRaw(false);
    }
  }

  /** The lines as bytes, each with LF. Ctrl-C is a byte, too, while nothing is shown: it cancels a question. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const line = await this.next();
      if (line !== undefined) yield ENCODER.encode(`${line}\n`);
      else if (this.#hidden > 0 && !this.#gone) yield INTERRUPT;
      else return;
    }
  }

  /** Shows nothing of what is typed until the result is disposed of. */
  hide(): Disposable {
    this.#hidden++;
    return { [Symbol.dispose]: () => void this.#hidden-- };
  }

  async #fill(): Promise<boolean> {
    const chunk = await this.#options.keyboard.read();
    if (chunk === null) {
      this.#gone = true;
      return false;
    }
    // The console delivers a whole sequence at once, so an ESC at the end is the Escape key.
    for (const key of [...this.#decoder.push(chunk), ...this.#decoder.flush()]) this.#keys.push(...typed(key));
    return true;
  }

  #edit(key: Key): void {
    if (key.type !== "press") {
      this.#text += key.text;
      this.#echo(key.text);
    } else if (key.key === "backspace") this.#erase(graphemes(this.#text).at(-1) ?? "");
    else if (key.key === "escape" || key.key === "C-u") this.#erase(this.#text);
  }

  #erase(end: string): void {
    this.#text = this.#text.slice(0, this.#text.length - end.length);
    this.#echo("\b \b".repeat(textWidth(end)));
  }

  #close<T>(line: T): T {
    this.#options.echo("\r\n");
    return line;
  }

  #echo(text: string): void {
    if (this.#hidden === 0 && text !== "") this.#options.echo(text);
  }
}

/** A paste as if it were typed. */
function typed(key: Key): Key[] {
  if (key.type !== "paste") return [key];
  const enter: Key = { type: "press", key: "enter" };
  const lines = key.text.split("\n").map((text): Key[] => text === "" ? [] : [{ type: "text", text }]);
  return lines.flatMap((line, index) => index === 0 ? line : [enter, ...line]);
}

function isEnter(key: Key): boolean {
  return key.type === "press" && key.key === "enter";
}

function isLeaving(key: Key, text: string): boolean {
  return key.type === "press" && (key.key === "C-c" || (text === "" && (key.key === "C-d" || key.key === "C-z")));
}
