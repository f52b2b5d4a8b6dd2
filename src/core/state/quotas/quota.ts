import { formatNetwork, isLoopback, neighbourhood, type Network } from "../../../protocol/address/network.ts";

/** The maker of a room, account or restriction, as quotas count it. Origins are kept in the store and never shown. */
export interface Source {
  /** The member's id. */
  readonly member?: string;
  /** The origin of the maker's session, from `originOf`. */
  readonly from?: string;
}

/** The origin of all sessions on this machine. */
export const THIS_MACHINE = "local";

/** The origin of a session: its IPv4 address, its /64 network of IPv6, or `local` for loopback and Unix sockets. */
export function originOf({ address }: { readonly address: Network | undefined }): string {
  if (address === undefined || isLoopback(address)) return THIS_MACHINE;
  const text = formatNetwork(address);
  return text.includes(":") ? formatNetwork(neighbourhood(address)) : text;
}

/** The most that one member, one address, and this machine may have. */
export interface QuotaLimits {
  readonly member: number;
  readonly address: number;
  readonly thisMachine: number;
}

/** Counts existing rooms, accounts or restrictions by the member and the address that made them. */
export class Quota {
  private readonly limits: QuotaLimits;
  private readonly counts = new Map<string, number>();

  constructor(limits: QuotaLimits) {
    this.limits = limits;
  }

  /** The limit that the source has reached, and whose it is; `undefined` if one more is allowed. */
  reached(
    { member, from }: Source,
  ): { readonly who: "You have" | "Your address has"; readonly limit: number } | undefined {
    const { member: ofMember, address, thisMachine } = this.limits;
    if (member !== undefined && this.count(keyOfMember(member)) >= ofMember) {
      return { who: "You have", limit: ofMember };
    }
    const limit = from === THIS_MACHINE ? thisMachine : address;
    if (from !== undefined && this.count(keyOfOrigin(from)) >= limit) return { who: "Your address has", limit };
    return undefined;
  }

  add(source: Source): void {
    for (const key of keysOf(source)) this.counts.set(key, this.count(key) + 1);
  }

  remove(source: Source): void {
    for (const key of keysOf(source)) {
      const count = this.count(key) - 1;
      if (count > 0) this.counts.set(key, count);
      else this.counts.delete(key);
    }
  }

  private count(key: string): number {
    return this.counts.get(key) ?? 0;
  }
}

function keysOf({ member, from }: Source): string[] {
  return [
    ...member === undefined ? [] : [keyOfMember(member)],
    ...from === undefined ? [] : [keyOfOrigin(from)],
  ];
}

function keyOfMember(id: string): string {
  return `member ${id}`;
}

function keyOfOrigin(origin: string): string {
  return `address ${origin}`;
}
