import { assertEquals } from "@std/assert";
import { findLinks } from "../../../src/client/text/web_links.ts";

function linksIn(text: string): string[] {
  return Array.from(findLinks(text), ({ href }) => href);
}

Deno.test("links are http or https addresses without the punctuation around them", () => {
  const cases: [string, string[]][] = [
    ["see https://example.org.", ["https://example.org/"]],
    ["(http://a.example/b)", ["http://a.example/b"]],
    ["https://a.example/b_(c)", ["https://a.example/b_(c)"]],
    ["https://a.example/b?c=d&e#f!", ["https://a.example/b?c=d&e#f"]],
    ['"https://a.example/", he said', ["https://a.example/"]],
    ["https://a.example https://b.example", ["https://a.example/", "https://b.example/"]],
    ["HTTPS://A.example", ["https://a.example/"]],
    ["javascript:alert(1) data:text/html,x file:///etc ftp://a.example confab://a", []],
    ["javascript:https://a.example", ["https://a.example/"]],
    ["https:// https://[ xhttps://a.example", []],
    [`https://a.example/${"x".repeat(3_000)}`, []],
  ];
  for (const [text, links] of cases) assertEquals(linksIn(text), links, text);
});

Deno.test("a link ends before Chinese and Japanese punctuation and full-width forms", () => {
  for (
    const end
      of "\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\uff08\u300d\u300c\u300f\u300e\u3011\u3010\u300b\u300a\u3009\u2026\u201d\u2019\uff3d\uff5d\uff0e\uff5e\u30fb\u3000"
  ) {
    assertEquals(linksIn(`\u898bhttps://a.example/b${end}\u7136\u540e`), ["https://a.example/b"], end);
    assertEquals(linksIn(`https://a.example/b${end}`), ["https://a.example/b"], end);
  }
  assertEquals(linksIn("https://a.example/\u7530\u4e2d\u3005"), ["https://a.example/%E7%94%B0%E4%B8%AD%E3%80%85"]);
});

Deno.test("a link ends at a bracket without a partner", () => {
  const cases: [string, string][] = [
    ["(https://a.example/b)c", "https://a.example/b"],
    ["[b](https://a.example/b), c", "https://a.example/b"],
    ["(https://a.example/b_(c)d)e", "https://a.example/b_(c)d"],
    ["https://a.example/b[0]/{c}", "https://a.example/b[0]/{c}"],
    ["https://a.example/b(see", "https://a.example/b"],
    ["https://a.example/b.(", "https://a.example/b"],
    ["{https://a.example/b(c]d)}", "https://a.example/b"],
  ];
  for (const [text, link] of cases) {
    assertEquals(Array.from(findLinks(text), ({ text }) => text), [link], text);
  }
});

Deno.test("a link to a room keeps percent-encoding, and encodes other scripts and emoji", () => {
  const cases: [string, string][] = [
    ["https://a.example/r/caf%C3%A9%20x", "https://a.example/r/caf%C3%A9%20x"],
    ["https://a.example/r/caf\u00e9", "https://a.example/r/caf%C3%A9"],
    ["https://a.example/r/\u7530\u4e2d#.a%25b", "https://a.example/r/%E7%94%B0%E4%B8%AD#.a%25b"],
    ["https://a.example/r/\u{1f389}", "https://a.example/r/%F0%9F%8E%89"],
    [
      "https://a.example/r/\u{1f468}\u200d\u{1f4bb}\ufe0f.",
      "https://a.example/r/%F0%9F%91%A8%E2%80%8D%F0%9F%92%BB%EF%B8%8F",
    ],
  ];
  for (const [text, href] of cases) assertEquals(linksIn(text), [href], text);
});
