import type { StoredBlob } from "../../files/file_store.ts";
import { FILE_PIECE_BYTES, TRANSFER_RECHECK_BYTES } from "../../protocol/limits.ts";
import type { AcceptedConnection } from "../connection/accepted_connection.ts";
import type { TransferCounts } from "../monitor/statistics.ts";
import type { Outbox } from "../output/outbox.ts";
import type { TransferPace } from "./transfer_pace.ts";

export interface DownloadOptions {
  readonly head: Uint8Array;
  readonly blob: StoredBlob;
  /** The bytes to send: from `start` up to `end`, which is not sent. */
  readonly start: number;
  readonly end: number;
  /** Whether the client may still read the file. */
  readonly isAllowed: () => boolean;
  /** Called when the download is closed. */
  readonly closed: () => void;
}

/**
 * A file on its way to a client: one piece is written while the next one is read, so it takes two pieces of memory, however
 * slowly the client reads.
 */
export class Download {
  readonly #options: DownloadOptions;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /** Sends all, or less if the client may not have the rest: returns whether that was all. Rejects with the errors of the store. */
  async send(
    connection: Pick<AcceptedConnection, "outbox" | "listening">,
    { pace, counts }: { readonly pace: Pick<TransferPace, "take">; readonly counts: TransferCounts },
  ): Promise<boolean> {
    const { head, start, end, isAllowed } = this.#options;
    const { outbox } = connection;
    outbox.push(head);
    const buffers = this.#newBuffers();
    let reading = this.#read(start, buffers[0]!);
    for (let at = start, unchecked = 0, turn = 1; at < end; turn++) {
      const piece = await reading;
      if (piece.length === 0) throw new Error("A stored file is shorter than its message says");
      // The write of the piece before ends first: the next piece is read into its buffer.
      if (turn > 1) await written(outbox);
      await pace.take(piece.length);
      counts.downloadedBytes += piece.length;
      at += piece.length;
      unchecked += piece.length;
      if (!connection.listening || (unchecked >= TRANSFER_RECHECK_BYTES && !isAllowed())) return false;
      if (unchecked >= TRANSFER_RECHECK_BYTES) unchecked = 0;
      outbox.push(piece);
      outbox.flush();
      reading = this.#read(at, buffers[turn % 2]!);
    }
    await written(outbox);
    return connection.listening;
  }

  /** Small files need one small buffer. */
  #newBuffers(): Uint8Array[] {
    const bytes = this.#options.end - this.#options.start;
    const first = new Uint8Array(Math.min(bytes, FILE_PIECE_BYTES));
    return [first, bytes > FILE_PIECE_BYTES ? new Uint8Array(Math.min(bytes - first.length, FILE_PIECE_BYTES)) : first];
  }

  /** Reads the next piece; nothing at the end. */
  async #read(at: number, buffer: Uint8Array): Promise<Uint8Array> {
    const wanted = buffer.subarray(0, Math.min(buffer.length, this.#options.end - at));
    if (wanted.length === 0) return wanted;
    return wanted.subarray(0, await this.#options.blob.read(at, wanted));
  }

  close(): void {
    this.#options.blob.close();
    this.#options.closed();
  }
}

function written(outbox: Outbox): Promise<void> {
  outbox.flush();
  return outbox.idle();
}
