import { defaultInterface } from "./default_route.ts";

/**
 * The addresses of this machine now, most likely reachable first; empty if Deno may not read them. After
 * `askDefaultRoute`, the interface with the default route comes first.
 */
export function interfaceHosts(withV6: boolean): string[] {
  return interfaces()
    .filter(({ family, address }) => family === "IPv4" || (withV6 && !address.startsWith("fe80")))
    .map(({ address }) => address);
}

/** Whether other machines can reach this one, but only by IPv6. */
export function hasOnlyV6(): boolean {
  const others = interfaces().filter(({ address }) =>
    !isLoopbackHost(address) && !/^(fe80:|169\.254\.)/i.test(address)
  );
  return others.length > 0 && others.every(({ family }) => family === "IPv6");
}

function interfaces(): Deno.NetworkInterfaceInfo[] {
  try {
    return likeliestFirst(Deno.networkInterfaces(), defaultInterface());
  } catch {
    return [];
  }
}

type Interface = Pick<Deno.NetworkInterfaceInfo, "name" | "address">;

/**
 * Sorts interfaces by how likely others reach them: that of the default route, then private networks, then the
 * internet, then special networks. Virtual networks come after all others, also if a tunnel has the default route: the
 * people nearby are not in it.
 */
export function likeliestFirst<T extends Interface>(interfaces: readonly T[], defaultRoute?: string): T[] {
  return interfaces.toSorted((one, other) => rank(one, defaultRoute) - rank(other, defaultRoute));
}

function rank({ name, address }: Interface, defaultRoute: string | undefined): number {
  if (isLoopbackHost(address)) return 4 * KINDS.length;
  const place = KINDS.findIndex((kind) => kind.test(address));
  const kind = place < 0 ? KINDS.length - 1 : place;
  if (VIRTUAL.test(name)) return 2 * KINDS.length + kind;
  return name === defaultRoute ? kind : KINDS.length + kind;
}

/**
 * Private networks (RFC 1918), the internet, carrier or overlay networks (RFC 6598), and link-local
 * addresses (RFC 3927). IPv6 comes last.
 */
const KINDS: readonly RegExp[] = [
  /^(192\.168|10|172\.(1[6-9]|2\d|3[01]))\./,
  /^(?!169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)\d+\./,
  /^100\./,
  /^169\./,
  /:/,
];

/** Interfaces of containers, virtual machines and tunnels, as Linux, macOS and Windows call them. */
const VIRTUAL =
  /^(docker|podman|br-|bridge|veth|virbr|lxc|lxd|cni|flannel|cali|vmnet|vnic|vboxnet|waydroid|anbox|u?tun|tap|ipsec|wg|nordlynx|proton|zt|ham|awdl|llw|anpi)|vEthernet|VirtualBox|VMware|Hyper-V|WSL|Parallels|TAP-|OpenVPN|NordLynx|Tailscale|ZeroTier|WireGuard|Mullvad|Hamachi|Radmin|Npcap|Bluetooth|^Local Area Connection\* /i;

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
