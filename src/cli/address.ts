import { formatTcp } from "../transports/tcp.ts";
import { EXIT, Failure } from "./exit_codes.ts";

export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 5050;

export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or `unix:PATH`. Throws a usage failure. */
export function parseAddress(text: string): Address {
  if (text.startsWith("unix:")) {
    if (text.length > 5) return { kind: "unix", path: text.slice(5) };
    throw badAddress(text, "a path is missing behind unix:", CHAT);
  }
  return { kind: "tcp", ...parseTcp(text, CHAT) };
}

/** What may be left out, and what a complaint names. */
export interface TcpForm {
  readonly port: number;
  readonly minPort: 0 | 1;
  readonly forms: string;
}

const CHAT: TcpForm = { port: DEFAULT_PORT, minPort: 1, forms: "HOST, HOST:PORT, [IPV6]:PORT or unix:PATH" };

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address. Throws a usage failure. */
export function parseTcp(text: string, form: TcpForm): { readonly host: string; readonly port: number } {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return tcp(text, bracketed[1]!, bracketed[2], form);
  if (text.split(":").length > 2) return tcp(text, text, undefined, form);
  const [host, port] = text.split(":");
  return tcp(text, host!, port, form);
}

/** As `parseAddress` reads it; the default port is left out. */
export function formatAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const text = formatTcp(address.host, address.port);
  return address.port === DEFAULT_PORT ? text.replace(/:5050$/, "").replace(/^\[(.*)\]$/, "$1") : text;
}

function tcp(text: string, host: string, port: string | undefined, form: TcpForm) {
  if (host === "" || /[\s/[\]]/.test(host)) {
    throw badAddress(text, "the host is missing or holds a blank or a slash", form);
  }
  const number = Number(port ?? form.port);
  if (!/^\d+$/.test(port ?? "0") || number < form.minPort || number > 65_535) {
    throw badAddress(text, `the port is no whole number from ${form.minPort} to 65535`, form);
  }
  return { host, port: number };
}

function badAddress(text: string, why: string, { forms }: TcpForm): Failure {
  return new Failure(EXIT.usage, `Address ${JSON.stringify(text)} does not work, ${why}: write it as ${forms}`);
}
