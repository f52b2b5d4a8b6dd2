import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { countParts, plainTextOf, type TextBlock } from "../../../src/client/formatting/formatted_text.ts";
import { formatText, textAsTyped } from "../../../src/client/formatting/text_formatter.ts";
import { ACTION_PREFIX } from "../../../src/protocol/conventions.ts";
import { MAX_FORMATTED_PARTS, MAX_FORMATTING_DEPTH } from "../../../src/protocol/limits.ts";
import { sanitize } from "../../../src/protocol/text/sanitize.ts";
import { FORMATTING_SAMPLES } from "../../helpers/formatting_samples.ts";
import { HARMLESS_TEXTS, HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";

for (const { text, blocks } of FORMATTING_SAMPLES) {
  Deno.test(`${JSON.stringify(text)} has its blocks`, () => {
    assertEquals(formatText(text.replace(ACTION_PREFIX, "")), blocks);
  });
}

/** A text is shown as typed if its only block is one paragraph with exactly this text. */
function isAsTyped(text: string): boolean {
  const [first, ...rest] = formatText(text);
  return rest.length === 0 && first?.type === "paragraph" && plainTextOf([first]) === text;
}

Deno.test("a text without markup is one paragraph with all its blanks and line breaks", () => {
  for (const text of ["", "hello", "  a\n\n\n\n b  \n", "a\tb", "x ~ y", "[a] (b)", "5 - 3 + 1.5", "* a".slice(1)]) {
    assertEquals(formatText(text), textAsTyped(text));
    assert(isAsTyped(text), text);
  }
});

Deno.test("addresses in a text with markup are those of the same text without", () => {
  const addresses = (text: string) =>
    formatText(text).flatMap((block) => block.type === "paragraph" ? block.parts : []).flatMap((part) =>
      part.type === "link" ? [part.href] : []
    );
  for (
    const text of [
      "see https://a.example/b_c_d, and HTTP://B.example!",
      "(https://a.example/b_(c))d",
      "javascript:https://a.example xhttps://b.example éhttps://c.example",
      "https://a.example/b*c*d https://a.example/~~e~~",
      "https:// https://[ https://a.example](https://b.example",
      "見https://a.example/b。然後",
    ]
  ) {
    assertEquals(addresses(`${text} *b*`), addresses(`${text} b`), text);
  }
});

Deno.test("a text of one paragraph has the parts that it has before other blocks", () => {
  const pieces = ["*", "_", "~~", "`", "\\", "[", "](https://a.example)", "a", " ", "\n", "1", "-", ">", "."];
  const property = fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
    const paragraph = `a${chosen.join("")}b*c*`;
    const [first, ...others] = formatText(`${paragraph}\n\n> d`);
    // The last two blocks are the empty line and the quote. A text with others is not one paragraph.
    if (others.length === 2 && others[1]!.type === "quote") assertEquals(formatText(paragraph), [first]);
  });
  fc.assert(property, { numRuns: 1_000 });
});

/** Lists in lists, each with two more blanks. */
const lists = (depth: number) => Array.from({ length: depth }, (_, nth) => `${"  ".repeat(nth)}- a`).join("\n");

Deno.test("what is nested deeper than the limit is shown as typed", () => {
  const deep = MAX_FORMATTING_DEPTH;
  assert(!isAsTyped(`${">".repeat(deep - 1)} a`));
  assert(isAsTyped(`${">".repeat(deep + 1)} a`));
  assert(!isAsTyped(lists(deep / 2 - 1)));
  assert(isAsTyped(lists(deep / 2 + 1)));
  assert(isAsTyped(`*a*\n\n${">".repeat(8_000)} a\n\n*b*`));
});

Deno.test("a text with more parts than the limit is shown as typed", () => {
  // Each has a part with the letter, and one with the blank after it.
  const pairs = (count: number) => Array(count).fill("*a*").join(" ");
  assertEquals(countParts(formatText(pairs(MAX_FORMATTED_PARTS / 2))), MAX_FORMATTED_PARTS - 1);
  assert(isAsTyped(pairs(MAX_FORMATTED_PARTS / 2 + 1)));
  assert(isAsTyped("- a\n".repeat(MAX_FORMATTED_PARTS / 2 + 1)));
});

Deno.test("marks that signs kept apart do not come together", () => {
  const marks = "\u0301".repeat(8);
  const text = `a${marks}**${marks}b**`;
  assertEquals(sanitize(text), text);
  assert(isAsTyped(text));
});

/** All texts of a tree are parts of the typed text, in its order. */
function assertNothingAdded(blocks: readonly TextBlock[], text: string): void {
  let end = 0;
  for (const char of plainTextOf(blocks)) {
    const index = text.indexOf(char, end);
    assert(index >= 0, `${JSON.stringify(char)} was not typed: ${JSON.stringify(text.slice(0, 80))}`);
    end = index + char.length;
  }
}

Deno.test("formatting loses no letter and adds no character, whatever the text", () => {
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, "");
  for (const { text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS, ...FORMATTING_SAMPLES]) {
    const typed = sanitize(text);
    for (const sample of [typed, `*${typed}*`, `> ${typed}`, `- ${typed}\n\n*a*`, `\`${typed}\``]) {
      const blocks = formatText(sample);
      assertEquals(letters(plainTextOf(blocks)), letters(sample));
      assertNothingAdded(blocks, sample);
    }
  }
});
