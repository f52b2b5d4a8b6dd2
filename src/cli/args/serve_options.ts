import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import { type Network, parseNetwork } from "../../protocol/address/network.ts";
import { type IsProxy, trustedProxies } from "../../protocol/address/trusted_proxies.ts";
import type { Retention } from "../../history/store.ts";
import { type Arguments, badValue } from "./arguments.ts";
import type { OptionSpec } from "./command_spec.ts";
import { EXIT, Failure } from "./exit_codes.ts";
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

export const PROXY_OPTION: OptionSpec = {
  name: "proxy",
  value: "ADDRESS",
  repeatable: true,
  help: "Proxy to trust: its address or network, or unix",
};

/** The proxies that may name their clients. */
export interface ProxyPlan {
  readonly isProxy: IsProxy;
  /** Whether all connections to the Unix socket come from a proxy. */
  readonly unix: boolean;
}

/** Parses `--proxy`. Throws a usage failure. */
export function parseProxies(args: Arguments): ProxyPlan {
  const texts = args.list("proxy");
  const networks = texts.filter((text) => text !== UNIX).map(parseProxy);
  const unix = texts.includes(UNIX);
  if (unix && args.text("unix") === undefined) {
    throw new Failure(EXIT.usage, "Option --proxy unix is for a Unix socket: add --unix PATH");
  }
  return { isProxy: trustedProxies(networks), unix };
}

const UNIX = "unix";

function parseProxy(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw badValue("proxy", text, "an IP address, a network such as 10.0.0.0/8, or unix");
  const [, length] = text.split("/");
  if (length !== undefined && Number(length) === 0) {
    throw badValue("proxy", text, "the addresses of your proxies: everyone could name any address");
  }
  return network;
}
