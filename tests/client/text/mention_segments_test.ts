import { assert, assertEquals } from "@std/assert";
import { mentions } from "../../../src/client/text/mentions.ts";
import { mentionSegments } from "../../../src/client/text/mention_segments.ts";
import { HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";
import { isQuick } from "../../helpers/quick.ts";

function marked(text: string, ...words: string[]): string[] {
  return mentionSegments(text, words).flatMap((segment) => segment.kind === "mention" ? [segment.text] : []);
}

Deno.test("a name is not mentioned inside a longer name", () => {
  for (
    const text of ["ann2-marie", "marie-ann2", "ann2.marie", "x.ann2", "ann2_", "ann22", "ann2\u0301", "\u00e9ann2"]
  ) {
    assertEquals(marked(text, "ann2"), [], text);
  }
  for (
    const text of [
      "ann2.",
      "ann2-",
      "-ann2",
      "ann2's",
      "ann2\u2019s",
      "d'ann2",
      "so...ann2",
      "no--ann2--yes",
      "@ann2:",
      "ann2/bob",
    ]
  ) {
    assertEquals(marked(text, "ann2"), ["ann2"], text);
  }
  assertEquals(marked("ann2-marie, ann2: hello", "ann2", "ann2-marie"), ["ann2-marie", "ann2"]);
  assertEquals(marked("O'Brien and o\u2019brien", "brien", "o"), []);
  assertEquals(marked("O'Brien and o\u2019brien", "o'brien"), ["O'Brien", "o\u2019brien"]);
});

Deno.test("a name is mentioned in composed and decomposed letters alike, with or without joiners", () => {
  const names = ["Jos\u00e9", "Vi\u1ec7t", "\uc9c0\ubbfc", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"];
  for (const name of names) {
    for (const form of [name.normalize("NFC"), name.normalize("NFD"), name.replace("\u200c", "")]) {
      assertEquals(marked(`hi ${form}!`, name), [form.normalize("NFC")]);
      assert(mentions(`hi ${form}!`, [name]) && mentions(`hi ${name}!`, [form]));
    }
  }
  assert(mentions("Vi\u00ea\u0323t", ["Vi\u1ec7t"]));
  assert(!mentions("Jose\u0301", ["Jose"]));
  assert(!mentions("Jos\u00e9", ["Jose"]));
});

Deno.test("a name needs no blank beside it in scripts without blanks between words", () => {
  const cases: [string, string][] = [
    ["\u7530\u4e2d\u3055\u3093", "\u7530\u4e2d"],
    ["\u8bf7\u7530\u4e2d\u6765", "\u7530\u4e2d"],
    ["ann\u3055\u3093", "ann"],
    ["\u8bf7ann\u6765", "ann"],
    ["\u30df\u30ab\u3055\u3093", "\u30df\u30ab"],
    ["\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35ann", "ann"],
    ["\u0e04\u0e38\u0e13\u0e21\u0e32\u0e25\u0e35\u0e21\u0e32", "\u0e21\u0e32\u0e25\u0e35"],
    ["\uc9c0\ubbfc\ub2d8", "\uc9c0\ubbfc"],
  ];
  for (const [text, name] of cases) assertEquals(marked(text, name), [name], text);
  assertEquals(marked("\u30a2\u30f3\u30b1\u30fc\u30c8", "\u30a2\u30f3"), []);
  assertEquals(marked("\u0e21\u0e32\u0e25\u0e35\u0e48", "\u0e21\u0e32\u0e25\u0e35"), []);
  assertEquals(marked("\u6771\uc9c0\ubbfc x\uc9c0\ubbfc", "\uc9c0\ubbfc"), ["\uc9c0\ubbfc"]);
});

Deno.test("mentions in a hostile message of 64 KiB are found within half a second", () => {
  const words = [
    "ann2",
    "a",
    "aaaa",
    "o'brien",
    "\u7530\u4e2d",
    ...Array.from({ length: 17 }, (_, index) => `a${"-a".repeat(index)}b`),
  ];
  for (
    const part of [
      "a",
      "a-",
      "a'",
      "-",
      "a\u0301\u0323",
      "\u0301\u0323",
      "\u7530",
      "a\u200c",
      "https://a",
      "https://a ",
      "(",
      "https://a(",
    ]
  ) {
    const text = part.repeat(65_536 / part.length);
    assert(isQuick(250, () => mentionSegments(text, words)), part);
    assert(isQuick(250, () => mentions(text, words)), part);
  }
});

Deno.test("the user's name is marked as a whole word", () => {
  assertEquals(marked("Ada, ada: @ADA! adam canada", "ada"), ["Ada", "ada", "ADA"]);
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
    const joined = mentionSegments(text, ["ada"]).map((segment) => segment.text).join("");
    assertEquals(joined.normalize("NFC"), text.normalize("NFC"));
    assert(isQuick(500, () => mentionSegments(text, ["ada"])), text.slice(0, 40));
  }
});
