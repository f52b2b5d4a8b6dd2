import { TextLineStream } from "@std/streams/text-line-stream";
import { Buffer } from "node:buffer";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";

/** Lines of standard input, without their ends; undefined for one that is no UTF-8. The last one counts without an end, too. */
export function inputLines(): ReadableStream<string | undefined> {
  return Deno.stdin.readable
    .pipeThrough(mapped((chunk: Uint8Array) => Buffer.from(chunk).toString("latin1")))
    .pipeThrough(new TextLineStream({ allowCR: false }))
    .pipeThrough(mapped((line: string) => decodeUtf8(Buffer.from(line, "latin1"))));
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function mapped<T, R>(map: (value: T) => R): TransformStream<T, R> {
  return new TransformStream({ transform: (value, controller) => controller.enqueue(map(value)) });
}

/** A complaint, on a line of standard error. Whoever is at the other end may have worded it. */
export function complain(text: string): void {
  console.error(sanitizeLine(text));
}

const ENCODER = new TextEncoder();

/** Appends to standard output, in order. Whoever reads it may be gone: then `onClosed` is called, once, and the rest is dropped. */
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

  /** Resolves when all of it is written, or nobody reads any more. */
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
