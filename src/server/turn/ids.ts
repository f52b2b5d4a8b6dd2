import { createHash } from "node:crypto";
import { UuidSource } from "../../protocol/uuid.ts";

const TOKEN_BYTES = 24;
const SEED_BYTES = 32;

/** A source of random ids. */
export function newIdSource(): UuidSource {
  return new UuidSource({ fill: (bytes) => crypto.getRandomValues(bytes) });
}

/** Returns a seed for the ids of a hub. */
export function newSeed(): string {
  return crypto.getRandomValues(new Uint8Array(SEED_BYTES)).toHex();
}

/** Returns a secret of 192 random bits. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({ alphabet: "base64url" });
}

/** Returns the SHA-256 of a token, which is enough for a secret that is itself random. */
export function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
