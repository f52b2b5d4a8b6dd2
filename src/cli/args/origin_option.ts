import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";

export const ORIGIN_OPTION: OptionSpec = {
  name: "origin",
  value: "HOST",
  repeatable: true,
  help: "Another host name that browsers and metrics may use",
};

/** Throws a usage failure for what is no bare name. */
export function parseOrigins(args: Arguments): string[] {
  return args.list("origin").map((text) => {
    if (!isHost(text)) throw badValue("origin", text, "a host name such as chat.example.org, without a port");
    return text;
  });
}

function isHost(text: string): boolean {
  try {
    return parseEndpoint(text).host === text;
  } catch {
    return false;
  }
}
