import { assertEquals } from "@std/assert";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { otherModule } from "../../src/page/source_files.ts";

Deno.test("the page's list of words is the package's", () => {
  const code = otherModule("@scure/bip39/wordlists/english.js")!;
  assertEquals(new Function(`${code.replace("export ", "")}return wordlist;`)(), wordlist);
});
