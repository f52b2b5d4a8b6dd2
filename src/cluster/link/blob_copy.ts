import { createHash } from "node:crypto";
import type { BlobInfo, FileStore, StoredBlob, Upload } from "../../files/file_store.ts";
import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import { RequestRefused } from "./wire/link_fault.ts";

export interface CopyTarget {
  readonly store: FileStore;
  /** Makes UUIDs. */
  readonly newId: () => string;
}

/** Returns the next bytes; `undefined` after all. */
export type PieceReader = () => Promise<Uint8Array<ArrayBuffer> | undefined>;

/**
 * Stores the bytes as the blob with this hash, which survives a power cut then. They get their name only if they have the hash and the
 * size. Resolves with the complete upload: until the caller closes it, nothing removes the blob. Rejects with the errors of the reader and
 * of the store, and with a `RequestRefused` (`missing`) for other bytes.
 */
export async function storeCopy(
  read: PieceReader,
  { sha256, size }: Pick<BlobInfo, "sha256" | "size">,
  { store, newId }: CopyTarget,
): Promise<Upload> {
  const id = newId();
  const upload = await store.openUpload(id);
  const hash = createHash("sha256");
  try {
    const pieces = new LargePieces(upload);
    for (let piece = await read(); piece !== undefined; piece = await read()) {
      hash.update(piece);
      await pieces.add(piece);
    }
    await pieces.flush();
    if (upload.offset !== size || hash.digest("base64url") !== sha256) throw new RequestRefused("missing");
    await upload.complete();
    return upload;
  } catch (error) {
    await upload.close();
    await store.dropUpload(id);
    throw error;
  }
}

/** Reads a blob of this server's own store. The caller closes it. */
export function readerOf(blob: StoredBlob): PieceReader {
  let at = 0;
  return async () => {
    const buffer = new Uint8Array(Math.min(FILE_PIECE_BYTES, blob.size - at));
    const count = buffer.length === 0 ? 0 : await blob.read(at, buffer);
    at += count;
    return count === 0 ? undefined : buffer.subarray(0, count);
  };
}

/** Joins pieces, so that the store is not called for each. */
class LargePieces {
  readonly #upload: Upload;
  readonly #buffer = new Uint8Array(FILE_PIECE_BYTES);
  #length = 0;

  constructor(upload: Upload) {
    this.#upload = upload;
  }

  async add(piece: Uint8Array): Promise<void> {
    if (this.#length + piece.length > this.#buffer.length) await this.flush();
    this.#buffer.set(piece, this.#length);
    this.#length += piece.length;
  }

  async flush(): Promise<void> {
    const { length } = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    if (length > 0) await this.#upload.append(this.#buffer.subarray(0, length));
  }
}
