import type { IdentityKeys } from "./identity_keys.ts";
import { hasWebCrypto, WEB_CRYPTO_KEYS } from "./web_crypto_keys.ts";

/** The native implementation if there is one. The other is loaded only if it is needed. */
export async function chooseKeys(): Promise<IdentityKeys> {
  return await hasWebCrypto() ? WEB_CRYPTO_KEYS : (await import("./noble_keys.ts")).NOBLE_KEYS;
}
