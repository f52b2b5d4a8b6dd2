import { assert, assertEquals } from "@std/assert";
import { chooseKeys } from "../../src/identity/key_choice.ts";
import { bundle } from "../../src/page/module_bundle.ts";

const ROOT = new URL("../../", import.meta.url);
const ENTRY = "src/identity/key_choice.ts";

Deno.test("where Web Crypto has the curves, it is used", async () => {
  assertEquals((await chooseKeys()).implementation, "web crypto");
});

Deno.test("in a page without crypto.subtle, the packed script signs and verifies by itself", async () => {
  const script = (await bundle(ROOT, ENTRY)).replace(/\}\)\(\);\s*$/, "return chooseKeys;})();");
  const plainHttp = { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) };
  const choose = new Function("crypto", `return ${script}`)(plainHttp) as typeof chooseKeys;
  const keys = await choose();
  assertEquals(keys.implementation, "noble");
  const key = await keys.makeSigningKey(false);
  const message = new TextEncoder().encode("Noon is fine");
  const signature = await key.sign(message);
  assert(await keys.verify(key.publicKey, message, signature));
  assert(!await keys.verify(key.publicKey, signature, signature));
});
