import { Buffer } from "node:buffer";
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { SigningKey } from "../../identity/identity_keys.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/identity/base64url.ts";
import { KEY_BYTES, publicKeyBytes } from "../../protocol/identity/public_key.ts";

/** The device key of a program that hosts or follows: Ed25519. It signs without waiting, as a host must. */
export class DeviceKey {
  /** The public key, as it is on the wire. */
  readonly key: string;
  /** The 32 secret bytes in base64url. */
  readonly secret: string;
  readonly #private: KeyObject;

  constructor(secret: string, key: string, privateKey: KeyObject) {
    this.secret = secret;
    this.key = key;
    this.#private = privateKey;
  }

  static make(): DeviceKey {
    return opened(generateKeyPairSync("ed25519").privateKey);
  }

  /** Opens the key with these secret bytes in base64url; `undefined` for any other text. */
  static open(secret: string): DeviceKey | undefined {
    const bytes = fromBase64Url(secret);
    if (bytes?.length !== KEY_BYTES) return undefined;
    const der = Buffer.concat([PKCS8, bytes]);
    return opened(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  }

  /** Returns the signature of the text's UTF-8 in base64url. */
  sign(text: string): string {
    return toBase64Url(this.#signBytes(new TextEncoder().encode(text)));
  }

  /** The same key for what signs in `src/identity`. */
  get signingKey(): SigningKey {
    return {
      publicKey: publicKeyBytes(this.key)!,
      stored: fromBase64Url(this.secret)!,
      sign: (message) => Promise.resolve(this.#signBytes(message)),
    };
  }

  #signBytes(message: Uint8Array): Uint8Array<ArrayBuffer> {
    return new Uint8Array(sign(null, message, this.#private));
  }
}

/** PKCS #8 of a private key without its 32 bytes: RFC 8410, section 7. */
const PKCS8 = Uint8Array.fromHex("302e020100300506032b657004220420");

function opened(privateKey: KeyObject): DeviceKey {
  const { d, x } = privateKey.export({ format: "jwk" });
  return new DeviceKey(d!, x!, privateKey);
}
