/** A host and a port, as users write them. */

import { ProtocolError } from "../errors.ts";

export const DEFAULT_PORT = 5050;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The rule for a port. */
export interface PortRule {
  /** The default port. */
  readonly port: number;
  /** The lowest port that is allowed. */
  readonly minPort: 0 | 1;
}

const CHAT: PortRule = { port: DEFAULT_PORT, minPort: 1 };

/** The longest name in DNS: RFC 1035, section 2.3.4. */
const MAX_HOST_CHARS = 253;
const HOST_NAME = /^[\p{L}\p{M}\p{N}_][\p{L}\p{N}_.-]*$/u;
/** The shape only; the system checks the rest. */
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*(%[\w.-]+)?$/i;

/**
 * Parses `host`, `host:port`, `[v6]:port`, or an IPv6 address without brackets. Throws `invalid` with the reason. The
 * message never repeats the text, which may contain a secret by mistake.
 */
export function parseEndpoint(text: string, rule: PortRule = CHAT): Endpoint {
  const [, bracketed, portAfter] = /^\[([^\]]*)\](?::(.*))?$/s.exec(text) ?? [];
  if (bracketed !== undefined) return endpoint(bracketed, portAfter, IPV6, rule);
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
    throw new ProtocolError("invalid", "the host is neither a name nor an IP address");
  }
  const number = Number(port ?? rule.port);
  if (!/^\d{1,5}$/.test(port ?? "0") || number < rule.minPort || number > 65_535) {
    throw new ProtocolError("invalid", `the port is not a whole number from ${rule.minPort} to 65535`);
  }
  return { host, port: number };
}
