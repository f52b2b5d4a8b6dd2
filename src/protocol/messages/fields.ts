/** Schemas of fields that commands and events share. */

import * as v from "valibot";
import { parseFileName } from "../files/file_names.ts";
import * as limits from "../limits.ts";
import { parseEmoji } from "../text/emoji.ts";
import { parseName, parseRoom } from "../text/names.ts";
import { isUuid, isUuidV7 } from "../uuid.ts";
import { utf8Length } from "../text/utf8_length.ts";
import { isVisible } from "../text/visible.ts";

/** The output type of a schema, with all its fields readonly. */
export type Checked<S extends v.GenericSchema> = Immutable<v.InferOutput<S>>;

type Immutable<T> = T extends readonly (infer E)[] ? readonly Immutable<E>[]
  : T extends object ? { readonly [K in keyof T]: Immutable<T[K]> }
  : T;

/** The union of the types of all schemas of a table. */
export type CheckedBy<T extends Readonly<Record<string, v.GenericSchema>>> = {
  [K in keyof T]: Checked<T[K]>;
}[keyof T];

/** A text of `min` to `max` bytes of UTF-8. */
export function bytes(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.check((text) => text.isWellFormed(), "contains half of a surrogate pair: expected well-formed Unicode"),
    v.check((text) => {
      if (text.length < min || text.length > max) return false;
      return text.length * 3 <= max || utf8Length(text) <= max;
    }, `is too short or too long: expected ${min} to ${max} bytes of UTF-8`),
  );
}

/** A finite number. JSON allows 1e999, which JavaScript reads as infinity and cannot write again. */
export const number = v.pipe(v.number(), v.finite());
export const countField = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** The label of a command, which its reply repeats. */
export const anyRef = v.optional(v.pipe(v.string(), v.maxLength(limits.MAX_REF_CHARS)));
/** The id of a message or change that the client makes. */
export const newId = v.optional(v.pipe(v.string(), v.check(isUuidV7, "is not a UUIDv7 in lower case")));
export const room = v.pipe(v.string(), v.transform(parseRoom));
export const name = v.pipe(v.string(), v.transform(parseName));
export const seq = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const emoji = v.pipe(
  v.string(),
  v.check((text) => parseEmoji(text) !== undefined, "is not an emoji: expected one, such as \u{1f44d}"),
  v.transform((text) => parseEmoji(text)!),
);
/** The number of messages or entries of one page. */
export const limit = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_PAGE_MESSAGES)),
  limits.DEFAULT_PAGE_MESSAGES,
);
export const singleLine = v.check<string, string>(
  (text) => !/\p{Cc}/u.test(text),
  "contains a control character: expected one line of text",
);
const INVISIBLE = "has no visible character: expected at least one";
export const visible = v.check<string, string>(isVisible, INVISIBLE);
export const visibleOrEmpty = v.check<string, string>((text) => text === "" || isVisible(text), INVISIBLE);
export const seconds = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
export const isTrue = v.literal(true);
/** The name of a file, without a folder. */
export const fileName = v.pipe(v.string(), v.transform(parseFileName));
/** The message that a command is about: its id, or its seq where a person types a number. */
export const target = v.union([seq, v.pipe(bytes(1, limits.MAX_REF_CHARS), singleLine)]);
/** The message that a reply is about, or the name of a member for their last message. Names are shorter than ids. */
export const replyTarget = v.union([seq, v.pipe(v.string(), v.check(isUuid)), name]);
