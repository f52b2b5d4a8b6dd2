import { TextLineStream } from "@std/streams/text-line-stream";

/** Lines of standard input, without their ends. The last one counts without an end, too. */
export function inputLines(): ReadableStream<string> {
  return Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream({ allowCR: false }));
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
