import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { canonicalJson, deviceText, entryText, joinText } from "../../../src/protocol/identity/signed_text.ts";

Deno.test("fields are sorted by UTF-16 units and escaped as in RFC 8785, section 3.2.2.2", () => {
  const fields = {
    "\u20ac": "Euro",
    "\r": "CR",
    "\u{1f600}": "Emoji",
    "\ufb33": "Dalet",
    "1": "One",
    "\u0080": "Control",
  };
  assertEquals(
    canonicalJson(fields),
    '{"\\r":"CR","1":"One","\u0080":"Control","\u20ac":"Euro","\u{1f600}":"Emoji","\ufb33":"Dalet"}',
  );
  assertEquals(
    canonicalJson({ text: '\u20ac$\u000f\nA\'B"\\\\"/' }),
    '{"text":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

Deno.test("absent fields are left out, and half of a surrogate pair is refused", () => {
  assertEquals(canonicalJson({ b: undefined, a: "" }), '{"a":""}');
  assertThrows(() => canonicalJson({ text: "\ud83d" }));
});

Deno.test("other fields always give another text", () => {
  const texts = fc.dictionary(fc.string(), fc.string({ unit: "grapheme" }), { maxKeys: 4 });
  fc.assert(
    fc.property(texts, (fields) => {
      assertEquals(JSON.parse(canonicalJson(fields)), { ...fields });
    }),
    { numRuns: 200 },
  );
});

Deno.test("a field that is not part of a kind is not signed", () => {
  const entry = { type: "message", chat: "c", room: "lobby", id: "i", author: "a", time: "t", text: "Hi" } as const;
  const stored = { ...entry, seq: 7, at: "later" };
  assertEquals(entryText(stored), entryText(entry));
  assertNotEquals(entryText({ ...entry, room: undefined, to: "lobby" }), entryText(entry));
});

Deno.test("a file is signed by its id, name, size and hash, and a message without one as before", () => {
  const entry = { type: "message", chat: "c", room: "lobby", id: "i", author: "a", time: "t", text: "" } as const;
  const file = { id: "f", name: "a.png", size: 12, sha256: "h" };
  const text = entryText({ ...entry, file });
  assertEquals(JSON.parse(text.split("\n")[1]!), { ...entry, file: "f", name: "a.png", size: "12", sha256: "h" });
  for (const other of [{ id: "g" }, { name: "b.png" }, { size: 13 }, { sha256: "i" }]) {
    assertNotEquals(entryText({ ...entry, file: { ...file, ...other } }), text);
  }
  assertEquals(entryText({ ...entry, file: undefined }), entryText(entry));
});

Deno.test("texts of different kinds never begin alike", () => {
  const join = joinText({ chat: "c", nonce: "n", host: "h", key: "k" });
  const device = deviceText({ action: "add", chat: "c", member: "m", number: 1, key: "k", time: "t", by: "b" });
  const entry = entryText({ type: "deleted", chat: "c", room: "r", id: "i", author: "a", time: "t", of: "o" });
  assertEquals(new Set([join, device, entry].map((text) => text.split("\n")[0])).size, 3);
});
