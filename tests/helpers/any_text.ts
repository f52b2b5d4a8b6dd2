import fc from "fast-check";

/** Any Unicode character, without surrogate halves. */
const CHAR = fc.integer({ min: 0, max: 0x10f7ff }).map((number) =>
  String.fromCodePoint(number < 0xd800 ? number : number + 0x800)
);

/** Well-formed text of any characters, ASCII more often. */
export const WELL_FORMED_CHAR = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)),
  CHAR,
);
export const WELL_FORMED = fc.string({ unit: WELL_FORMED_CHAR });
