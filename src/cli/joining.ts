import { formatTcp } from "../transports/tcp.ts";
import { formatAddress, parseAddress } from "./address.ts";
import { programName } from "./command.ts";

/** The addresses at which others find a listener: in place of "all interfaces" each of the machine's own, loopback last. */
export function reachable(address: string): string[] {
  const parsed = parseAddress(address);
  if (parsed.kind === "unix" || !ANY_ADDRESS.has(parsed.host)) return [address];
  const hosts = interfaceHosts(parsed.host === "::");
  return hosts.length === 0 ? [address] : hosts.map((host) => formatTcp(host, parsed.port));
}

const ANY_ADDRESS = new Set(["0.0.0.0", "::"]);

function interfaceHosts(withV6: boolean): string[] {
  try {
    const found = Deno.networkInterfaces()
      .filter(({ family, address }) => family === "IPv4" || (withV6 && !address.startsWith("fe80")))
      .map(({ address }) => address);
    return [...found.filter((host) => !isLoopback(host)), ...found.filter(isLoopback)];
  } catch {
    // Not allowed to look: the address as it was given has to do.
    return [];
  }
}

/** Lines that others type to join, by the first address. */
export function howToJoin(addresses: readonly string[]): string[] {
  const address = parseAddress(addresses[0]!);
  if (address.kind === "tcp" && ANY_ADDRESS.has(address.host)) {
    return ["Join with this machine's address; to have it told here, run it with --allow-sys=networkInterfaces"];
  }
  const lines = [`Join with: ${programName()} connect ${formatAddress(address)}`];
  if (address.kind === "tcp") lines.push(`or without it: nc ${address.host} ${address.port}`);
  else lines.push(`or without it: nc -U ${address.path}`);
  return lines;
}

export function isBeyondLoopback(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed.kind === "tcp" && !isLoopback(parsed.host);
}

function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1" || host === "localhost";
}
