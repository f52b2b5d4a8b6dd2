// Stands in for `@std/streams/text-line-stream` where JSR cannot be reached.

/** Options of {@linkcode TextLineStream}. */
export interface TextLineStreamOptions {
  /** Lets a lone `\r` end a line too; default `false`. */
  allowCR?: boolean;
}

/** Cuts text chunks into lines that end with `\n` or `\r\n`, without their ends. Holds a line of any length. */
export class TextLineStream extends TransformStream<string, string> {
  #rest = "";

  /** Makes a stream that has seen nothing yet. */
  constructor(options: TextLineStreamOptions = { allowCR: false }) {
    // A "\r" that ends what has come so far may be half of "\r\n", so it ends no line yet.
    const lineEnd = options.allowCR ? /\r?\n|\r(?!$)/g : /\r?\n/g;
    super({
      transform: (chunk, controller) => {
        const text = this.#rest + chunk;
        let start = 0;
        for (const end of text.matchAll(lineEnd)) {
          controller.enqueue(text.slice(start, end.index));
          start = end.index + end[0].length;
        }
        this.#rest = text.slice(start);
      },
      flush: (controller) => {
        if (this.#rest === "") return;
        controller.enqueue(options.allowCR ? this.#rest.replace(/\r$/, "") : this.#rest);
      },
    });
  }
}
