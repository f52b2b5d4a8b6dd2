/** A network interface with its addresses, for packets over one version of IP. One that has both comes twice. */
export interface NetworkInterface {
  readonly name: string;
  readonly v4: readonly { readonly address: string; readonly netmask: string }[];
  /** Without link-local addresses, which are only usable with the interface's name. */
  readonly v6: readonly string[];
  /**
   * The interface in link-local addresses (RFC 4007, section 11), if packets go over IPv6. Absent: packets go over IPv4,
   * from the first address.
   */
  readonly zone?: string;
}

type Address = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address" | "netmask" | "scopeid">;

const LINK_LOCAL = /^fe[89ab]/i;

/**
 * Groups addresses by interface, first those for IPv4. Left out are loopback, and interfaces that have only a link-local
 * address of IPv6: no server is announced at those.
 */
export function groupInterfaces(addresses: readonly Address[], os = Deno.build.os): NetworkInterface[] {
  const interfaces = [...Map.groupBy(addresses, ({ name }) => name)].map(([name, own]) => ({
    name,
    v4: own.filter(({ family, address }) => family === "IPv4" && !address.startsWith("127."))
      .map(({ address, netmask }) => ({ address, netmask })),
    v6: own.filter(({ family, address }) => family === "IPv6" && address !== "::1" && !LINK_LOCAL.test(address))
      .map(({ address }) => address),
    link: own.find(({ address }) => LINK_LOCAL.test(address)),
  }));
  return [
    ...interfaces.filter(({ v4 }) => v4.length > 0).map(({ name, v4, v6 }) => ({ name, v4, v6 })),
    ...interfaces.flatMap(({ name, v4, v6, link }) => {
      // Windows knows zones by number only.
      const zone = os === "windows" ? `${link?.scopeid}` : name;
      return link !== undefined && v6.length > 0 ? [{ name, v4, v6, zone }] : [];
    }),
  ];
}

/** True if the IPv4 address is in one of the interface's own networks, or the IPv6 address is link-local. */
export function isInNetwork(address: string, { v4, zone }: NetworkInterface): boolean {
  if (zone !== undefined && LINK_LOCAL.test(address)) return true;
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
