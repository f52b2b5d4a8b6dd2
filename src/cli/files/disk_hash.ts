import { createHash } from "node:crypto";
import type { FileHash } from "../../client/files/file_ports.ts";

/** SHA-256 of bytes that come one after the other. */
export function sha256Hash(): FileHash {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64url") };
}
