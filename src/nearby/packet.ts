/** Packets of multicast DNS (RFC 6762) as npm's dns-packet has them. Whatever came in is anybody's: look at it before use. */

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl?: number;
  /** Whether it stands in place of what others were told before. */
  readonly flush?: boolean;
  /** By type: a name for PTR, an address for A and AAAA, bytes for TXT, `ServerData` for SRV. */
  readonly data?: unknown;
}

export interface ServerData {
  readonly target: string;
  readonly port: number;
}

export interface DnsQuestion {
  readonly name: string;
  readonly type: string;
}

export interface Packet {
  readonly type: "query" | "response";
  readonly questions?: readonly DnsQuestion[];
  readonly answers?: readonly DnsRecord[];
  readonly authorities?: readonly DnsRecord[];
  readonly additionals?: readonly DnsRecord[];
}

/** DNS does not tell capitals of ASCII from small letters: RFC 6762, section 16. */
export function sameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What an SRV record says; undefined for any other, and where it makes no sense. */
export function serverDataOf({ type, data }: DnsRecord): ServerData | undefined {
  if (type !== "SRV" || typeof data !== "object" || data === null) return undefined;
  const { target, port } = data as Partial<ServerData>;
  return typeof target === "string" && typeof port === "number" ? { target, port } : undefined;
}
