import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import type { Retention } from "../../history/store.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";
import { parseDuration } from "../../protocol/text/durations.ts";

export const KEEP_OPTION: OptionSpec = {
  name: "keep",
  value: "AGE|COUNT",
  repeatable: true,
  default: "all",
  help: "Keeps 30d or 100000 a room; 0 for none",
};

/** Parses `--keep`. The strictest of several ages or counts wins. Throws a usage failure. */
export function parseRetention(args: Arguments): Retention {
  let maxAgeMs: number | undefined;
  let maxMessages: number | undefined;
  for (const text of args.list("keep")) {
    const age = parseDuration(text);
    if (age !== undefined) maxAgeMs = Math.min(age, maxAgeMs ?? Infinity);
    else if (/^\d{1,9}$/.test(text)) maxMessages = Math.min(Number(text), maxMessages ?? Infinity);
    else throw badValue("keep", text, "an age such as 30d, 12h or 15m, or a number of messages");
  }
  return { maxAgeMs, maxMessages };
}

export const ORIGIN_OPTION: OptionSpec = {
  name: "origin",
  value: "HOST",
  repeatable: true,
  help: "Another host name that browsers and metrics may use",
};

/** Parses `--origin`. Throws a usage failure for a value that is not a bare host name. */
export function parseOrigins(args: Arguments): string[] {
  return args.list("origin").map((text) => {
    if (!isHost(text)) throw badValue("origin", text, "a host name such as chat.example.org, without a port");
    return text;
  });
}

/** True for a host name or an IP address, without a port and without brackets. */
export function isHost(text: string): boolean {
  try {
    return parseEndpoint(text).host === text;
  } catch {
    return false;
  }
}
