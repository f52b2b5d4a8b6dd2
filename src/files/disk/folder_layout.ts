import { fromBase64Url, toBase64Url } from "../../protocol/identity/base64url.ts";
import { isUuid } from "../../protocol/uuid.ts";

/** Characters of 32 bytes in base64url without padding. */
const SHA256_CHARS = 43;

/** The meaning of a file's name in the folder. */
export type EntryKey = { readonly type: "upload"; readonly id: string } | {
  readonly type: "blob";
  readonly sha256: string;
};

/**
 * Where uploads and blobs lie in a folder. Names are hexadecimal, so that they differ on file systems that ignore case.
 * Ids and hashes of any other form have no path: no value from outside can name another file.
 */
export class FolderLayout {
  readonly folder: string;
  /** The folder of uploads. */
  readonly partial: string;
  /** The process that uses the folder locks this file, which has the id of the folder's owner. */
  readonly lock: string;

  constructor(folder: string) {
    this.folder = folder;
    this.partial = `${folder}/partial`;
    this.lock = `${folder}/files.lock`;
  }

  /** `undefined` if the id is no UUID in lower case. */
  uploadPath(id: string): string | undefined {
    return isUuid(id) ? `${this.partial}/${id}` : undefined;
  }

  /** `undefined` if the hash is no SHA-256 in base64url without padding. */
  blobPath(sha256: string): string | undefined {
    const bytes = sha256.length === SHA256_CHARS ? fromBase64Url(sha256) : undefined;
    if (bytes === undefined) return undefined;
    const name = bytes.toHex();
    return `${this.blobFolder(name.slice(0, 2))}/${name}`;
  }

  blobFolder(prefix: string): string {
    return `${this.folder}/${prefix}`;
  }
}

/** The reverse of `uploadPath`, for a file name in `partial`. */
export function uploadOf(name: string): EntryKey | undefined {
  return isUuid(name) ? { type: "upload", id: name } : undefined;
}

/** The reverse of `blobPath`, for a file name in the folder of this prefix. */
export function blobOf(prefix: string, name: string): EntryKey | undefined {
  if (!/^[0-9a-f]{64}$/.test(name) || !name.startsWith(prefix)) return undefined;
  return { type: "blob", sha256: toBase64Url(Uint8Array.fromHex(name)) };
}

/** Whether a folder of this name contains blobs. */
export function isBlobFolder(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}
