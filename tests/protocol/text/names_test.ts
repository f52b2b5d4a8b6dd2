import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { MAX_NAME_BYTES, MAX_NAME_CHARS } from "../../../src/protocol/limits.ts";
import { foldName, nameKeys, parseName, parseRoom, quote } from "../../../src/protocol/text/names.ts";
import { isReserved, RESERVED_NAMES } from "../../../src/protocol/text/reserved_names.ts";
import { utf8Length } from "../../../src/protocol/text/utf8_length.ts";
import { HOSTILE_TEXTS, isDangerous } from "../../helpers/hostile_texts.ts";
import { protocolErrorOf } from "../../helpers/throws.ts";

const ANY_CHAR = fc.integer({ min: 0, max: 0x2ffff }).map((code) => String.fromCodePoint(code));
const ODD_CHAR = fc.constantFrom("a", "ß", "İ", "ŉ", "ΐ", "#", "-", "\u0301", "\ud800");
const ANY_LETTER = fc.integer({ min: 0xc0, max: 0x52f }).map((code) => String.fromCodePoint(code));
const ANY_TEXT = fc.oneof(
  fc.string({ unit: fc.oneof(ODD_CHAR, ANY_LETTER) }),
  fc.string({ unit: fc.oneof(ODD_CHAR, ANY_CHAR) }),
);

Deno.test("a name consists of letters and digits of any script, and of _ . ' - after the first character", () => {
  const names = [
    "ada",
    "Ada",
    "a",
    "7of9",
    "_",
    "O'Brien",
    "jean-luc",
    "r.daneel",
    "Зоя",
    "李小龙",
    "עדה",
    "नमिता",
    "ada_",
    "é",
  ];
  for (const name of names) assertEquals(parseName(name), name.normalize("NFKC"));
});

Deno.test("a name is normalized to NFKC", () => {
  assertEquals(parseName("\uff21\uff44\uff41"), "Ada");
  assertEquals(parseName("e\u0301ric"), "\u00e9ric");
  assertEquals(parseName("\ufb01ona"), "fiona");
  assertEquals(parseName("\u2460"), "1");
});

Deno.test("a name that begins with a sign, or holds a blank or another sign, is name_invalid", () => {
  const names = [
    "",
    " ",
    "ada ",
    " ada",
    "a b",
    "-a",
    ".a",
    "'a",
    "\u0301a",
    "#a",
    "@a",
    "a:b",
    "a/b",
    "a,b",
    "<a>",
    "a*",
    "😀",
  ];
  for (const name of names) assertEquals(protocolErrorOf(() => parseName(name)).code, "name_invalid", name);
});

Deno.test("typographic apostrophes in a name become plain ones", () => {
  for (const name of ["O\u2019Brien", "O\u2018Brien", "O\u02bcBrien", "O\uff07Brien"]) {
    assertEquals(parseName(name), "O'Brien");
    assertEquals(parseRoom(name), "o'brien");
    assertEquals(foldName(name), "o'brien");
  }
  assertEquals(protocolErrorOf(() => parseName("\u2019ada")).code, "name_invalid");
});

Deno.test("the error for a name with a blank suggests the name without it", () => {
  for (const name of ["Ada Lovelace", " Ada Lovelace", "Ada \t Lovelace ", "Ada\u3000Lovelace", "Ada\u00a0Lovelace"]) {
    assertStringIncludes(
      protocolErrorOf(() => parseName(name)).message,
      'no blanks in names, use "Ada_Lovelace" instead',
    );
    assertStringIncludes(
      protocolErrorOf(() => parseRoom(name)).message,
      'no blanks in names, use "Ada_Lovelace" instead',
    );
  }
  for (const name of [" ", "Ada :)", `Ada ${"Lovelace ".repeat(9)}`]) {
    assertStringIncludes(protocolErrorOf(() => parseName(name)).message, "no blanks in names, only letters and digits");
  }
});

const IN_PLACE = [
  "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", // Ali-Reza in Persian
  "\u0645\u0650\u200c\u0645", // with a vowel mark before the ZWNJ
  "\u0936\u094d\u200d\u0930\u0940", // Hindi, ZWJ after a virama
  "\u0915\u094d\u200c\u0937", // Hindi, ZWNJ after a virama
  "\u0dc1\u0dca\u200d\u0dbb\u0dd3", // Sri in Sinhala
  "\u0d05\u0d35\u0d28\u0d4d\u200d", // a final letter of Malayalam
];

Deno.test("a name may have ZWNJ and ZWJ where RFC 5892 allows them", () => {
  for (const name of IN_PLACE) assertEquals(parseName(name), name);
});

