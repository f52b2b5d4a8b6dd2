/** Signatures of texts, with keys and signatures as they are on the wire. */

import { toBase64Url } from "../protocol/identity/base64url.ts";
import { publicKeyBytes, signatureBytes } from "../protocol/identity/public_key.ts";
import type { IdentityKeys, SigningKey } from "./identity_keys.ts";

export interface SignedText {
  readonly key: string;
  readonly text: string;
  readonly signature: string;
}

/** Signs the UTF-8 of a text, which must be well-formed. */
export async function signText(key: SigningKey, text: string): Promise<string> {
  return toBase64Url(await key.sign(new TextEncoder().encode(text)));
}

/** False for a signature that does not belong to the text and the key, and for all that is no key or no signature. */
export async function verifyText(keys: IdentityKeys, { key, text, signature }: SignedText): Promise<boolean> {
  const keyBytes = publicKeyBytes(key);
  const bytes = signatureBytes(signature);
  if (keyBytes === undefined || bytes === undefined || !text.isWellFormed()) return false;
  return await keys.verify(keyBytes, new TextEncoder().encode(text), bytes);
}

/** The public key as it is on the wire. */
export function keyText({ publicKey }: SigningKey): string {
  return toBase64Url(publicKey);
}
