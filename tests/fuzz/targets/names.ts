import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MAX_NAME_BYTES, MAX_NAME_CHARS } from "../../../src/protocol/limits.ts";
import { foldCase, nameKeys, parseName, parseRoom, quote, skeleton } from "../../../src/protocol/text/names.ts";
import { WELL_FORMED_CHAR } from "../../helpers/any_text.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmlessLine, protocolErrorOf } from "./checks.ts";

const LETTER = fc.oneof(
  fc.constantFrom(..."adaIl10O_.'-ßẞſİıΑаеοѕΣσςǅµKÅﬁﬀ漢字ا٠०ก็"),
  WELL_FORMED_CHAR,
);

export const NAMES: Target = {
  name: "names",
  gateInputs: 10_000,
  words: ["ada", "#", "аda", "ADA", "İ", "ı", "ß", "ẞ", "ſ", "rn", "m", "ﬃ", "\u0345", "\u0301", "\u05d0", "٣"],
  arbitrary: fc.string({ unit: LETTER, maxLength: 12 }),
  open: pure(run),
};

/** A valid name is valid in every Unicode form, and no other member can have one that looks the same. */
function run(input: string): string {
  assertHarmlessLine(quote(input));
  let name = "";
  const noName = protocolErrorOf(() => name = parseName(input));
  const noRoom = protocolErrorOf(() => checkRoom(parseRoom(input)));
  if (noName === undefined) checkName(name, input);
  // Also for invalid names: search and history accept former names.
  const keys = nameKeys(input.slice(0, 100));
  assert(keys.length >= 1 && keys.length <= 4);
  return `${noName?.code ?? "name"}, ${noRoom?.code ?? "room"}`;
}

function checkName(name: string, input: string): void {
  checkShape(name);
  assertEquals(parseName(name), name);
  const keys = nameKeys(name);
  assertEquals(nameKeys(parseName(input.normalize("NFD"))), keys, "Another spelling, another name");
  for (const other of [name.toUpperCase(), name.toLowerCase(), foldCase(name), skeleton(name)]) {
    if (!isName(other)) continue;
    const shared = nameKeys(parseName(other)).some((key) => keys.includes(key));
    assert(shared, `${quote(name)} and ${quote(other)} count as different names`);
  }
}

function checkRoom(room: string): void {
  checkShape(room);
  for (const again of [room, `#${room}`, room.normalize("NFD")]) assertEquals(parseRoom(again), room);
  if (isName(room.toUpperCase())) assertEquals(parseRoom(room.toUpperCase()), room);
}

function checkShape(name: string): void {
  assertHarmlessLine(name);
  assert(name !== "" && name.isWellFormed() && !/\s/u.test(name));
  assert([...name].length <= MAX_NAME_CHARS);
  assert(new TextEncoder().encode(name).length <= MAX_NAME_BYTES);
}

function isName(text: string): boolean {
  return protocolErrorOf(() => parseName(text)) === undefined;
}
