/** A network interface with its addresses. Packets are sent from its first IPv4 address. */
export interface NetworkInterface {
  readonly name: string;
  readonly v4: readonly { readonly address: string; readonly netmask: string }[];
  /** Without link-local addresses, which are only usable with the interface's name. */
  readonly v6: readonly string[];
}

type Address = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address" | "netmask">;

/** Groups addresses by interface. Interfaces without an IPv4 address and loopback are left out. */
export function groupInterfaces(addresses: readonly Address[]): NetworkInterface[] {
  const byName = Map.groupBy(addresses, ({ name }) => name);
  return [...byName].map(([name, own]) => ({
    name,
    v4: own.filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
      .map(({ address, netmask }) => ({ address, netmask })),
    v6: own.filter(({ family, address }) => family === "IPv6" && !/^(::1$|fe[89ab])/i.test(address))
      .map(({ address }) => address),
  })).filter(({ v4 }) => v4.length > 0);
}

/** True if the IPv4 address is in one of the interface's own networks. */
export function isInNetwork(address: string, { v4 }: NetworkInterface): boolean {
  const asked = numberOf(address);
  return asked !== undefined && v4.some((own) => {
    const mask = numberOf(own.netmask) ?? 0xffff_ffff;
    return ((asked ^ numberOf(own.address)!) & mask) === 0;
  });
}

/** The address as a signed 32-bit integer; `undefined` if it is not an IPv4 address. */
function numberOf(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  const fits = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && parts.every((part) => part <= 255);
  return fits ? parts.reduce((sum, part) => sum << 8 | part, 0) : undefined;
}
