import { assert, assertEquals } from "@std/assert";
import { mentions, segmentsOf } from "../../../src/client/text/text_segments.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";

function linksIn(text: string): string[] {
  return segmentsOf(text, []).flatMap((segment) => segment.kind === "link" ? [segment.href] : []);
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

Deno.test("the user's name is marked as a whole word and not inside links", () => {
  const marked = (text: string, name: string) =>
    segmentsOf(text, [name]).flatMap((segment) => segment.kind === "mention" ? [segment.text] : []);
  assertEquals(marked("Ada, ada: @ADA! adam canada", "ada"), ["Ada", "ada", "ADA"]);
  assertEquals(marked("https://ada.example/ada", "ada"), []);
  assertEquals(marked("a.b and aXb", "a.b"), ["a.b"]);
  assertEquals(marked("C++, not c", "c++"), ["C++"]);
  assert(mentions("hello ada", ["tea", "ada"]));
  assert(!mentions("hello adam", ["tea", "ada"]));
  assert(!mentions("hello ada", []));
});

Deno.test("the segments of any text join to the same text, and are found quickly", () => {
  const heaps = [
    "https://a.example/" + ")".repeat(8_000),
    "https://".repeat(1_000),
    ("http://a" + "(".repeat(900)).repeat(9),
  ];
  for (const text of [...HOSTILE_TEXTS.map(({ text }) => text), ...heaps, "", "ada https://x.example ada"]) {
    const begun = performance.now();
    assertEquals(segmentsOf(text, ["ada"]).map((segment) => segment.text).join(""), text);
    assert(performance.now() - begun < 500, text.slice(0, 40));
  }
});
