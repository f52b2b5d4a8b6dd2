import type { NetworkInterface } from "./multicast_network.ts";

type Address = Pick<Deno.NetworkInterfaceInfo, "name" | "family" | "address" | "netmask">;

/** The interfaces that have an IPv4 address and are not loopback, each with all its addresses. */
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

/** Whether an IPv4 address is in one of the interface's own networks. */
export function isWithin(address: string, { v4 }: NetworkInterface): boolean {
  const asked = numberOf(address);
  return asked !== undefined && v4.some((own) => {
    const mask = numberOf(own.netmask) ?? 0xffff_ffff;
    return ((asked ^ numberOf(own.address)!) & mask) === 0;
  });
}

/** 32 bits, signed; undefined for what is no IPv4 address. */
function numberOf(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  const fits = /^\d{1,3}(\.\d{1,3}){3}$/.test(address) && parts.every((part) => part <= 255);
  return fits ? parts.reduce((sum, part) => sum << 8 | part, 0) : undefined;
}
