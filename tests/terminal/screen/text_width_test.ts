import { assert, assertEquals } from "@std/assert";
import { graphemes, textWidth, truncate, wrap } from "../../../src/terminal/screen/text_width.ts";
import { WIDTH_SAMPLES } from "../width_samples.ts";

Deno.test("width: more than two hundred texts have the width that Unicode defines", () => {
  assert(WIDTH_SAMPLES.length > 200);
  for (const { text, width } of WIDTH_SAMPLES) assertEquals(textWidth(text), width, JSON.stringify(text));
});

Deno.test("width: the width of a text is the sum of its graphemes' widths", () => {
  const all = WIDTH_SAMPLES.map(({ text }) => text).join(" ");
  assertEquals(graphemes(all).join(""), all);
  const width = WIDTH_SAMPLES.reduce((sum, sample) => sum + sample.width, WIDTH_SAMPLES.length - 1);
  assertEquals(textWidth(all), width);
});

Deno.test("width: rows contain the whole text, none is too wide, and offsets are right", () => {
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

Deno.test("width: a full last row is followed by an empty row for the cursor", () => {
  assertEquals(wrap("abcd", { columns: 4, first: 0, next: 0 }).map(({ text }) => text), ["abcd", ""]);
  assertEquals(wrap("ab", { columns: 4, first: 2, next: 0 }).map(({ text }) => text), ["ab", ""]);
});

Deno.test("width: a truncated text ends in an ellipsis and fits", () => {
  assertEquals(truncate("hello", 5), "hello");
  assertEquals(truncate("hello!", 5), "hell…");
  assertEquals(truncate("漢字漢字", 5), "漢字…");
  assertEquals(truncate("漢字漢字", 4), "漢…");
});
