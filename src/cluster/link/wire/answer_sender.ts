import { createHash } from "node:crypto";
import { LINK_PIECE_BYTES, LINK_WINDOW_BYTES } from "../../../protocol/limits.ts";
import { encodeLinkFrame, LINK_HEAD_BYTES, putPieceHead } from "./link_frames.ts";
import { LinkFault } from "./link_fault.ts";
import type { LinkOutbox } from "./link_outbox.ts";

/** The bytes of an answer. The sender closes it. */
export interface AnswerSource {
  /** In bytes. */
  readonly size: number;
  /** Whether the SHA-256 of all bytes follows them. */
  readonly isHashed?: boolean;
  /** Fills the buffer with the bytes from `offset` on, and returns their number. One call at a time. */
  read(offset: number, buffer: Uint8Array): Promise<number>;
  /** A further call does nothing. */
  close(): void;
}

/** An answer without bytes. */
export const EMPTY_ANSWER: AnswerSource = { size: 0, read: () => Promise.resolve(0), close() {} };

/** The answer to a request on its way to the other end, which grants how much may be sent. */
export class AnswerSender {
  readonly #id: number;
  readonly #source: AnswerSource;
  readonly #outbox: LinkOutbox;
  #roomBytes = LINK_WINDOW_BYTES;
  #isCancelled = false;
  #changed = Promise.withResolvers<void>();

  constructor(id: number, source: AnswerSource, outbox: LinkOutbox) {
    this.#id = id;
    this.#source = source;
    this.#outbox = outbox;
  }

  /** Sends all; returns false if it was cancelled. Closes the source. Rejects with the errors of the source. */
  async send(): Promise<boolean> {
    const { size, isHashed = false } = this.#source;
    const hash = isHashed ? createHash("sha256") : undefined;
    try {
      this.#outbox.add(encodeLinkFrame({ type: "answer", id: this.#id, size }));
      for (let at = 0; at < size && !this.#isCancelled;) {
        const bytes = await this.#sendPiece(at);
        hash?.update(bytes);
        at += bytes.length;
      }
      if (this.#isCancelled) return false;
      const sha256 = hash?.digest("base64url");
      await this.#outbox.addPiece(encodeLinkFrame({ type: "end", id: this.#id, sha256 }));
      return true;
    } finally {
      this.#source.close();
    }
  }

  async #sendPiece(at: number): Promise<Uint8Array> {
    while (this.#roomBytes <= 0 && !this.#isCancelled) await this.#changed.promise;
    const wanted = Math.min(LINK_PIECE_BYTES, this.#roomBytes, this.#source.size - at);
    const frame = new Uint8Array(LINK_HEAD_BYTES + wanted);
    const count = this.#isCancelled ? 0 : await this.#source.read(at, frame.subarray(LINK_HEAD_BYTES));
    if (count === 0 && !this.#isCancelled) throw new Error("The bytes of an answer end too early");
    putPieceHead(frame, this.#id);
    this.#roomBytes -= count;
    const whole = frame.subarray(0, LINK_HEAD_BYTES + count);
    if (!this.#isCancelled) await this.#outbox.addPiece(whole);
    return whole.subarray(LINK_HEAD_BYTES);
  }

  /** The other end has taken that many bytes. Throws a `LinkFault` if it cannot have. */
  grant(bytes: number): void {
    this.#roomBytes += bytes;
    if (this.#roomBytes > LINK_WINDOW_BYTES) {
      throw new LinkFault("invalid", "The other server grants more of an answer than it has got");
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#changed.resolve();
  }
}
