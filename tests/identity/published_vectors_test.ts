import { assert, assertEquals } from "@std/assert";
import { NOBLE_KEYS } from "../../src/identity/noble_keys.ts";
import { keyText, signText, verifyText } from "../../src/identity/text_signature.ts";
import { WEB_CRYPTO_KEYS } from "../../src/identity/web_crypto_keys.ts";
import { deviceText, entryText, joinText } from "../../src/protocol/identity/signed_text.ts";

/** The test vectors that the manual shows, so that the page and the program cannot differ. */

const PAGE = Deno.readTextFileSync(new URL("../../src/manual/identity.md", import.meta.url));
const [, SECRET] = /^secret ([0-9a-f]{64})$/m.exec(PAGE)!;
const [, PUBLIC] = /^public ([0-9a-f]{64})$/m.exec(PAGE)!;

interface Vector {
  readonly what: string;
  readonly kind: "join" | "device" | "entry";
  readonly fields: never;
  readonly text: string;
  readonly signature: string;
}

const TEXTS = { join: joinText, device: deviceText, entry: entryText };
const VECTORS = [...PAGE.matchAll(/```json\n([^]*?)```/g)].flatMap(([, lines]) =>
  lines!.trim().split("\n").map((line) => JSON.parse(line) as Vector)
);

Deno.test("the manual has vectors for each kind of signed text", () => {
  assertEquals(new Set(VECTORS.map(({ kind }) => kind)), new Set(["join", "device", "entry"]));
  const types = VECTORS.filter(({ kind }) => kind === "entry").map(({ fields }) => (fields as { type: string }).type);
  assertEquals(new Set(types), new Set(["message", "edited", "deleted", "reaction"]));
});

for (const keys of [WEB_CRYPTO_KEYS, NOBLE_KEYS]) {
  Deno.test(`${keys.implementation}: the manual's vectors are what the program signs and accepts`, async () => {
    const key = await keys.openSigningKey(Uint8Array.fromHex(SECRET!));
    assertEquals(key.publicKey.toHex(), PUBLIC);
    for (const { what, kind, fields, text, signature } of VECTORS) {
      assertEquals(TEXTS[kind](fields), text, what);
      assertEquals(await signText(key, text), signature, what);
      assert(await verifyText(keys, { key: keyText(key), text, signature }), what);
      assert(!await verifyText(keys, { key: keyText(key), text: `${text} `, signature }), what);
    }
  });

  Deno.test(`${keys.implementation}: what is no key, no signature or no text verifies as false`, async () => {
    const key = await keys.openSigningKey(Uint8Array.fromHex(SECRET!));
    const { text, signature } = VECTORS[0]!;
    const genuine = { key: keyText(key), text, signature };
    for (const wrong of [{ key: "" }, { key: "A".repeat(43) }, { signature: "" }, { text: "\ud83d" }]) {
      assert(!await verifyText(keys, { ...genuine, ...wrong }));
    }
  });
}
