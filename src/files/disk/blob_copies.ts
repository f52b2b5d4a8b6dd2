/** Copies blobs from the folder of one store to another store: for backups, exports and imports. */

import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import type { FileStore, StoredBlob } from "../file_store.ts";
import { DiskBlob } from "./disk_blob.ts";
import { FolderLayout } from "./folder_layout.ts";

export interface CopiedBlobs {
  /** Numbers of blobs. Those that are `present` were in the target before. */
  readonly copied: number;
  readonly present: number;
  /** They are not in the folder: a server may remove them meanwhile. */
  readonly missing: number;
  /** Their bytes have another hash than their name. They are not copied. */
  readonly damaged: number;
  /** Bytes that were copied. */
  readonly bytes: number;
}

export interface BlobCopyOptions {
  /** The folder of a store, which a server may be using. */
  readonly from: string;
  readonly to: FileStore;
  /** Makes UUIDs. */
  readonly newId: () => string;
}

/** Copies the blobs with these hashes, each checked on the way. Nothing is overwritten. Rejects with the errors of both stores. */
export async function copyBlobs(hashes: Iterable<string>, { from, to, newId }: BlobCopyOptions): Promise<CopiedBlobs> {
  const layout = new FolderLayout(from);
  const counts = { copied: 0, present: 0, missing: 0, damaged: 0, bytes: 0 };
  for (const hash of hashes) {
    if (await isIn(to, hash)) counts.present++;
    else {
      const path = layout.blobPath(hash);
      const source = path === undefined ? undefined : await DiskBlob.open(path);
      if (source === undefined) counts.missing++;
      else if (await copied(source, { hash, to, id: newId() })) {
        counts.copied++;
        counts.bytes += source.size;
      } else counts.damaged++;
    }
  }
  return counts;
}

async function isIn(store: FileStore, hash: string): Promise<boolean> {
  const blob = await store.openBlob(hash);
  blob?.close();
  return blob !== undefined;
}

interface Target {
  readonly hash: string;
  readonly to: FileStore;
  readonly id: string;
}

/** Returns false if the bytes have another hash. Closes the source. */
async function copied(source: StoredBlob, { hash, to, id }: Target): Promise<boolean> {
  const upload = await to.openUpload(id);
  try {
    const buffer = new Uint8Array(Math.min(FILE_PIECE_BYTES, source.size));
    for (let at = 0; at < source.size;) {
      const count = await source.read(at, buffer);
      if (count === 0) break;
      await upload.append(buffer.subarray(0, count));
      at += count;
    }
    const { sha256 } = await upload.complete();
    await upload.close();
    if (sha256 !== hash) await to.removeBlob(sha256);
    return sha256 === hash;
  } finally {
    source.close();
    await upload.close();
    await to.dropUpload(id);
  }
}
