import { assertEquals } from "@std/assert";
import { isVisible } from "../../../src/protocol/text/visible.ts";

Deno.test("blanks, fillers, line breaks and control characters are invisible, alone or after /me", () => {
  const blanks = ["", " ", "\n\r\n\t", "\u00a0\u3000", "\u3164", "\u115f\u1160\uffa0", "\u2800", "\u200b\u200d\ufeff"];
  for (const text of [...blanks, "\x00\x1b\x7f\x85", "\u2028\u202e", "\ufe0f\u034f", "\u{e0041}", "\u{1d159}"]) {
    assertEquals([isVisible(text), isVisible(`/me ${text}`)], [false, false], JSON.stringify(text));
  }
});

Deno.test("a single letter, sign, mark or emoji of any script is visible", () => {
  for (
    const text of ["a", "!", "/", "/me", "//", "~", "\u00e4", "\u674e", "\u0301", "\u{1f44d}", "\u2601\ufe0f", "\ue000"]
  ) {
    for (const shown of [text, `/me ${text}`, ` \n${text}`, `\u3164${text}`]) {
      assertEquals(isVisible(shown), true, JSON.stringify(shown));
    }
  }
});
