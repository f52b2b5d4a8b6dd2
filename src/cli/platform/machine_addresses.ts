/** The addresses of this machine, most likely reachable first; empty if Deno may not read them. */
export function interfaceHosts(withV6: boolean): string[] {
  try {
    return likeliestFirst(Deno.networkInterfaces())
      .filter(({ family, address }) => family === "IPv4" || (withV6 && !address.startsWith("fe80")))
      .map(({ address }) => address);
  } catch {
    return [];
  }
}

type Interface = Pick<Deno.NetworkInterfaceInfo, "name" | "address">;

/**
 * Sorts interfaces by how likely others reach them: private networks, then the internet, then special networks.
 * With its permissions, Confab cannot find out which one has the default route.
 */
export function likeliestFirst<T extends Interface>(interfaces: readonly T[]): T[] {
  return interfaces.toSorted((one, other) => rank(one) - rank(other));
}

function rank({ name, address }: Interface): number {
  if (isLoopbackHost(address)) return 20;
  const place = KINDS.findIndex((kind) => kind.test(address));
  return (VIRTUAL.test(name) ? 10 : 0) + (place < 0 ? KINDS.length : place);
}

/**
 * Private networks (RFC 1918), the internet, carrier or overlay networks (RFC 6598), and link-local
 * addresses (RFC 3927).
 */
const KINDS: readonly RegExp[] = [
  /^(192\.168|10|172\.(1[6-9]|2\d|3[01]))\./,
  /^(?!169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)\d+\./,
  /^100\./,
  /^169\./,
];

/** Interfaces of containers, virtual machines and tunnels, as Linux, macOS and Windows call them. */
const VIRTUAL =
  /^(docker|podman|br-|bridge|veth|virbr|lxc|lxd|cni|vmnet|vboxnet|u?tun|tap|wg|zt|awdl|llw)|vEthernet|VirtualBox|VMware|Hyper-V|WSL|TAP-|Tailscale|ZeroTier|WireGuard/i;

export function isLoopbackHost(host: string): boolean {
  return host.startsWith("127.") || host === "::1" || host === "localhost";
}

/**
 * The name `HOSTNAME.local` in lower case, by which others on the network find this machine (RFC
 * 6762). Empty if the machine has no name of its own, or Deno may not read it: the user is not
 * asked for the permission.
 */
export function ownLocalNames(): string[] {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? localNames(Deno.hostname()) : [];
}

/** The system announces the first label of a host name such as `Ada-MacBook.local` or `ada.example.org`. */
export function localNames(hostname: string): string[] {
  const label = hostname.split(".", 1)[0]!.toLowerCase();
  // "localhost" is the same on every machine, so others may announce "localhost.local".
  return /^[\p{L}\p{N}_-]+$/u.test(label) && label !== "localhost" ? [`${label}.local`] : [];
}
