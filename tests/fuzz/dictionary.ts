/** Words that mutations insert into inputs: from the protocol, from JSON, and from known attacks. */

import { ERROR_CODES } from "../../src/protocol/errors.ts";
import { HARMLESS_TEXTS, HOSTILE_TEXTS } from "../helpers/hostile_texts.ts";
import { SAMPLE_EVENTS } from "../helpers/sample_events.ts";

/** Keys and values of all events, quoted as in JSON. */
const PROTOCOL = [...new Set(SAMPLE_EVENTS.flatMap((event) => JSON.stringify(event).match(/"[^"]*"/g) ?? []))];

const JSON_WORDS = [
  ...["{", "}", "[", "]", ",", ":", '"', "\\", "null", "true", "false", '""', "{}", "[]", "\\u0000", "\\ud800"],
  ...['"__proto__":{"polluted":1},', '"constructor":{"prototype":{"polluted":1}},', '"toString":1,', '"type":"ping",'],
  ...[
    '"token":',
    '"password":',
    '"after":',
    '"of":',
    '"id":',
    '"before":',
    '"limit":',
    '"query":',
    '"name":',
    '"ref":',
    '"to":',
  ],
];

const NUMBERS = [
  ...["0", "-0", "-1", "1e999", "-1e999", "1e-999", "9007199254740991", "9007199254740993", "4294967296", "2147483648"],
  ...["1.5", "0x10", "00", "NaN", "Infinity", "255", "65535", "65536", "1".repeat(400)],
];

const LINE_ENDS = ["\n", "\r\n", "\r", "\n\r", "\0", "\n\n"];

const UNICODE = [
  ...["\ufeff", "\ud800", "\udfff", "\u200d", "\u0301", "\u0130", "\u1e9e", "\u00df", "\u212a", "\u0345", "\ufdfa"],
  ...["\u{1f468}\u200d\u{1f469}", "\u{e0041}", "\u034f", "\u115f", "\u3164", "\u2028", "\u{10ffff}", "\ufffe", "漢字"],
];

export const WORDS: readonly string[] = [
  ...PROTOCOL,
  ...JSON_WORDS,
  ...NUMBERS,
  ...LINE_ENDS,
  ...UNICODE,
  ...ERROR_CODES,
  ...[...HOSTILE_TEXTS, ...HARMLESS_TEXTS].map(({ text }) => text).filter((text) => text.length < 100),
];
