import { assertEquals, assertRejects } from "@std/assert";
import { BASE_POINT, x25519 } from "../../src/identity/montgomery_ladder.ts";
import { NOBLE_KEYS } from "../../src/identity/noble_keys.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { identityKeysContract } from "../contracts/identity_keys_contract.ts";

identityKeysContract(NOBLE_KEYS);

Deno.test("a pair of Web Crypto is not opened", async () => {
  const { stored } = await WEB_CRYPTO_KEYS.makeSigningKey(false);
  await assertRejects(() => NOBLE_KEYS.openSigningKey(stored));
});

Deno.test("both implementations make the same keys, signatures and secrets of the same bytes", async () => {
  for (let round = 0; round < 8; round++) {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const [native, noble] = await Promise.all([WEB_CRYPTO_KEYS, NOBLE_KEYS].map(async (keys) => {
      const signing = await keys.openSigningKey(secret);
      const agreement = await keys.openAgreementKey(secret);
      const shared = await agreement.agree(agreement.publicKey);
      return [signing.publicKey, await signing.sign(secret), agreement.publicKey, shared];
    }));
    assertEquals(noble, native);
  }
});

Deno.test("the ladder's result after 1 and 1,000 rounds is that of RFC 7748, section 5.2", () => {
  let [k, u] = [BASE_POINT, BASE_POINT];
  for (let round = 1; round <= 1_000; round++) {
    [k, u] = [x25519(k, u), k];
    if (round === 1) assertEquals(k.toHex(), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  }
  assertEquals(k.toHex(), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});
