/** Keys in plain JavaScript, for a page over plain HTTP and for older browsers. Scripts of the page can read them. */

import { getPublicKey, hashes, sign, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import { isWeakKey, KEY_BYTES, SIGNATURE_BYTES } from "../protocol/identity/public_key.ts";
import type { AgreementKey, IdentityKeys, SigningKey, StoredKey } from "./identity_keys.ts";
import { BASE_POINT, x25519 } from "./montgomery_ladder.ts";

hashes.sha512 = sha512;

type Bytes = Uint8Array<ArrayBuffer>;

export const NOBLE_KEYS: IdentityKeys = {
  implementation: "noble",
  makeSigningKey: () => settle(() => signingKey(randomBytes())),
  openSigningKey: (stored) => settle(() => signingKey(secretOf(stored))),
  makeAgreementKey: () => settle(() => agreementKey(randomBytes())),
  openAgreementKey: (stored) => settle(() => agreementKey(secretOf(stored))),
  verify: (key, message, signature) => Promise.resolve(isGenuine(key, message, signature)),
};

function signingKey(secret: Bytes): SigningKey {
  return {
    publicKey: new Uint8Array(getPublicKey(secret)),
    stored: secret,
    sign: (message) => settle(() => new Uint8Array(sign(message, secret))),
  };
}

function agreementKey(secret: Bytes): AgreementKey {
  return {
    publicKey: x25519(secret, BASE_POINT),
    stored: secret,
    agree: (otherKey) => settle(() => agree(secret, otherKey)),
  };
}

function agree(secret: Bytes, otherKey: Bytes): Bytes {
  if (otherKey.length !== KEY_BYTES) {
    throw new Error(`The other key has ${otherKey.length} bytes: expected ${KEY_BYTES}`);
  }
  const shared = x25519(secret, otherKey);
  if (shared.every((byte) => byte === 0)) throw new Error("The other key is of small order");
  return shared;
}

/** Verifies by RFC 8032, section 5.1.7, without the more lenient rules of ZIP 215. */
function isGenuine(key: Bytes, message: Bytes, signature: Bytes): boolean {
  if (isWeakKey(key) || signature.length !== SIGNATURE_BYTES) return false;
  return verify(signature, message, key, { zip215: false });
}

function secretOf(stored: StoredKey): Bytes {
  if (stored instanceof Uint8Array && stored.length === KEY_BYTES) return stored;
  throw new Error(`A stored key has ${KEY_BYTES} bytes here`);
}

function randomBytes(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/** Like `Promise.try`, which older browsers lack. */
async function settle<T>(work: () => T): Promise<T> {
  return await work();
}
