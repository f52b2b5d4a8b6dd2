import { TextLineStream } from "@std/streams/text-line-stream";
import { Buffer } from "node:buffer";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { toUtf8 } from "./foreign_text.ts";
import { consoleLines } from "./user_terminal.ts";

/** The bytes of standard input, in UTF-8 also if another program wrote UTF-16, or if they are typed. */
export function standardInput(): ReadableStream<Uint8Array> {
  if (consoleLines !== undefined) return ReadableStream.from(consoleLines.bytes());
  return Deno.stdin.readable.pipeThrough(toUtf8());
}

/**
 * The lines of standard input without their ends; `undefined` for a line that is not valid UTF-8.
 * The last may lack its end.
 */
export function inputLines(): ReadableStream<string | undefined> {
  return standardInput()
    .pipeThrough(mapStream((chunk: Uint8Array) => Buffer.from(chunk).toString("latin1")))
    .pipeThrough(new TextLineStream({ allowCR: false }))
    .pipeThrough(mapStream((line: string) => decodeUtf8(Buffer.from(line, "latin1"))));
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function mapStream<T, R>(map: (value: T) => R): TransformStream<T, R> {
  return new TransformStream({ transform: (value, controller) => controller.enqueue(map(value)) });
}

/** Prints a line to standard error. The text is sanitized because it may come from a server. */
export function complain(text: string): void {
  console.error(sanitizeLine(text));
}

const ENCODER = new TextEncoder();

/**
 * Appends to standard output in order. If its reader is gone, `onClosed` is called once and the
 * rest is dropped.
 */
export class Output {
  readonly #onClosed: () => void;
  #queue: string[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  write(text: string): void {
    if (this.#closed || text === "") return;
    this.#queue.push(text);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything is written or the reader is gone. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        let chunk = ENCODER.encode(this.#queue.join(""));
        this.#queue = [];
        while (chunk.length > 0) chunk = chunk.subarray(await Deno.stdout.write(chunk));
      }
    } catch {
      this.#closed = true;
      this.#queue = [];
      this.#onClosed();
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Lines for standard error, held back while a view uses the terminal. */
export class Complaints {
  #held: string[] | undefined;

  add(line: string): void {
    if (this.#held === undefined) complain(line);
    else this.#held.push(line);
  }

  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) complain(line);
  }
}
