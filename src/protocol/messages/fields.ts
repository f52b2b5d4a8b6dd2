/** What fields of commands and events have in common. */

import * as v from "valibot";
import { isVisible } from "../text/visible.ts";
import { parseEmoji } from "../text/emoji.ts";
import * as limits from "../limits.ts";
import { parseName, parseRoom } from "../text/names.ts";
import { utf8Length } from "../text/utf8_length.ts";

/** A check for each type of a closed set. */
export type Schema<T extends { type: string }> = {
  [K in T["type"]]: v.GenericSchema<unknown, Extract<T, { type: K }>>;
};

/** A text of so many bytes. */
export function bytes(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.check((text) => text.isWellFormed(), "holds half of a surrogate pair: expected well-formed Unicode"),
    v.check((text) => {
      if (text.length < min || text.length > max) return false;
      return text.length * 3 <= max || utf8Length(text) <= max;
    }, `is too short or too long: expected ${min} to ${max} bytes of UTF-8`),
  );
}

/** JSON can say 1e999, which is read as infinite and cannot be said again. */
export const number = v.pipe(v.number(), v.finite());
export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const anyRef = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
export const room = v.pipe(v.string(), v.transform(parseRoom));
export const name = v.pipe(v.string(), v.transform(parseName));
export const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const emoji = v.pipe(
  v.string(),
  v.check((text) => parseEmoji(text) !== undefined, "is no emoji: expected one, such as \u{1f44d}"),
  v.transform((text) => parseEmoji(text)!),
);
export const limit = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_PAGE_MESSAGES)),
  limits.DEFAULT_PAGE_MESSAGES,
);
export const singleLine = v.check<string, string>(
  (text) => !/\p{Cc}/u.test(text),
  "holds a control character: expected one line of text",
);
const NOTHING_TO_SEE = "shows nothing: expected a text with something to see";
export const visible = v.check<string, string>(isVisible, NOTHING_TO_SEE);
export const visibleOrEmpty = v.check<string, string>((text) => text === "" || isVisible(text), NOTHING_TO_SEE);
export const seconds = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
export const isTrue = v.literal(true);
