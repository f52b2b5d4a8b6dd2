import { LINK_WINDOW_BYTES } from "../../../protocol/limits.ts";
import { LinkFault } from "./link_fault.ts";

export interface AnswerReceiverOptions {
  /** Lets the other end send that many bytes more. */
  readonly grant: (bytes: number) => void;
  /** Called once, when the answer is complete or given up. `isWhole`: the other end sends nothing more. */
  readonly over: (isWhole: boolean) => void;
}

/** Bytes that are granted at once. */
const GRANT_BYTES = LINK_WINDOW_BYTES / 4;

/** The answer to a request as it arrives. At most `LINK_WINDOW_BYTES` of it wait for the reader. */
export class AnswerReceiver {
  readonly #options: AnswerReceiverOptions;
  readonly #begun = Promise.withResolvers<number>();
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #size: number | undefined;
  #arrivedBytes = 0;
  /** Bytes that the other end may still send. */
  #roomBytes = LINK_WINDOW_BYTES;
  /** Bytes that were taken and are not granted again yet. */
  #takenBytes = 0;
  #isWhole = false;
  #sha256: string | undefined;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(options: AnswerReceiverOptions) {
    this.#options = options;
    this.#begun.promise.catch(() => {});
  }

  /** Resolves with the number of bytes when the answer begins. Rejects with a `RequestRefused` or a `LinkFault`. */
  get size(): Promise<number> {
    return this.#begun.promise;
  }

  /** The SHA-256 of the whole answer as the other end has told it, at the end of some answers. */
  get sha256(): string | undefined {
    return this.#sha256;
  }

  /** Whether bytes wait for the reader, so that the other end is not to blame for a pause. */
  get isUnread(): boolean {
    return this.#pieces.length > 0;
  }

  /** Returns the next piece; `undefined` after all. Rejects with a `RequestRefused` or a `LinkFault`. One call at a time. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#take(piece.length);
        return piece;
      }
      if (this.#isWhole) return undefined;
      await this.#changed.promise;
    }
  }

  #take(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes < GRANT_BYTES || this.#isWhole) return;
    this.#roomBytes += this.#takenBytes;
    this.#options.grant(this.#takenBytes);
    this.#takenBytes = 0;
  }

  /** The answer begins. Throws a `LinkFault` if that is against the rules, here and below. */
  begin(size: number): void {
    if (this.#size !== undefined) throw broken("begins twice");
    this.#size = size;
    this.#begun.resolve(size);
  }

  add(piece: Uint8Array<ArrayBuffer>): void {
    this.#arrivedBytes += piece.length;
    this.#roomBytes -= piece.length;
    if (this.#arrivedBytes > (this.#size ?? 0)) throw broken("is longer than it says");
    if (this.#roomBytes < 0) throw broken("does not wait until its bytes are taken");
    this.#pieces.push(piece);
    this.#wake();
  }

  complete(sha256: string | undefined): void {
    if (this.#arrivedBytes !== this.#size) throw broken("is shorter than it says");
    this.#isWhole = true;
    this.#sha256 = sha256;
    this.#options.over(true);
    this.#wake();
  }

  /** Ends the answer with an error. `isOver`: the other end sends nothing more. */
  fail(error: Error, isOver: boolean): void {
    if (this.#isWhole || this.#failure !== undefined) return;
    this.#failure = error;
    this.#pieces.length = 0;
    this.#begun.reject(error);
    this.#options.over(isOver);
    this.#wake();
  }

  /** The reader does not want the rest. Does nothing after the end. */
  cancel(): void {
    this.fail(new LinkFault("closed", "The request was given up"), false);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function broken(how: string): LinkFault {
  return new LinkFault("invalid", `An answer of the other server ${how}`);
}
