import { formatTcp } from "../../transports/tcp.ts";
import { formatAddress, parseAddress } from "../args/address.ts";
import { programName } from "../args/command_spec.ts";
import { interfaceHosts, isLoopbackHost } from "../platform/machine_addresses.ts";

/**
 * The addresses of a server's listeners at which others reach it now. The system is asked each time, because a machine
 * changes its networks. Loopback addresses are used only if there are no others: they work on this machine only.
 */
export function addressesNow(addresses: readonly string[]): string[] {
  const tcp = addresses.flatMap(reachable).filter((address) => {
    const parsed = parseAddress(address);
    return parsed.kind === "tcp" && !isAnyAddress(parsed.host);
  });
  const beyond = tcp.filter(isBeyondLoopback);
  return beyond.length > 0 ? beyond : tcp;
}

/** The addresses of a listener: for "all interfaces" those of this machine, loopback last. */
export function reachable(address: string): string[] {
  const parsed = parseAddress(address);
  if (parsed.kind === "unix" || !isAnyAddress(parsed.host)) return [address];
  const hosts = interfaceHosts(parsed.host === "::");
  return hosts.length === 0 ? [address] : hosts.map((host) => formatTcp(host, parsed.port));
}

/** Whether the host means all interfaces. */
export function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Lines that show how to join at the first address. */
export function howToJoin(addresses: readonly string[], tls = false): string[] {
  const address = parseAddress(addresses[0]!);
  if (address.kind === "tcp" && isAnyAddress(address.host)) {
    return ["Join with this machine's address; to print it here, run Deno with --allow-sys=networkInterfaces"];
  }
  const join = `Join with: ${programName()} connect ${formatAddress(address)}`;
  if (address.kind === "unix") return [join, `or without Confab: nc -U ${address.path}`];
  const page = `or in a browser: ${tls ? "https" : "http"}://${formatTcp(address.host, address.port)}/`;
  if (!tls) return [join, page, `or without Confab: nc ${address.host} ${address.port}`];
  return [
    `${join} --tls`,
    page,
    `or without Confab: openssl s_client -quiet -connect ${formatTcp(address.host, address.port)}`,
  ];
}

export function isBeyondLoopback(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed.kind === "tcp" && !isLoopbackHost(parsed.host);
}
