import { fromBase64Url, toBase64Url } from "../protocol/identity/base64url.ts";

/** Bytes of a cluster's key. All its servers have the same one; everything that they write is encrypted with it. */
export const CLUSTER_KEY_BYTES = 32;
/** Characters of the key as text. */
const KEY_CHARS = 43;

/** A key file has no valid key. `message` is one sentence for the operator. */
export class ClusterKeyError extends Error {
  override readonly name = "ClusterKeyError";
}

/** The text of a new key file: one line. */
export function makeClusterKey(
  fillRandom: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const key = new Uint8Array(CLUSTER_KEY_BYTES);
  fillRandom(key);
  return `${toBase64Url(key)}\n`;
}

/** Reads the text of a key file. `path` is named in errors. */
export function parseClusterKey(text: string, path: string): Uint8Array<ArrayBuffer> {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const next = "copy the key file of another server of this cluster";
  if (lines.length === 0) throw new ClusterKeyError(`The key file ${path} is empty: ${next}`);
  if (lines.length > 1) throw new ClusterKeyError(`The key file ${path} has ${lines.length} lines, not one: ${next}`);
  const key = lines[0]!.length === KEY_CHARS ? fromBase64Url(lines[0]!) : undefined;
  if (key === undefined) {
    throw new ClusterKeyError(`The key file ${path} has no key of ${KEY_CHARS} characters in base64url: ${next}`);
  }
  return key;
}

/** Throws a `ClusterKeyError` for a name that a cluster may not have. */
export function checkClusterName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) return;
  throw new ClusterKeyError(
    `${JSON.stringify(name)} is not a cluster name: use 1 to 32 lower-case letters, digits and hyphens`,
  );
}
