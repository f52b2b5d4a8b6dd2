import type { Retention } from "../history/history_store.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command.ts";

export const KEEP_OPTION: OptionSpec = {
  name: "keep",
  value: "AGE|COUNT",
  repeatable: true,
  default: "all",
  help: "Keeps 30d, or 100000 a room; 0 keeps none",
};

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How much is kept; of several ages or counts the strictest holds. Throws a usage failure. */
export function parseRetention(args: Arguments): Retention {
  let maxAgeMs: number | undefined;
  let maxMessages: number | undefined;
  for (const text of args.list("keep")) {
    const [, digits, unit] = /^(\d{1,9})([mhd])?$/.exec(text) ?? [];
    if (digits === undefined) throw badValue("keep", text, "an age such as 30d, 12h or 15m, or a number of messages");
    const number = Number(digits);
    if (unit === undefined) maxMessages = Math.min(number, maxMessages ?? Infinity);
    else maxAgeMs = Math.min(number * UNIT_MS[unit as keyof typeof UNIT_MS], maxAgeMs ?? Infinity);
  }
  return { maxAgeMs, maxMessages };
}
