import { assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { parseCommand } from "../../../src/protocol/messages/validate.ts";
import { unknownCharacter } from "../../../src/protocol/text/known_characters.ts";
import { foldName, nameKeys, parseName } from "../../../src/protocol/text/names.ts";

/** All code points that are no surrogates, without planes that will hardly ever have letters. */
function* characters(): Iterable<string> {
  for (let code = 0; code <= 0xe0fff; code++) {
    if (code === 0x40000) code = 0xe0000;
    if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
  }
}

const KNOWN = [...characters()].filter((char) => unknownCharacter(char) === undefined);

Deno.test("all known characters are assigned on this Deno, and no other is on one with Unicode 16", () => {
  const assigned = [...characters()].filter((char) => !/\p{Cn}/u.test(char));
  const known = new Set(KNOWN);
  assertEquals(KNOWN.filter((char) => /\p{Cn}/u.test(char)), []);
  // Sidetic came with Unicode 17.
  const isNewer = /\p{L}/u.test("\u{10940}");
  if (!isNewer) assertEquals(assigned.filter((char) => !known.has(char)), []);
});

Deno.test("a command may not name a member or a room with a character that is not known, also if this Deno knows it", () => {
  const later = [...characters()].filter((char) => unknownCharacter(char) !== undefined && /\p{L}/u.test(char));
  // Without a newer Deno, only the check itself is tested here.
  for (const char of later) {
    for (const command of [{ type: "rename", name: `a${char}` }, { type: "join", room: `a${char}`, name: "a" }]) {
      assertThrows(() => parseCommand(command), ProtocolError, "Unicode 16, leave it out");
    }
  }
  assertEquals(unknownCharacter("a\u{10940}b\u{10941}"), "\u{10940}");
  assertEquals(unknownCharacter("\ud800"), "\ud800");
  assertEquals(["Ada", "\u0430\u0434\u0430", "\u{1c89}", "\u{20000}"].map(unknownCharacter), Array(4).fill(undefined));
});

Deno.test("known characters are folded, compared and refused in the same way on each Deno", () => {
  const hash = createHash("sha256");
  // Ideographs and private use, which have no case and look like nothing else, are left out to save time.
  for (
    const char of KNOWN.filter((char) => !/[\p{Co}\p{Unified_Ideograph}\p{Script=Hangul}\p{Script=Tangut}]/u.test(char))
  ) {
    hash.update(`${foldName(char)} ${nameKeys(char).join(" ")} ${nameOf(`a${char}`)}\n`);
  }
  assertEquals(hash.digest("hex"), "b575b5c58fdb8235e8f467b8f862fd3ca4ad94fe58b78f6e096004f94e8ac6fc");
});

function nameOf(raw: string): string {
  try {
    return parseName(raw);
  } catch {
    return "";
  }
}
