/**
 * The encoding of texts from files and other programs: UTF-8, or UTF-16 with a byte order mark, in which Windows
 * PowerShell 5 writes the output of `>`. The mark decides (WHATWG Encoding Standard, "BOM sniff").
 */

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

const MARKS: Readonly<Record<Encoding, Uint8Array>> = {
  "utf-8": Uint8Array.of(0xef, 0xbb, 0xbf),
  "utf-16le": Uint8Array.of(0xff, 0xfe),
  "utf-16be": Uint8Array.of(0xfe, 0xff),
};
const ENCODINGS = Object.keys(MARKS) as Encoding[];

/** Decodes a whole text without its byte order mark. Throws an Error whose message is a clause for the user. */
export function decodeForeign(bytes: Uint8Array): string {
  return decoderOf(encodingOf(bytes) ?? "utf-8")(bytes, false);
}

/**
 * Passes UTF-8 on without its byte order mark, valid or not, and converts UTF-16. It holds back nothing but a part of a
 * mark at the start. The stream fails with an Error whose message is a clause for the user.
 */
export function toUtf8(): TransformStream<Uint8Array, Uint8Array> {
  const converter = new Utf8Converter();
  return new TransformStream({
    transform: (chunk, controller) => enqueue(controller, converter.push(chunk)),
    flush: (controller) => enqueue(controller, converter.end()),
  });
}

function enqueue(controller: TransformStreamDefaultController<Uint8Array>, bytes: Uint8Array): void {
  if (bytes.length > 0) controller.enqueue(bytes);
}

const NONE = new Uint8Array();
const ENCODER = new TextEncoder();

class Utf8Converter {
  /** The first bytes, while they may be a part of a mark. */
  #start: Uint8Array | undefined = NONE;
  /** Set for UTF-16. */
  #decode: Decode | undefined;

  push(chunk: Uint8Array): Uint8Array {
    if (this.#start === undefined) return this.#convert(chunk, true);
    const start = this.#start = Uint8Array.from([...this.#start, ...chunk]);
    return isPartOfMark(start) ? NONE : this.#begin(start, true);
  }

  end(): Uint8Array {
    return this.#start === undefined ? this.#convert(NONE, false) : this.#begin(this.#start, false);
  }

  #begin(start: Uint8Array, more: boolean): Uint8Array {
    const encoding = encodingOf(start);
    this.#start = undefined;
    if (encoding === "utf-8") return start.subarray(MARKS[encoding].length);
    if (encoding !== undefined) this.#decode = decoderOf(encoding);
    return this.#convert(start, more);
  }

  #convert(chunk: Uint8Array, more: boolean): Uint8Array {
    return this.#decode === undefined ? chunk : ENCODER.encode(this.#decode(chunk, more));
  }
}

function encodingOf(bytes: Uint8Array): Encoding | undefined {
  return ENCODINGS.find((encoding) => startsWith(bytes, MARKS[encoding]));
}

function isPartOfMark(bytes: Uint8Array): boolean {
  return ENCODINGS.some((encoding) => bytes.length < MARKS[encoding].length && startsWith(MARKS[encoding], bytes));
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

/** `more` means that further bytes follow. */
type Decode = (bytes: Uint8Array, more: boolean) => string;

function decoderOf(encoding: Encoding): Decode {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (bytes, more) => {
    try {
      return decoder.decode(bytes, { stream: more });
    } catch (error) {
      throw new Error(`it is not valid ${encoding === "utf-8" ? "UTF-8" : "UTF-16"}`, { cause: error });
    }
  };
}
