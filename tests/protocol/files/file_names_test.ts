import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseFileName, safeFileName, wireFileName } from "../../../src/protocol/files/file_names.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { MAX_FILE_NAME_BYTES } from "../../../src/protocol/limits.ts";
import { HARMLESS_TEXTS, HOSTILE_TEXTS } from "../../helpers/hostile_texts.ts";

const FAMILY = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}";

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

function isValid(name: string): boolean {
  try {
    return parseFileName(name) === name;
  } catch (error) {
    assert(error instanceof ProtocolError && error.code === "invalid", String(error));
    return false;
  }
}

Deno.test("usual names of any script, with blanks, marks and emoji, are valid and safe as they are", () => {
  const names = [
    "photo.jpg",
    "Meeting notes (final) v2.pdf",
    "résumé.pdf",
    "re\u0301sume\u0301.pdf".normalize("NFC"),
    "отчёт.docx",
    "写真 1.png",
    "فایل‌ها.txt",
    `${FAMILY}.png`,
    "a.tar.gz",
    "Makefile",
    "it's 100% & more; #1 @home ~ $5.txt",
    "con-tract.txt",
    "console.log",
    "com10.txt",
  ];
  for (const name of names) assertEquals([isValid(name), safeFileName(name)], [true, name]);
});

Deno.test("a name on the wire has no separator, control or bidi character, names something, and has at most 255 bytes", () => {
  const bad = [
    ...["", ".", "..", " ", "\u3164", "\u200d", "\ud800", "a\udc00.txt"],
    ...["a/b", "/etc/passwd", "..\\up.txt", "C:\\x", "a\0.txt", "a\nb", "a\tb", "a\x1b[2J", "a\x7f", "a\x9b"],
    ...["photo\u202egpj.exe", "\u2066a\u2069", "a\u200eb", "a\u2028b", "a\ufeffb", `a${"\u0301".repeat(9)}`],
    ...["a".repeat(MAX_FILE_NAME_BYTES + 1), "é".repeat(128), "a".repeat(1_000_000)],
  ];
  for (const name of bad) assert(!isValid(name), JSON.stringify(name.slice(0, 40)));
  for (const name of ["a".repeat(MAX_FILE_NAME_BYTES), `a${"é".repeat(127)}`, "..."]) assert(isValid(name));
});

Deno.test("a bad name gets an error that quotes it without control characters and says what to do", () => {
  const messageOf = (name: string) => assertThrows(() => parseFileName(name), ProtocolError).message;
  assertEquals(messageOf("a/b"), 'File name "a/b" is not valid: leave out the folder');
  assertMatch(messageOf("a\u202eb"), /^File name "a\\u\{202e\}b" is not valid: leave out control characters/);
  assertMatch(messageOf("a".repeat(5_000)), /^.{1,120}: use at most 255 bytes$/);
});

Deno.test("wireFileName makes a valid name of any text, and keeps valid names", () => {
  for (const { text } of HOSTILE_TEXTS) assert(isValid(wireFileName(text)), JSON.stringify(text));
  assertEquals(wireFileName("a/b\\c.txt"), "a_b_c.txt");
  assertEquals(wireFileName("re\u0301sume\u0301.pdf"), "r\u00e9sum\u00e9.pdf");
  assertEquals(["", ".", "..", "\u200d"].map(wireFileName), ["file", "file", "file", "file"]);
  assertEquals(wireFileName(`${"é".repeat(10_000)}.pdf`).slice(-4), "éééé");
  assertEquals(wireFileName(`${"a".repeat(300)}.pdf`), `${"a".repeat(251)}.pdf`);
});

Deno.test("names that Windows reserves for devices get an underscore, with any extension and in any case", () => {
  const names = ["CON", "con.txt", "Nul.tar.gz", "AUX .txt", "prn", "COM1", "com0.log", "LPT9.x", "LPT¹.txt", "conin$"];
  for (const name of names) assertEquals(safeFileName(name), `_${name}`);
  assertEquals(safeFileName("..con.txt"), "_con.txt");
  assertEquals(safeFileName("nul..."), "_nul");
});

