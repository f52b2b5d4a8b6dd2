import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { countParts, plainTextOf, type TextBlock } from "../../../src/client/formatting/formatted_text.ts";
import { formatText, textAsTyped } from "../../../src/client/formatting/text_formatter.ts";
import { MAX_FORMATTED_PARTS, MAX_TEXT_BYTES } from "../../../src/protocol/limits.ts";
import { sanitize } from "../../../src/protocol/text/sanitize.ts";
import { pure, type Target } from "../target.ts";
import { few } from "./checks.ts";

const MARKUP = [
  ...[
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "\n```\n",
    "\n~~~\n",
    "\n> ",
    "\n- ",
    "\n1. ",
    "\n  - ",
    "\n\n",
    "\n",
  ],
  ...[
    "[",
    "](https://a.example)",
    "](",
    ")",
    "https://a.example/b_c",
    "://",
    "http",
    "\\",
    "    ",
    "\t",
    " ",
    "a",
    "b1",
  ],
  ...["---", "-", "#", "|", "<b>", "&amp;", "![", "^_^", "é", "漢", "🎉", "\u0301".repeat(8), "\u200d", "zoe"],
];

export const FORMATTING: Target = {
  name: "formatting",
  gateInputs: 4_000,
  words: MARKUP,
  arbitrary: fc.array(fc.oneof(fc.constantFrom(...MARKUP), fc.string({ unit: "binary", maxLength: 6 })), {
    maxLength: 40,
  }).map((parts) => parts.join("")),
  open: pure(run),
};

/** A formatted text shows only typed characters, in their order, all of its letters and digits, and stays harmless. */
function run(input: string): string {
  // Longer messages are refused before.
  const typed = sanitize(input.slice(0, MAX_TEXT_BYTES));
  const blocks = formatText(typed);
  const shown = plainTextOf(blocks);
  assertEquals(lettersOf(shown), lettersOf(typed));
  assertTyped(shown, typed);
  assertEquals(sanitize(shown), shown);
  const isTyped = JSON.stringify(blocks) === JSON.stringify(textAsTyped(typed));
  assert(isTyped || countParts(blocks) <= MAX_FORMATTED_PARTS);
  return isTyped ? "as typed" : `${few(blocks.length)} blocks: ${[...new Set(blocks.map(kindOf))].sort().join(" ")}`;
}

function kindOf(block: TextBlock): string {
  return block.type;
}

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Every character was typed, in the same order. The rest of a tab that ends an indentation is shown as blanks. */
function assertTyped(shown: string, typed: string): void {
  const expanded = typed.replaceAll("\t", "    ");
  let end = 0;
  for (const char of shown.replaceAll("\t", "    ")) {
    const index = expanded.indexOf(char, end);
    assert(index >= 0, `${JSON.stringify(char)} was not typed there`);
    end = index + char.length;
  }
}
