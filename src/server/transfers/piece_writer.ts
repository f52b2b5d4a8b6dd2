import type { Upload } from "../../files/file_store.ts";
import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";

/**
 * Gathers the parts of a body in pieces of at most `FILE_PIECE_BYTES`, and stores one piece while the next one fills: so
 * small parts cost few calls of the store, and the link is read while the disk works. It takes two pieces of memory at most.
 */
export class PieceWriter {
  readonly #upload: Upload;
  readonly #pieceBytes: number;
  /** Called when a piece could not be stored: nothing is stored from then on. */
  readonly #failed: (error: unknown) => void;
  #filling: Uint8Array;
  #filledBytes = 0;
  /** The other buffer, unless it is being stored. */
  #spare: Uint8Array | undefined;
  #storing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `bytes`: how many will come at most, so that a small file takes small buffers. */
  constructor(upload: Upload, bytes: number, failed: (error: unknown) => void) {
    this.#upload = upload;
    this.#pieceBytes = Math.min(bytes, FILE_PIECE_BYTES);
    this.#failed = failed;
    this.#filling = new Uint8Array(this.#pieceBytes);
  }

  /** Resolves when the bytes have been copied. Rejects with the error of an earlier piece. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      while (this.#filledBytes === this.#pieceBytes && this.#failure === undefined) await this.#storing;
      this.#throwFailure();
      const part = bytes.subarray(at, at + this.#pieceBytes - this.#filledBytes);
      this.#filling.set(part, this.#filledBytes);
      this.#filledBytes += part.length;
      at += part.length;
      this.#start();
    }
    this.#throwFailure();
  }

  /** Resolves when everything is stored. Rejects with the error of the piece that is not. */
  async flush(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing;
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #start(): void {
    if (this.#storing !== undefined || this.#filledBytes === 0 || this.#failure !== undefined) return;
    const piece = this.#filling;
    this.#storing = this.#store(piece, this.#filledBytes);
    this.#filling = this.#spare ?? new Uint8Array(this.#pieceBytes);
    this.#filledBytes = 0;
  }

  async #store(buffer: Uint8Array, bytes: number): Promise<void> {
    try {
      await this.#upload.append(buffer.subarray(0, bytes));
    } catch (error) {
      this.#failure = { error };
    }
    this.#spare = buffer;
    this.#storing = undefined;
    if (this.#failure === undefined) this.#start();
    else this.#failed(this.#failure.error);
  }
}
