/** Packets of multicast DNS (RFC 6762) in the form of npm's dns-packet. Received ones are untrusted: validate all fields. */

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl?: number;
  /** The cache-flush bit: the record replaces those sent before (RFC 6762, section 10.2). */
  readonly flush?: boolean;
  /** By type: a name for PTR, an address for A and AAAA, bytes for TXT, `SrvData` for SRV. */
  readonly data?: unknown;
}

export interface SrvData {
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

/** Compares DNS names, ignoring the case of ASCII letters (RFC 6762, section 16). */
export function sameName(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

/** The name with its ASCII letters in lower case. */
export function folded(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The data of an SRV record; `undefined` for any other record and for invalid data. */
export function srvDataOf({ type, data }: DnsRecord): SrvData | undefined {
  if (type !== "SRV" || typeof data !== "object" || data === null) return undefined;
  const { target, port } = data as Partial<SrvData>;
  return typeof target === "string" && typeof port === "number" ? { target, port } : undefined;
}
