import { contains, type Network, parseNetwork, withoutZone } from "./network.ts";

/** Whether the address is that of a proxy that the operator trusts to name its clients. */
export type IsProxy = (address: string) => boolean;

/** Trusts no address. */
export const noProxy: IsProxy = () => false;

/** Trusts the addresses of these networks. A zone of an IPv6 address does not matter. */
export function trustedProxies(networks: readonly Network[]): IsProxy {
  if (networks.length === 0) return noProxy;
  return (text) => {
    const address = parseNetwork(withoutZone(text));
    return address !== undefined && networks.some((network) => contains(network, address));
  };
}
