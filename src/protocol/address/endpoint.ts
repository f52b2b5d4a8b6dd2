/** A machine and a port on it, as people write them. */

import { ProtocolError } from "../errors.ts";

export const DEFAULT_PORT = 5050;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What stands for a port that is left out, and the lowest that may be named. */
export interface PortRule {
  readonly port: number;
  readonly minPort: 0 | 1;
}

const CHAT: PortRule = { port: DEFAULT_PORT, minPort: 1 };

/** The longest name that DNS knows: RFC 1035, section 2.3.4. */
const MAX_HOST_CHARS = 253;
const HOST_NAME = /^[\p{L}\p{M}\p{N}_][\p{L}\p{N}_.-]*$/u;
/** Its shape only: the system knows which of them there are. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*(%[\w.-]+)?$/i;

/**
 * `host`, `host:port`, `[v6]:port`, or an IPv6 address without brackets. Throws `invalid` with what is wrong, and never
 * with the text: a secret may have slipped into it.
 */
export function parseEndpoint(text: string, rule: PortRule = CHAT): Endpoint {
  const [, bracketed, portBehind] = /^\[([^\]]*)\](?::(.*))?$/s.exec(text) ?? [];
  if (bracketed !== undefined) return endpoint(bracketed, portBehind, IPV6, rule);
  if (text.split(":").length > 2) return endpoint(text, undefined, IPV6, rule);
  const [host, port] = text.split(":");
  return endpoint(host!, port, HOST_NAME, rule);
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function endpoint(host: string, port: string | undefined, grammar: RegExp, rule: PortRule): Endpoint {
  if (host === "") throw new ProtocolError("invalid", "the host is missing");
  if (host.length > MAX_HOST_CHARS || !grammar.test(host)) {
    throw new ProtocolError("invalid", "the host is no name and no IP address");
  }
  const number = Number(port ?? rule.port);
  if (!/^\d{1,5}$/.test(port ?? "0") || number < rule.minPort || number > 65_535) {
    throw new ProtocolError("invalid", `the port is no whole number from ${rule.minPort} to 65535`);
  }
  return { host, port: number };
}
