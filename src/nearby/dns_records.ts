import { Buffer } from "node:buffer";
import { MAX_NEARBY_RECORDS, MAX_NEARBY_TITLE_BYTES, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import { isFingerprint } from "../protocol/address/invite_link.ts";
import { sanitizeLine } from "../protocol/text/sanitize.ts";
import { isWithin } from "./interface_groups.ts";
import type { Nearby } from "./nearby.ts";
import type { NetworkInterface } from "./multicast_network.ts";
import { type DnsRecord, folded, type Packet, sameName, serverDataOf } from "./packet.ts";

/** The type of service that all servers have (RFC 6763, section 4.1.2), and the name by which types are listed (section 9). */
export const SERVICE = "_confab._tcp.local";
export const TYPES = "_services._dns-sd._udp.local";

/** RFC 1035, section 2.3.4. */
const MAX_LABEL_BYTES = 63;

/** What is said of a server. */
export interface Announced {
  readonly title: string;
  /** The name in DNS of the machine that it is on, which nobody else has. */
  readonly target: string;
  readonly port: number;
  readonly tls: boolean;
  readonly fingerprint?: string;
}

/** The title that is told, with a number where the title itself is taken. */
export function numberedTitle(title: string, number: number): string {
  const suffix = number === 1 ? "" : ` (${number})`;
  return cut(title, MAX_NEARBY_TITLE_BYTES - suffix.length) + suffix;
}

/** The name of one server among those of the service. A dot would end a label, so it stands there as a dash. */
export function instanceOf(title: string, number: number): string {
  const suffix = number === 1 ? "" : ` (${number})`;
  const label = cut(title.replaceAll(".", "-"), MAX_LABEL_BYTES - suffix.length).trim() || "Confab";
  return `${label}${suffix}.${SERVICE}`;
}

/** All that there is to say of a server by one who reaches it at these addresses; with 0 seconds it is a goodbye. */
export function recordsOf(
  instance: string,
  server: Announced,
  hosts: readonly string[],
  ttl = NEARBY_TTL_SECONDS,
): DnsRecord[] {
  const { target } = server;
  return [
    { name: SERVICE, type: "PTR", ttl, data: instance },
    { name: TYPES, type: "PTR", ttl, data: SERVICE },
    serverRecord(instance, server, ttl),
    { name: instance, type: "TXT", ttl, flush: true, data: textOf(server) },
    ...hosts.map((data) => ({ name: target, type: data.includes(":") ? "AAAA" : "A", ttl, flush: true, data })),
  ];
}

export function serverRecord(instance: string, { target, port }: Announced, ttl = NEARBY_TTL_SECONDS): DnsRecord {
  return { name: instance, type: "SRV", ttl, flush: true, data: { priority: 0, weight: 0, port, target } };
}

/** RFC 6763, section 6: the version of what stands here comes first. */
function textOf({ title, tls, fingerprint }: Announced): Buffer[] {
  const pairs = ["txtvers=1", `title=${title}`, `v=1`];
  if (tls) pairs.push("tls=1");
  if (fingerprint !== undefined) pairs.push(`fp=${fingerprint}`);
  return pairs.map((pair) => Buffer.from(pair));
}

/** What somebody says of one server. */
export interface Heard {
  /** The same for one server on all interfaces. */
  readonly key: string;
  readonly instance: string;
  readonly server: Nearby;
  /** How long it holds, at most `NEARBY_TTL_SECONDS`. */
  readonly ttl: number;
}

/** The servers that a packet tells of, those that make sense. */
export function serversIn(packet: Packet, sender: string, on: NetworkInterface): Heard[] {
  const records = [...packet.answers ?? [], ...packet.additionals ?? []].slice(0, MAX_NEARBY_RECORDS);
  return instancesIn(records).flatMap(({ instance, ttl }) => {
    const heard = ttl > 0 ? heardOf(instance, ttl, records, sender, on) : undefined;
    return heard === undefined ? [] : [heard];
  });
}

/** The servers that say goodbye in a packet. */
export function goodbyesIn({ answers = [] }: Packet): string[] {
  return instancesIn(answers.slice(0, MAX_NEARBY_RECORDS)).filter(({ ttl }) => ttl === 0)
    .map(({ instance }) => instance);
}

function instancesIn(records: readonly DnsRecord[]): { instance: string; ttl: number }[] {
  return records.filter(({ name, type }) => type === "PTR" && sameName(name, SERVICE))
    .filter(({ data }) => typeof data === "string" && isInstance(data))
    .map(({ data, ttl = 0 }) => ({ instance: data as string, ttl }));
}

function isInstance(name: string): boolean {
  const bytes = new TextEncoder().encode(name).length - SERVICE.length - 1;
  return folded(name).endsWith(`.${SERVICE}`) && bytes > 0 && bytes <= MAX_LABEL_BYTES;
}

function heardOf(
  instance: string,
  ttl: number,
  records: readonly DnsRecord[],
  sender: string,
  on: NetworkInterface,
): Heard | undefined {
  const own = records.filter(({ name }) => sameName(name, instance));
  const said = own.map(serverDataOf).find((data) => data !== undefined);
  const text = attributesIn(own.find(({ type }) => type === "TXT")?.data);
  if (said === undefined || text.get("txtvers") !== "1" || text.get("v") !== "1") return undefined;
  const { target, port } = said;
  const title = cut(sanitizeLine(text.get("title") ?? ""), MAX_NEARBY_TITLE_BYTES).trim();
  const fingerprint = text.get("fp");
  if (title === "" || !(port >= 1 && port <= 65_535)) return undefined;
  if (fingerprint !== undefined && !isFingerprint(fingerprint)) return undefined;
  const host = hostOf(records.filter(({ name }) => sameName(name, target)), sender, on);
  const server = { title, host, port, tls: text.get("tls") === "1", ...fingerprint && { fingerprint } };
  return {
    key: `${folded(target)} ${port}`,
    instance: folded(instance),
    server,
    ttl: Math.min(ttl, NEARBY_TTL_SECONDS),
  };
}

/** An address in our own network, or by IPv6 where there is no other; else where the packet came from. */
function hostOf(records: readonly DnsRecord[], sender: string, on: NetworkInterface): string {
  const of = (wanted: string) =>
    records.filter(({ type }) => type === wanted).map(({ data }) => data)
      .filter((data) => typeof data === "string");
  const v4 = of("A");
  return v4.find((address) => isWithin(address, on)) ??
    (v4.length === 0 ? of("AAAA").find((address) => REACHABLE_V6.test(address)) : undefined) ?? sender;
}

/** Neither unspecified, loopback, of one link alone, nor multicast. */
const REACHABLE_V6 = /^(?!::|fe[89ab]|ff)[0-9a-f]{1,4}:[0-9a-f:]+$/i;

/** RFC 6763, section 6.4: the first of a key counts, and its capitals do not. */
function attributesIn(data: unknown): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const bytes of Array.isArray(data) ? data.slice(0, MAX_NEARBY_RECORDS) : []) {
    if (!(bytes instanceof Uint8Array)) continue;
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(new TextDecoder().decode(bytes)) ?? [];
    if (key !== undefined && !attributes.has(folded(key))) attributes.set(folded(key), value!);
  }
  return attributes;
}

/** The longest beginning that has so many bytes as UTF-8 at most. */
function cut(text: string, bytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
