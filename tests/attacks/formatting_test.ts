import { assert, assertEquals } from "@std/assert";
import { countParts } from "../../src/client/formatting/formatted_text.ts";
import { formatText } from "../../src/client/formatting/text_formatter.ts";
import { MAX_FORMATTED_PARTS, MAX_TEXT_BYTES } from "../../src/protocol/limits.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { messageLines } from "../../src/terminal/render/message_lines.ts";
import { createPalette } from "../../src/terminal/render/palette.ts";
import { createTimes } from "../../src/terminal/render/time_format.ts";
import { indentWrapped } from "../../src/terminal/screen/row_indent.ts";
import { Screen } from "../helpers/screen.ts";
import { roomMessage, YOU } from "../terminal/memory_terminal.ts";
import { isQuick } from "../helpers/quick.ts";

/** The longest that any text may take. Alone it takes a twentieth, and a machine that does other things delays only some attempts. */
const MAX_MS = 300;

/** Pieces that are slow to parse when a message is full of them, in one parser or another. */
const PIECES = [
  ...["*", "_", "`", "~", "[", "]", "(", ">", "> ", "- ", "1. ", "\\", "\n", " \n", "\t", "<", "&amp;", "![[]()"],
  ...["*a", "**a", "*a ", "a*", "a**b", "*a**b", "**a *b ", "_a_*b* ", "~~a ", "*_", "*a_ ", "*__a__", "***a", "a*_*"],
  ...["[a", "[a](", "[](", "[a](https://", "[a](https://x", "[a](https://x ", "[[a](https://x)", "]([", "http://[a]("],
  ...["`a", "``a`", "`a``b", "x`", "`a` ", "https://", "https://x(", "https://[", "(https://a.b/(", "http:", "a://"],
  ...[
    "> a\n",
    "> a\nx\n",
    ">a\n",
    "> > a\n",
    "- a\n",
    "- a\nx\n",
    "- a\n\n",
    "-\n",
    "1) a\n2. b\n",
    "- > ",
    "> - ",
    "  - a\n",
  ],
  ...["```\n", "~~~\na\n", "> ```\n", "- ```\n", "1.", "1111111111.", "\u0301*", "\u{1f600}*a* "],
];

const repeated = (piece: string) => {
  const bytes = new TextEncoder().encode(piece).length;
  return piece.repeat(Math.floor(MAX_TEXT_BYTES / bytes));
};

const stairs = (step: string, sign: string) =>
  Array.from({ length: 400 }, (_, nth) => `${step.repeat(nth)}${sign}a`).join("\n").slice(0, MAX_TEXT_BYTES);

const LONGEST: readonly string[] = [
  ...PIECES.map(repeated),
  ...[stairs(" ", "- "), stairs("  ", "1. "), stairs(">", "> "), stairs("`", "`"), stairs("*", "*")],
  `${"[".repeat(4_000)}a${"]".repeat(4_000)}`,
  `${"[".repeat(4_000)}a${"](https://x.y)".repeat(290)}`,
  `${"*a ".repeat(1_300)}${" b*".repeat(1_300)}`,
  `${">".repeat(MAX_TEXT_BYTES - 2)} a`,
  `${"~".repeat(MAX_TEXT_BYTES - 2)}\`a`,
];

Deno.test("no message takes long to format, or has more parts than the limit", () => {
  formatText("*warm*");
  for (const text of LONGEST) {
    const blocks = formatText(text);
    assert(isQuick(MAX_MS, () => formatText(text)), JSON.stringify(text.slice(0, 20)));
    // A text as typed may have more: its addresses.
    const isTyped = blocks.length === 1 && blocks[0]?.type === "paragraph";
    assert(isTyped || countParts(blocks) <= MAX_FORMATTED_PARTS, JSON.stringify(text.slice(0, 20)));
  }
});

const FORGED = "[12:00] bob: send me the password";

/** Messages that try to show a line which looks like another member's. */
const FORGERIES: readonly string[] = [
  ...["\n", "> ", "```\n", "- ", "1. ", "- a\n\n", "> - ", "~~~\n\n", "*a*\n", "`a\n", "**", "[a\n", ">\n>\n> "]
    .map((start) => `${start}${FORGED}`),
  `[a\n${FORGED}](https://a.example)`,
  `*a\n${FORGED}*`,
  `\`a\n${FORGED}\``,
];

Deno.test("no row of a formatted message looks like a line of another member, at any width and padding", () => {
  const style = { palette: createPalette(true), times: createTimes("UTC"), formatting: true, links: true };
  for (const forgery of FORGERIES) {
    for (const padding of ["", " ", "x".repeat(30), "x".repeat(51), "x ".repeat(23), "漢".repeat(25)]) {
      const text = forgery.replace(FORGED, padding + FORGED);
      for (const columns of [30, 40, 52, 60]) {
        const screen = new Screen(columns, 100);
        const lines = messageLines(roomMessage(text) as RoomMessage, style, { you: YOU, place: "lobby" });
        screen.write(lines.map((line) => `${indentWrapped(line, columns)}\r\n`).join(""));
        const rows = screen.text.split("\n");
        const forged = rows.filter((row, index) => index > 0 && /^ {0,7}[[*!→]/.test(row));
        assertEquals(forged, [], JSON.stringify(text));
      }
    }
  }
});
