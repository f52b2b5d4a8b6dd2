import { sha256 } from "@noble/hashes/sha2.js";
import type { FileHash } from "../../client/files/file_ports.ts";
import { toBase64Url } from "../../protocol/identity/base64url.ts";

/** SHA-256 in plain JavaScript: the browser's own takes only all bytes at once, and none on a page over plain HTTP. */
export function newFileHash(): FileHash {
  const hash = sha256.create();
  return { update: (bytes) => void hash.update(bytes), digest: () => toBase64Url(hash.digest()) };
}
