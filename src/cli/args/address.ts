import {
  DEFAULT_PORT,
  type Endpoint,
  formatEndpoint,
  parseEndpoint,
  type PortRule,
} from "../../protocol/address/endpoint.ts";
import { EXIT, Failure } from "./exit_codes.ts";

export const DEFAULT_HOST = "127.0.0.1";

export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Parses `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or `unix:PATH`. Throws a usage failure. */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) {
    if (text.length > 5) return { kind: "unix", path: text.slice(5) };
    throw badAddress(text, "the path after unix: is missing", CHAT);
  }
  return { kind: "tcp", ...parseTcp(text, CHAT) };
}

/** The default port, and the forms that an error message lists. */
export interface TcpForm extends PortRule {
  readonly forms: string;
}

const CHAT: TcpForm = { port: DEFAULT_PORT, minPort: 1, forms: "HOST, HOST:PORT, [IPV6]:PORT or unix:PATH" };

/** Parses `host`, `host:port`, `[v6]:port` or a bare IPv6 address. Throws a usage failure. */
export function parseTcp(text: string, form: TcpForm): Endpoint {
  try {
    return parseEndpoint(text, form);
  } catch (error) {
    throw badAddress(text, (error as Error).message, form);
  }
}

/** Formats an address so that `parseAddress` reads it back. The default port is omitted. */
export function formatAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.port === DEFAULT_PORT ? address.host : formatEndpoint(address);
}

function badAddress(text: string, why: string, { forms }: TcpForm): Failure {
  return new Failure(EXIT.usage, `Invalid address ${JSON.stringify(text)}, ${why}: write it as ${forms}`);
}
