import { assertEquals } from "@std/assert";
import { fromBase64Url, toBase64Url } from "../../../src/protocol/identity/base64url.ts";

Deno.test("bytes of every length round-trip, and are written as the runtime writes them", () => {
  for (let length = 0; length <= 70; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    assertEquals(toBase64Url(bytes), text);
    assertEquals(fromBase64Url(text), bytes);
  }
});

Deno.test("each byte sequence has one text: padding, other alphabets and set unused bits are refused", () => {
  assertEquals(fromBase64Url("-_8"), Uint8Array.of(0xfb, 0xff));
  for (const text of ["-_8=", "+/8", "-_9", "-_-", "-", "AAAAA", " AAAA", "AA A", "ＡＡ", "\u{1f600}"]) {
    assertEquals(fromBase64Url(text), undefined, text);
  }
});
