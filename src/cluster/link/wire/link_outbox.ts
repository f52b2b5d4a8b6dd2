import { MAX_LINK_NOTE_BYTES, MAX_LINK_WAITING_FRAMES } from "../../../protocol/limits.ts";
import { LinkFault } from "./link_fault.ts";

interface WaitingFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly done?: PromiseWithResolvers<void>;
}

/**
 * What waits for a link. One frame is on its way; then requests and their small frames go first, after them notes, and pieces of
 * answers last, so that a large copy does not hold up a call.
 */
export class LinkOutbox {
  readonly #write: (frame: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly #failed: (fault: LinkFault) => void;
  readonly #frames: WaitingFrame[] = [];
  readonly #notes: WaitingFrame[] = [];
  readonly #pieces: WaitingFrame[] = [];
  #noteBytes = 0;
  #isWriting = false;
  #isClosed = false;

  /** `failed` is called when a frame cannot be written, and when too much waits. */
  constructor(write: (frame: Uint8Array<ArrayBuffer>) => Promise<void>, failed: (fault: LinkFault) => void) {
    this.#write = write;
    this.#failed = failed;
  }

  /** Adds a frame that must arrive. */
  add(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    if (this.#frames.length >= MAX_LINK_WAITING_FRAMES) {
      return this.#failed(new LinkFault("slow", "Too much waits for the other server"));
    }
    this.#frames.push({ bytes });
    this.#begin();
  }

  /** Adds a note; false if it is dropped, because too many wait. */
  addNote(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#isClosed || this.#noteBytes + bytes.length > MAX_LINK_NOTE_BYTES) return false;
    this.#noteBytes += bytes.length;
    this.#notes.push({ bytes });
    this.#begin();
    return true;
  }

  /** Adds a piece of an answer, or its end. Resolves when it was written, or the link has ended. */
  addPiece(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    const done = Promise.withResolvers<void>();
    this.#pieces.push({ bytes, done });
    this.#begin();
    return done.promise;
  }

  /** Drops all that waits. */
  close(): void {
    this.#isClosed = true;
    for (const { done } of this.#pieces.splice(0)) done?.resolve();
    this.#frames.length = this.#notes.length = 0;
  }

  #begin(): void {
    if (!this.#isWriting) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#writeOne(next);
    } catch (error) {
      this.#failed(
        error instanceof LinkFault ? error : new LinkFault("closed", "The connection broke", { cause: error }),
      );
    } finally {
      this.#isWriting = false;
    }
  }

  async #writeOne({ bytes, done }: WaitingFrame): Promise<void> {
    try {
      await this.#write(bytes);
    } finally {
      done?.resolve();
    }
  }

  #next(): WaitingFrame | undefined {
    const frame = this.#frames.shift();
    if (frame !== undefined) return frame;
    const note = this.#notes.shift();
    if (note === undefined) return this.#pieces.shift();
    this.#noteBytes -= note.bytes.length;
    return note;
  }
}
