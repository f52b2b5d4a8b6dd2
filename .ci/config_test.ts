import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import browser from "../.config/browser.json" with { type: "json" };
import pure from "../.config/pure.json" with { type: "json" };

Deno.test("the purity checks see the same packages as everything else", () => {
  // A file given by `--config` replaces deno.json, including its imports.
  const { uqr, valibot, "@noble/ed25519": ed25519, "@noble/hashes": hashes, "@scure/bip39": words } = config.imports;
  assertEquals(pure.imports, { valibot });
  assertEquals(browser.imports, {
    valibot,
    "@noble/ed25519": ed25519,
    "@noble/hashes": hashes,
    "@scure/bip39": words,
    "libopus-wasm": config.imports["libopus-wasm"],
    "markdown-it": config.imports["markdown-it"],
    uqr,
  });
});

Deno.test("the checksums of the stand-ins are current", async () => {
  const args = ["run", "--allow-read", "jsr.ts", "--check"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: import.meta.dirname }).output();
  assertEquals(success, true, new TextDecoder().decode(stderr));
});
