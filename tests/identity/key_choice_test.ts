import { assert, assertEquals } from "@std/assert";
import { chooseKeys } from "../../src/identity/key_choice.ts";
import type { IdentityKeys } from "../../src/identity/identity_keys.ts";
import { bundle } from "../../src/page/module_bundle.ts";

const ROOT = new URL("../../", import.meta.url);
/** A page without `crypto.subtle` loads it. */
const ENTRY = "src/identity/noble_keys.ts";

Deno.test("where Web Crypto has the curves, it is used", async () => {
  assertEquals((await chooseKeys()).implementation, "web crypto");
});

Deno.test("in a page without crypto.subtle, the packed script signs and verifies by itself", async () => {
  const { main } = await bundle(ROOT, ENTRY);
  const plainHttp = { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) };
  const name = Array.from(main.matchAll(/^const (\$\w+)=/gm), ([, each]) => each!).at(-1)!;
  const keys = new Function("crypto", `${main}return ${name};`)(plainHttp) as IdentityKeys;
  assertEquals(keys.implementation, "noble");
  const key = await keys.makeSigningKey(false);
  const message = new TextEncoder().encode("Noon is fine");
  const signature = await key.sign(message);
  assert(await keys.verify(key.publicKey, message, signature));
  assert(!await keys.verify(key.publicKey, signature, signature));
});
