/** Keys of Web Crypto (W3C, "Secure Curves"): native, and in a browser they need not be readable by the page. */

import { isWeakKey, KEY_BYTES, SIGNATURE_BYTES } from "../protocol/identity/public_key.ts";
import type { AgreementKey, IdentityKeys, SigningKey, StoredKey } from "./identity_keys.ts";

type Curve = "Ed25519" | "X25519";
type Bytes = Uint8Array<ArrayBuffer>;

const USES: Readonly<Record<Curve, { readonly all: KeyUsage[]; readonly secret: KeyUsage[] }>> = {
  Ed25519: { all: ["sign", "verify"], secret: ["sign"] },
  X25519: { all: ["deriveBits"], secret: ["deriveBits"] },
};

/** PKCS #8 of a private key without its 32 bytes: RFC 8410, section 7. */
const PKCS8: Readonly<Record<Curve, string>> = {
  Ed25519: "302e020100300506032b657004220420",
  X25519: "302e020100300506032b656e04220420",
};

/** A document over plain HTTP has no `crypto.subtle`; older browsers have it without these curves. */
export async function hasWebCrypto(): Promise<boolean> {
  try {
    await Promise.all([generate("Ed25519", false), generate("X25519", false)]);
    return true;
  } catch {
    return false;
  }
}

export const WEB_CRYPTO_KEYS: IdentityKeys = {
  implementation: "web crypto",
  makeSigningKey: async (extractable) => await signingKey(await make("Ed25519", extractable)),
  openSigningKey: async (stored) => await signingKey(await open("Ed25519", stored)),
  makeAgreementKey: async (extractable) => await agreementKey(await make("X25519", extractable)),
  openAgreementKey: async (stored) => await agreementKey(await open("X25519", stored)),
  verify: async (key, message, signature) => {
    if (isWeakKey(key) || signature.length !== SIGNATURE_BYTES) return false;
    try {
      const id = key.join();
      return await crypto.subtle.verify("Ed25519", imported.get(id) ?? await importAs(id, key), signature, message);
    } catch {
      // Some implementations refuse a key that is not on the curve when they import it.
      return false;
    }
  },
};

/** Keys of the last authors: a page of messages has few, and to import a key takes as long as to verify with it. */
const MAX_IMPORTED = 64;
const imported = new Map<string, CryptoKey>();

async function importAs(id: string, key: Bytes): Promise<CryptoKey> {
  const opened = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  imported.set(id, opened);
  if (imported.size > MAX_IMPORTED) imported.delete(imported.keys().next().value!);
  return opened;
}

interface OpenKey {
  readonly pair: CryptoKeyPair;
  readonly stored: StoredKey;
}

async function signingKey({ pair, stored }: OpenKey): Promise<SigningKey> {
  return {
    publicKey: await exportPublic(pair),
    stored,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message)),
  };
}

async function agreementKey({ pair, stored }: OpenKey): Promise<AgreementKey> {
  return {
    publicKey: await exportPublic(pair),
    stored,
    agree: async (otherKey) => {
      // Deno 2.7 aborts the program at such a key.
      if (otherKey.length !== KEY_BYTES) {
        throw new Error(`The other key has ${otherKey.length} bytes: expected ${KEY_BYTES}`);
      }
      const other = await crypto.subtle.importKey("raw", otherKey, "X25519", false, []);
      const algorithm = { name: "X25519", public: other };
      const secret = new Uint8Array(await crypto.subtle.deriveBits(algorithm, pair.privateKey, 8 * KEY_BYTES));
      if (secret.every((byte) => byte === 0)) throw new Error("The other key is of small order");
      return secret;
    },
  };
}

async function make(curve: Curve, extractable: boolean): Promise<OpenKey> {
  const pair = await generate(curve, extractable);
  if (!extractable) return { pair, stored: pair };
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { pair, stored: secretOf(curve, pkcs8) };
}

/** The last 32 bytes of the document. Throws if it has an unexpected form. */
function secretOf(curve: Curve, pkcs8: Bytes): Bytes {
  const prefix = fromHex(PKCS8[curve]);
  const isPlain = pkcs8.length === prefix.length + KEY_BYTES && prefix.every((byte, index) => pkcs8[index] === byte);
  if (!isPlain) throw new Error(`The private key of ${curve} has an unexpected form`);
  return pkcs8.slice(prefix.length);
}

async function open(curve: Curve, stored: StoredKey): Promise<OpenKey> {
  if (!(stored instanceof Uint8Array)) return { pair: checkPair(curve, stored), stored };
  if (stored.length !== KEY_BYTES) throw new Error(`A private key of ${curve} has ${KEY_BYTES} bytes`);
  const pkcs8 = new Uint8Array([...fromHex(PKCS8[curve]), ...stored]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, curve, true, USES[curve].secret);
  const { x } = await crypto.subtle.exportKey("jwk", privateKey);
  const uses = USES[curve].all.filter((use) => use === "verify");
  const publicKey = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: curve, x }, curve, true, uses);
  return { pair: { privateKey, publicKey }, stored };
}

function checkPair(curve: Curve, pair: CryptoKeyPair): CryptoKeyPair {
  if (pair.privateKey.algorithm.name === curve) return pair;
  throw new Error(`The stored key is not one of ${curve}`);
}

async function exportPublic({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

async function generate(curve: Curve, extractable: boolean): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey({ name: curve }, extractable, USES[curve].all) as CryptoKeyPair;
}

function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16));
}
