/** The arguments that commands of moderators share: member, time, options and reason. */

import { MAX_REASON_BYTES, MAX_RESTRICTION_SECONDS } from "../../protocol/limits.ts";
import { parseDuration } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import { type CommandContext, firstWord, invalid, need, needRoom } from "./slash_command.ts";

/** The option for the whole server instead of the current room. */
export const EVERYWHERE = "-all";

export interface ModerationTerms {
  /** The name, or the address. */
  readonly word: string;
  readonly options: ReadonlySet<string>;
  /** `undefined` means until it is lifted. */
  readonly seconds: number | undefined;
  readonly reason: string | undefined;
}

/** Parses `NAME [TIME] [REASON]` with the `known` options anywhere before the reason. */
export function parseTerms(argument: string, context: CommandContext, known: readonly string[]): ModerationTerms {
  const options = new Set<string>();
  const [word, afterWord] = firstWord(takeOptions(argument, known, options));
  need(word, context);
  const rest = takeOptions(afterWord, known, options);
  const [time, afterTime] = firstWord(rest);
  const ms = parseDuration(time);
  if (ms === undefined) return { word, options, seconds: undefined, reason: parseReason(rest) };
  if (ms === 0 || ms > MAX_RESTRICTION_SECONDS * 1_000) {
    throw invalid(`Time ${quote(time)} is not valid: use one such as 10m, 2h or 7d, or none for no end`);
  }
  return { word, options, seconds: ms / 1_000, reason: parseReason(takeOptions(afterTime, known, options)) };
}

/** Moves leading options from the argument into `taken`, and returns the rest. */
function takeOptions(argument: string, known: readonly string[], taken: Set<string>): string {
  let rest = argument;
  while (/^-\S/.test(rest)) {
    const [option, afterOption] = firstWord(rest);
    if (!known.includes(option)) throw invalid(`Option ${quote(option)} is unknown: use ${known.join(" or ")}`);
    taken.add(option);
    rest = afterOption;
  }
  return rest;
}

/** Returns the reason on one line, or `undefined` if it is empty. Throws `invalid` past `MAX_REASON_BYTES`. */
export function parseReason(text: string): string | undefined {
  const reason = text.replace(/\s+/g, " ").toWellFormed();
  if (utf8Length(reason) > MAX_REASON_BYTES) {
    throw invalid(`The reason is too long: shorten it to ${MAX_REASON_BYTES} bytes`);
  }
  return reason === "" ? undefined : reason;
}

/** Splits the arguments of a command without a reason: `-all` may be anywhere among them. */
export function parseWords(
  argument: string,
): { readonly words: readonly string[]; readonly options: ReadonlySet<string> } {
  const all = argument.split(/\s+/).filter((word) => word !== "");
  const words = all.filter((word) => word !== EVERYWHERE);
  return { words, options: new Set(words.length < all.length ? [EVERYWHERE] : []) };
}

/** The room that a command is about; `undefined` for the whole server. */
export function placeOf(options: ReadonlySet<string>, context: CommandContext): string | undefined {
  return options.has(EVERYWHERE) ? undefined : needRoom(context);
}
