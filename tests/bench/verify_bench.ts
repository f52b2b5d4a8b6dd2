/** The cost of checking a signature. Usage: deno bench -A tests/bench/verify_bench.ts. */

import { NOBLE_KEYS } from "../../src/identity/noble_keys.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";

const message = new TextEncoder().encode("x".repeat(400));

for (const keys of [WEB_CRYPTO_KEYS, NOBLE_KEYS]) {
  const key = await keys.makeSigningKey(true);
  const signature = await key.sign(message);
  Deno.bench(`${keys.implementation}: verify`, async () => {
    await keys.verify(key.publicKey, message, signature);
  });
  Deno.bench(`${keys.implementation}: sign`, async () => {
    await key.sign(message);
  });
}