Deno.test("ZWNJ and ZWJ are refused where they would be invisible", () => {
  const refused = [
    "ad\u200ca",
    "ad\u200da",
    "\u0430\u200c\u0434", // Cyrillic
    "\u674e\u200d\u5c0f", // Han
    "\u0639\u0644\u06cc\u200d\u0631", // ZWJ between Arabic letters
    "\u0631\u200c\u0639", // after a letter that does not join
    "\u0639\u200c\u0621", // before a letter that does not join
    "\u0639\u0644\u06cc\u200c", // at the end
    "\u200c\u0639\u0644\u06cc",
    "\u0639\u200c\u200c\u0639",
    "\u0915\u094d\u200d\u200d\u0937",
    "\u0915\u200d\u0937", // without a virama
    "\u{1f468}\u200d\u{1f4bb}", // emoji
  ];
  for (const name of refused) {
    assertEquals(protocolErrorOf(() => parseName(name)).code, "name_invalid", name);
    assertEquals(protocolErrorOf(() => parseRoom(name)).code, "invalid", name);
  }
});

Deno.test("names and rooms that differ only in joiners are the same", () => {
  for (const name of IN_PLACE) {
    const bare = name.replace(/[\u200c\u200d]/g, "");
    assertEquals(nameKeys(name), nameKeys(bare));
    assertEquals(foldName(name), foldName(bare));
    assertEquals(parseRoom(name), parseRoom(bare));
    assert(clash(`${name}.`, bare));
  }
});

Deno.test("a name with any control, format, blank, separator or invisible character of Unicode is refused", () => {
  const refused = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$/u;
  const accepted: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const char = String.fromCodePoint(code);
    if (!refused.test(char)) continue;
    for (const name of [`ad${char}a`, `${char}ada`, `ada${char}`]) {
      if (isValidName(name)) accepted.push(`U+${code.toString(16)}`);
    }
  }
  assertEquals(accepted, []);
});

function isValidName(name: string): boolean {
  try {
    parseName(name);
    return true;
  } catch {
    return false;
  }
}

Deno.test("a name has at most 32 characters, counted after normalization", () => {
  assertEquals(parseName("a".repeat(MAX_NAME_CHARS)), "a".repeat(32));
  assertEquals(protocolErrorOf(() => parseName("a".repeat(MAX_NAME_CHARS + 1))).code, "name_invalid");
  assertEquals(parseName("e\u0301".repeat(MAX_NAME_CHARS)), "\u00e9".repeat(32));
  assertEquals(parseName("\ufb03".repeat(10)), "ffi".repeat(10));
  assertEquals(protocolErrorOf(() => parseName("\ufb03".repeat(11))).code, "name_invalid");
});

Deno.test("a name has at most 96 bytes, counted after normalization", () => {
  assertEquals(parseName("\u{10400}".repeat(MAX_NAME_BYTES / 4)).length, 48);
  assertEquals(protocolErrorOf(() => parseName("\u{10400}".repeat(MAX_NAME_BYTES / 4 + 1))).code, "name_invalid");
});

Deno.test("a name of a million characters is refused with a short error", () => {
  const error = protocolErrorOf(() => parseName("a".repeat(1_000_000)));
  assertEquals(error.code, "name_invalid");
  assert(error.message.length < 300);
});

Deno.test("any text is name_invalid or becomes a name that parses to itself", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      const name = resultOf(() => parseName(text), "name_invalid");
      if (name === undefined) return;
      assertEquals(parseName(name), name);
      assert([...name].length <= MAX_NAME_CHARS && utf8Length(name) <= MAX_NAME_BYTES);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("any text is invalid or becomes a room that parses to itself", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      const room = resultOf(() => parseRoom(text), "invalid");
      if (room !== undefined) assertEquals(parseRoom(room), room);
    }),
    { numRuns: 2_000 },
  );
});

function resultOf(parse: () => string, code: string): string | undefined {
  try {
    return parse();
  } catch {
    assertEquals(protocolErrorOf(parse).code, code);
    return undefined;
  }
}

Deno.test("a room whose lower case exceeds the limit is refused, because it could never be named again", () => {
  assertEquals(parseRoom("ß".repeat(16)), "s".repeat(32));
  assertEquals(protocolErrorOf(() => parseRoom("ß".repeat(17))).code, "invalid");
});

Deno.test("a room of any single character parses to itself", () => {
  for (let code = 0; code <= 0xffff; code++) {
    const room = resultOf(() => parseRoom(String.fromCharCode(code)), "invalid");
    if (room !== undefined) assertEquals(parseRoom(room), room, `U+${code.toString(16)}`);
  }
});