Deno.test("a saved name has no dots and blanks at its ends, no leading dash, and no character that Windows refuses", () => {
  const cases: [string, string][] = [
    ["a.txt.", "a.txt"],
    ["a.txt . .", "a.txt"],
    ["a \u00a0\u3000", "a"],
    [".bashrc", "bashrc"],
    [". .ssh", "ssh"],
    ["...", "file"],
    [".\u200d", "file"],
    ["-rf", "_rf"],
    [`a<b>c:d"e|f?g*h.txt`, "a_b_c_d_e_f_g_h.txt"],
    ["file.txt:stream", "file.txt_stream"],
    ["../../etc/passwd", "_.._etc_passwd"],
  ];
  for (const [raw, safe] of cases) assertEquals(safeFileName(raw), safe);
});

Deno.test("what Windows obeys unasked gets an extension that it does not know", () => {
  const names = ["desktop.ini", "Thumbs.DB", "AUTORUN.INF", "game.lnk", "x.URL", "a.scf", "a.{ED7BA470-8E54-465E}"];
  for (const name of names) assertEquals(safeFileName(name), `${name}.download`);
  assertEquals(safeFileName("CON.lnk"), "_CON.lnk.download");
  assertEquals(safeFileName("my desktop.ini"), "my desktop.ini");
  assertEquals(safeFileName(`${"a".repeat(251)}.lnk.${"b".repeat(300)}`), `${"a".repeat(246)}.download`);
});

Deno.test("a long name is cut between characters as people see them, and keeps its extension", () => {
  const cases: [string, string][] = [
    [`${"a".repeat(400)}.jpeg`, ".jpeg"],
    [`${"é".repeat(200)}.pdf`, "é.pdf"],
    [`${"x\u0301\u0302".repeat(100)}.pdf`, "x\u0301\u0302.pdf"],
    [`${FAMILY.repeat(30)}.png`, `${FAMILY}.png`],
    [`${"\u{1f1e9}\u{1f1ea}".repeat(60)}.png`, "\u{1f1e9}\u{1f1ea}.png"],
  ];
  for (const [raw, end] of cases) {
    const safe = safeFileName(raw);
    assert(isValid(safe) && safe.endsWith(end) && bytesOf(safe) > MAX_FILE_NAME_BYTES - 30, safe);
    const stem = safe.slice(0, safe.lastIndexOf("."));
    const unit = end.slice(0, end.indexOf("."));
    if (unit !== "") assertEquals(stem.replaceAll(unit, ""), "");
  }
  assertEquals(safeFileName(`${"a".repeat(250)} ${"b".repeat(50)}.`), `${"a".repeat(250)} bbb`);
  assertEquals(safeFileName(`${"a".repeat(254)}. b.${"c".repeat(40)}`), "a".repeat(254));
});

Deno.test("one character longer than a name is cut between code points", () => {
  const safe = safeFileName(`${`\u{1f468}\u200d`.repeat(100)}.png`);
  assert(isValid(safe) && safe.endsWith(".png"), safe);
});

Deno.test("further names have a number before the extension, also at full length", () => {
  assertEquals([2, 10].map((nth) => safeFileName("photo.jpg", nth)), ["photo (2).jpg", "photo (10).jpg"]);
  assertEquals(safeFileName("Makefile", 2), "Makefile (2)");
  assertEquals(safeFileName("CON.txt", 2), "_CON (2).txt");
  assertEquals(safeFileName(`${"a".repeat(300)}.pdf`, 12), `${"a".repeat(246)} (12).pdf`);
});

Deno.test("every text becomes a name that is safe, also when it is made safe again", () => {
  for (const { text } of [...HOSTILE_TEXTS, ...HARMLESS_TEXTS]) {
    for (const raw of [text, `${text}.txt`, `.${text}.`, text.repeat(50)]) {
      const safe = safeFileName(raw);
      assert(isValid(safe) && !/[<>:"/\\|?*]|^[.\s-]|[.\s]$/u.test(safe), JSON.stringify([raw.slice(0, 50), safe]));
      assertEquals(safeFileName(safe), safe);
    }
  }
});
