import { assertEquals } from "@std/assert";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { otherModule, packageCode } from "../../src/page/source_files.ts";

Deno.test("the page's list of words is the package's", () => {
  const code = otherModule("@scure/bip39/wordlists/english.js")!;
  assertEquals(new Function(`${code.replace("export ", "")}return wordlist;`)(), wordlist);
});

Deno.test("the page has the rules of markup that it uses, and no others", async () => {
  const code = await packageCode("markdown-it/browser");
  const rules = Array.from(code.matchAll(/^\t\[\s*"(\w+)",/gm), ([, name]) => name!);
  const used = [
    "normalize",
    "block",
    "strip_references",
    "inline",
    "text_join",
    "fence",
    "blockquote",
    "list",
    "paragraph",
  ];
  const inline = ["text", "balance_pairs", "fragments_join", "strikethrough", "emphasis"];
  assertEquals([...new Set(rules)].sort(), [...used, ...inline].sort());
});
