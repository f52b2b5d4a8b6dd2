import { assert, assertRejects } from "@std/assert";
import { hasWebCrypto, WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { identityKeysContract } from "../contracts/identity_keys_contract.ts";

identityKeysContract(WEB_CRYPTO_KEYS);

Deno.test("Deno has both curves natively", async () => {
  assert(await hasWebCrypto());
});

Deno.test("a key that is not extractable cannot be read", async () => {
  const { stored } = await WEB_CRYPTO_KEYS.makeSigningKey(false);
  assert(!(stored instanceof Uint8Array));
  await assertRejects(() => crypto.subtle.exportKey("pkcs8", stored.privateKey));
});

Deno.test("a key to agree with is not opened as one to sign with", async () => {
  const { stored } = await WEB_CRYPTO_KEYS.makeAgreementKey(false);
  await assertRejects(() => WEB_CRYPTO_KEYS.openSigningKey(stored));
});
