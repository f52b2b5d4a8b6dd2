/** The contract of every implementation of keys, with the test vectors of RFC 8032, section 7.1, and RFC 7748, sections 5.2 and 6.1. */

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { IdentityKeys } from "../../src/identity/identity_keys.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const SIGNATURES = [
  {
    secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
      "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
  {
    secret: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    key: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    message: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    signature: "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589" +
      "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  },
];

const SHARED = [
  {
    secret: "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    other: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    shared: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  },
  {
    secret: "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
    other: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
    shared: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
  },
];

const ALICE = {
  secret: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
  key: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
};
const BOB = {
  secret: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  key: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
};
const ALICE_AND_BOB = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";

const MESSAGE = new TextEncoder().encode("Noon is fine");

function bytes(hex: string): Bytes {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** A copy whose bit at `index` is the other. */
function flipped(original: Bytes, index: number): Bytes {
  const copy = original.slice();
  copy[index >> 3]! ^= 1 << (index & 7);
  return copy;
}

export function identityKeysContract(keys: IdentityKeys): void {
  const name = keys.implementation;

  Deno.test(`${name}: keys and signatures are those of RFC 8032, section 7.1`, async () => {
    for (const { secret, key, message, signature } of SIGNATURES) {
      const opened = await keys.openSigningKey(bytes(secret));
      assertEquals(opened.publicKey, bytes(key));
      assertEquals(await opened.sign(bytes(message)), bytes(signature));
      assert(await keys.verify(bytes(key), bytes(message), bytes(signature)));
    }
  });

  Deno.test(`${name}: shared secrets are those of RFC 7748, sections 5.2 and 6.1`, async () => {
    for (const { secret, other, shared } of SHARED) {
      const opened = await keys.openAgreementKey(bytes(secret));
      assertEquals(await opened.agree(bytes(other)), bytes(shared));
    }
    for (const [own, other] of [[ALICE, BOB], [BOB, ALICE]] as const) {
      const opened = await keys.openAgreementKey(bytes(own.secret));
      assertEquals(opened.publicKey, bytes(own.key));
      assertEquals(await opened.agree(bytes(other.key)), bytes(ALICE_AND_BOB));
    }
  });

  Deno.test(`${name}: a new key signs, is kept and opened again, and no two are the same`, async () => {
    for (const extractable of [true, false]) {
      const made = await keys.makeSigningKey(extractable);
      const opened = await keys.openSigningKey(made.stored);
      assertEquals(opened.publicKey, made.publicKey);
      assert(await keys.verify(made.publicKey, MESSAGE, await opened.sign(MESSAGE)));
      assertNotEquals((await keys.makeSigningKey(extractable)).publicKey, made.publicKey);
      const [one, two] = [await keys.makeAgreementKey(extractable), await keys.makeAgreementKey(extractable)];
      const again = await keys.openAgreementKey(one.stored);
      assertEquals(await again.agree(two.publicKey), await two.agree(one.publicKey));
    }
    assert((await keys.makeSigningKey(true)).stored instanceof Uint8Array);
  });

  Deno.test(`${name}: a signature is false for another message or key, and after the change of any byte`, async () => {
    const [one, two] = [await keys.makeSigningKey(true), await keys.makeSigningKey(true)];
    const signature = await one.sign(MESSAGE);
    assert(!await keys.verify(two.publicKey, MESSAGE, signature));
    assert(!await keys.verify(one.publicKey, flipped(MESSAGE, 0), signature));
    for (let byte = 0; byte < 64; byte++) {
      assert(!await keys.verify(one.publicKey, MESSAGE, flipped(signature, 8 * byte)), `byte ${byte}`);
    }
  });

  Deno.test(`${name}: a signature whose second half is not reduced is false (RFC 8032, section 8.4)`, async () => {
    const { key, message, signature } = SIGNATURES[2]!;
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const half = bytes(signature).slice(32).reduceRight((value, byte) => value << 8n | BigInt(byte), 0n) + order;
    const raised = Uint8Array.from({ length: 32 }, (_, index) => Number(half >> BigInt(8 * index) & 255n));
    const malleable = new Uint8Array([...bytes(signature).slice(0, 32), ...raised]);
    assert(!await keys.verify(bytes(key), bytes(message), malleable));
  });

  Deno.test(`${name}: keys of small order and of a wrong length never verify`, async () => {
    const identity = bytes(`01${"00".repeat(31)}`);
    // With the identity as key and as R, and S = 0, the equation holds for every message.
    assert(!await keys.verify(identity, MESSAGE, new Uint8Array([...identity, ...new Uint8Array(32)])));
    const made = await keys.makeSigningKey(true);
    const signature = await made.sign(MESSAGE);
    for (const length of [0, 31, 33, 64]) {
      assert(!await keys.verify(new Uint8Array(length).fill(9), MESSAGE, signature));
      assert(!await keys.verify(made.publicKey, MESSAGE, new Uint8Array(length === 64 ? 65 : length)));
    }
  });

  Deno.test(`${name}: no secret is agreed on with a key of small order or of a wrong length`, async () => {
    const made = await keys.makeAgreementKey(true);
    const small = [
      "00".repeat(32),
      `01${"00".repeat(31)}`,
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      `ec${"ff".repeat(30)}7f`,
    ];
    for (const key of small) await assertRejects(() => made.agree(bytes(key)));
    await assertRejects(() => made.agree(new Uint8Array(31).fill(9)));
    await assertRejects(() => made.agree(new Uint8Array(33).fill(9)));
  });

  Deno.test(`${name}: a stored key of a wrong length is not opened`, async () => {
    for (const length of [0, 31, 33]) {
      await assertRejects(() => keys.openSigningKey(new Uint8Array(length)));
      await assertRejects(() => keys.openAgreementKey(new Uint8Array(length)));
    }
  });
}