Deno.test("a room is lower-cased and loses one leading #", () => {
  assertEquals(["lobby", "#lobby", "LOBBY", "#Lobby", "ＬＯＢＢＹ"].map(parseRoom), Array(5).fill("lobby"));
  for (const room of ["", "#", "##lobby", "# lobby", "a b", "/etc", "lo\u202ebby"]) {
    const error = protocolErrorOf(() => parseRoom(room));
    assertEquals(error.code, "invalid");
    assertMatch(error.message, /^Field room is /);
  }
});

Deno.test("the error for a hostile name shows no character that could draw", () => {
  for (const { what, text } of HOSTILE_TEXTS) {
    for (const shown of [quote(text), protocolErrorOf(() => parseName(`${text}!`)).message]) {
      const dangerous = [...shown].filter((char) => isDangerous(char) || char === "\n" || char === "\t");
      assertEquals(dangerous, [], what);
    }
  }
});

function clash(one: string, other: string): boolean {
  const keys = nameKeys(parseName(one));
  return nameKeys(parseName(other)).some((key) => keys.includes(key));
}

Deno.test("names that differ only in case or in look-alike letters clash", () => {
  const pairs: [string, string][] = [
    ["ada", "ADA"],
    ["ada", "Ada"],
    ["ada", "\u0430da"], // Cyrillic a
    ["ada", "\u0410DA"], // Cyrillic capital A
    ["\u048b", "\u0439\u0326"], // short i with a tail, and with a comma below
    ["paypal", "\u0440\u0430\u0443\u0440\u0430l"],
    ["bob", "\u0412OB"], // Cyrillic Ve
    ["abba", "\u0391\u0392\u0392\u0391"], // Greek capitals
    ["bob", "b\u03bfb"], // Greek omicron
    ["Ivan", "ivan"],
    ["Ivan", "lvan"],
    ["lvan", "1van"],
    ["oscar", "0scar"],
    ["OSCAR", "0scar"],
    ["modern", "rnodern"],
    ["strasse", "stra\u00dfe"],
    ["o'neil", "o\u02bcneil"],
    ["ada", "\u00e4da"],
    ["guest", "gues\u1e6d"],
    ["guest", "guest."],
    ["guest'", "guest_-"],
    ["ada", "ada\u0640"], // tatweel
    ["wolf", "vvolf"],
    ["Wolf", "VVOLF"],
    ["wolf", "VvoLf"],
    ["guest", "guest\u02be"],
    ["guest1", "guest1\u0323"],
    ["\u00d8yvind", "Oyvind"],
    ["\u0391\u03c1\u03b9\u03ac\u03b4\u03bd\u03b7", "\u0391\u03c1\u03b9\u03b1\u03b4\u03bd\u03b7"],
    ["\u0451\u0436", "\u0435\u0436"],
    ["soso", "\u0455\u043e\u0455\u043e"],
  ];
  for (const [one, other] of pairs) {
    assert(clash(one, other), `${one} and ${other}`);
    assert(clash(other, one), `${other} and ${one}`);
  }
});

Deno.test("names that the eye can tell apart do not clash", () => {
  const pairs: [string, string][] = [
    ["ivan", "lvan"],
    ["ada", "adam"],
    ["bob", "rob"],
    ["ada", "\u0430\u0434\u0430"],
    ["jean-luc", "jeanluc"],
    ["李", "本"],
    ["a.b", "a-b"],
    ["_", "__"],
    ["guest.a", "guesta"],
    ["\u05d3\u05e0\u05d9", "\u05d3\u05df"], // Hebrew, where yod looks like an apostrophe
    ["\u05d2\u05dc\u05d9", "\u05d2\u05dc"],
    ["\u0938\u0940", "\u0938"], // Devanagari, where marks are vowels
    ["\u0661\u0660", "\u0661"], // Arabic digits, where a dot is a zero
  ];
  for (const [one, other] of pairs) assert(!clash(one, other), `${one} and ${other}`);
});

Deno.test("every name clashes with itself in any case", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      const name = resultOf(() => parseName(text), "name_invalid");
      if (name === undefined) return;
      for (const other of [name.toUpperCase(), name.toLowerCase()]) {
        if (isValidName(other)) assert(clash(name, other), `${name} and ${other}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("reserved names stay reserved in any case, with marks, in look-alikes and with trailing punctuation", () => {
  for (const name of [...RESERVED_NAMES, "Admin", "\u0430dmin", "h\u00e9re", "SERVER_", "0wner", "rnoderator"]) {
    assert(isReserved(parseName(name)), name);
  }
  for (const name of ["admins", "admin2", "theowner", "hero", "ada", "_"]) assert(!isReserved(parseName(name)), name);
});
