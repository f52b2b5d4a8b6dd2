import { assert, assertEquals } from "@std/assert";
import { graphemes, textWidth, truncate, wrap } from "../../src/terminal/width.ts";

const WIDTHS: readonly [string, number][] = [
  ["", 0],
  ["a", 1],
  ["hello, world", 12],
  ["é", 1],
  ["e\u0301", 1],
  ["a\u0300\u0301\u0302", 1],
  ["ñandú", 5],
  ["漢字", 4],
  ["ひらがな", 8],
  ["カタカナ", 8],
  ["ｶﾀｶﾅ", 4],
  ["ＡＢＣ", 6],
  ["한국어", 6],
  ["\u1112\u1161\u11ab", 2],
  ["สวัสดี", 4],
  ["مرحبا", 5],
  ["שלום", 4],
  ["мир", 3],
  ["Ελλάδα", 6],
  ["क्ष", 2],
  ["…", 1],
  ["→", 1],
  ["│", 1],
  ["。", 2],
  ["，", 2],
  ["「」", 4],
  ["\u3000", 2],
  ["\u200d", 0],
  ["\u00ad", 1],
  ["😀", 2],
  ["👍🏽", 2],
  ["✌🏽", 2],
  ["❤", 1],
  ["❤️", 2],
  ["☺️", 2],
  ["☎️", 2],
  ["1️⃣", 2],
  ["#️⃣", 2],
  ["⌚", 2],
  ["⏰", 2],
  ["©", 1],
  ["©️", 2],
  ["👩‍👩‍👧", 2],
  ["👨‍💻", 2],
  ["🏳️‍🌈", 2],
  ["🧑🏿‍🚀", 2],
  ["❤️‍🔥", 2],
  ["🇩🇪", 2],
  ["🇩🇪🇫🇷", 4],
  ["🇩", 1],
  ["🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", 2],
  ["a漢b", 4],
  ["🀄", 2],
  ["𝒜", 1],
  ["𠀀", 2],
];

Deno.test("width: a table of texts and the columns they take", () => {
  for (const [text, width] of WIDTHS) assertEquals(textWidth(text), width, JSON.stringify(text));
});

Deno.test("width: the width of a text is that of its graphemes, side by side", () => {
  const all = WIDTHS.map(([text]) => text).join(" ");
  assertEquals(graphemes(all).join(""), all);
});

Deno.test("width: rows hold the whole text, none is too wide, and offsets are right", () => {
  const text = "hello 漢字漢字 👩‍👩‍👧🇩🇪 one\ntwo e\u0301e\u0301e\u0301\n\nthree and more of it";
  for (let columns = 2; columns < 30; columns++) {
    const rows = wrap(text, { columns, first: 0, next: 0 });
    let offset = 0;
    for (const row of rows) {
      assert(row.width <= columns);
      assertEquals(row.width, textWidth(row.text));
      assertEquals(text.slice(row.start, row.end), row.text);
      if (row.broken) assertEquals(text[offset++], "\n");
      assertEquals(row.start, offset);
      offset = row.end;
    }
    assertEquals(offset, text.length);
  }
});

Deno.test("width: a wide character that does not fit begins the next row", () => {
  const rows = wrap("abc漢", { columns: 4, first: 0, next: 0 });
  assertEquals(rows.map(({ text }) => text), ["abc", "漢"]);
});

Deno.test("width: a full row has an empty one behind it, for the cursor", () => {
  assertEquals(wrap("abcd", { columns: 4, first: 0, next: 0 }).map(({ text }) => text), ["abcd", ""]);
  assertEquals(wrap("ab", { columns: 4, first: 2, next: 0 }).map(({ text }) => text), ["ab", ""]);
});

Deno.test("width: what is cut ends in an ellipsis and fits", () => {
  assertEquals(truncate("hello", 5), "hello");
  assertEquals(truncate("hello!", 5), "hell…");
  assertEquals(truncate("漢字漢字", 5), "漢字…");
  assertEquals(truncate("漢字漢字", 4), "漢…");
});
