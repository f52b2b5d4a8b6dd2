import type { IdentityKeys } from "./identity_keys.ts";
import { type SignedText, verifyText } from "./text_signature.ts";
import { hasWebCrypto, WEB_CRYPTO_KEYS } from "./web_crypto_keys.ts";

/** The native implementation if there is one. The other is loaded only if it is needed. */
export async function chooseKeys(): Promise<IdentityKeys> {
  return await hasWebCrypto() ? WEB_CRYPTO_KEYS : (await import("./noble_keys.ts")).NOBLE_KEYS;
}

/**
 * Verifies signatures with that implementation, which the first call chooses. The later ones do all that they do in this
 * thread before they return.
 */
export function createVerifier(): (signed: SignedText) => Promise<boolean> {
  let choice: Promise<IdentityKeys> | undefined;
  let keys: IdentityKeys | undefined;
  return async (signed) => await verifyText(keys ??= await (choice ??= chooseKeys()), signed);
}
