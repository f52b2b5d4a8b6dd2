import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseFileName, safeFileName, wireFileName } from "../../../src/protocol/files/file_names.ts";
import { MAX_FILE_NAME_BYTES } from "../../../src/protocol/limits.ts";
import { WELL_FORMED_CHAR } from "../../helpers/any_text.ts";
import { pure, type Target } from "../target.ts";
import { assertHarmlessLine, protocolErrorOf } from "./checks.ts";

const LETTER = fc.oneof(fc.constantFrom(...'a.-_ /\\:*?"<>|\u0301\u200d\u{1f469}\u202e\u00a0'), WELL_FORMED_CHAR);

export const FILE_NAMES: Target = {
  name: "file-names",
  gateInputs: 3_000,
  words: ["CON", ".txt", "..", "/", "\\", "desktop.ini", ".lnk", "NUL.", " .", "\u{1f469}\u200d", "é".repeat(100)],
  arbitrary: fc.oneof(
    fc.string({ unit: LETTER, maxLength: 20 }),
    fc.string({ unit: LETTER, minLength: 100, maxLength: 400 }),
  ),
  open: pure(run),
};

/** A name on the wire shows as it is and names a file; a name to save under does so on any system. */
function run(input: string): string {
  const fault = protocolErrorOf(() => checkWire(parseFileName(input)));
  const wire = wireFileName(input);
  checkWire(wire);
  assertEquals(parseFileName(wire), wire);
  for (const nth of [1, 2, 1_000]) checkSafe(safeFileName(input, nth));
  assertEquals(safeFileName(safeFileName(input)), safeFileName(input), "A safe name is made safe once more");
  if (fault === undefined) return "valid";
  return wire === "file" ? "nothing is left" : "mended";
}

function checkWire(name: string): void {
  assertHarmlessLine(name);
  assert(name.isWellFormed() && !/[/\\\t]/.test(name) && name.trim() !== "" && name !== "." && name !== "..");
  assert(new TextEncoder().encode(name).length <= MAX_FILE_NAME_BYTES);
}

function checkSafe(name: string): void {
  checkWire(name);
  assert(!/[<>:"|?*]|^[.\s-]|[.\s]$/u.test(name), `${JSON.stringify(name)} is not safe`);
  assert(!/^(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/iu.test(name), `${name} is a device`);
  assert(!/\.(?:lnk|url|scf)$/i.test(name), `${name} is obeyed`);
}
