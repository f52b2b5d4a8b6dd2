import { Buffer } from "node:buffer";
import { MAX_NEARBY_RECORDS, MAX_NEARBY_TITLE_BYTES, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import { isFingerprint } from "../protocol/address/invite_link.ts";
import { sanitizeLine } from "../protocol/text/sanitize.ts";
import { isInNetwork } from "./network_interface.ts";
import type { NetworkInterface } from "./network_interface.ts";
import { type DnsRecord, folded, type Packet, sameName, srvDataOf } from "./dns_packet.ts";

/** The service type of all servers (RFC 6763, section 4.1.2), and the name that lists service types (section 9). */
export const SERVICE = "_confab._tcp.local";
export const TYPES = "_services._dns-sd._udp.local";

/** The maximum length of a DNS label (RFC 1035, section 2.3.4). */
const MAX_LABEL_BYTES = 63;

/** The server as it is announced. */
export interface ServiceRecord {
  readonly title: string;
  /** The unique DNS name of the machine. */
  readonly target: string;
  readonly port: number;
  readonly tls: boolean;
  readonly fingerprint?: string;
  readonly chat?: string;
}

/** The announced title: with a number if the title itself is taken. */
export function numberedTitle(title: string, number: number): string {
  const suffix = number === 1 ? "" : ` (${number})`;
  return cut(title, MAX_NEARBY_TITLE_BYTES - suffix.length) + suffix;
}

/** The instance name of a server (RFC 6763, section 4.1.1). Dots, which would end the label, become dashes. */
export function instanceName(title: string, number: number): string {
  const suffix = number === 1 ? "" : ` (${number})`;
  const label = cut(title.replaceAll(".", "-"), MAX_LABEL_BYTES - suffix.length).trim() || "Confab";
  return `${label}${suffix}.${SERVICE}`;
}

/** All records of a server that is reached at these addresses. A `ttl` of 0 seconds makes them a goodbye. */
export function serviceRecords(
  instance: string,
  server: ServiceRecord,
  hosts: readonly string[],
  ttl = NEARBY_TTL_SECONDS,
): DnsRecord[] {
  const { target } = server;
  return [
    { name: SERVICE, type: "PTR", ttl, data: instance },
    { name: TYPES, type: "PTR", ttl, data: SERVICE },
    srvRecord(instance, server, ttl),
    { name: instance, type: "TXT", ttl, flush: true, data: textOf(server) },
    ...hosts.map((data) => ({ name: target, type: data.includes(":") ? "AAAA" : "A", ttl, flush: true, data })),
  ];
}

export function srvRecord(instance: string, { target, port }: ServiceRecord, ttl = NEARBY_TTL_SECONDS): DnsRecord {
  return { name: instance, type: "SRV", ttl, flush: true, data: { priority: 0, weight: 0, port, target } };
}

/** The attributes of the TXT record (RFC 6763, section 6), beginning with their version. */
function textOf({ title, tls, fingerprint, chat }: ServiceRecord): Buffer[] {
  const pairs = ["txtvers=1", `title=${title}`, `v=1`];
  if (tls) pairs.push("tls=1");
  if (fingerprint !== undefined) pairs.push(`fp=${fingerprint}`);
  if (chat !== undefined) pairs.push(`chat=${chat}`);
  return pairs.map((pair) => Buffer.from(pair));
}

/** A server as it announces itself. Anyone on the network can announce anything, so none of it can be trusted. */
export interface NearbyServer {
  /** Sanitized for display. */
  readonly title: string;
  /** The IP address that is most likely reachable from this machine. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** SHA-256 of the certificate in base64url, as in an invite link. */
  readonly fingerprint?: string;
  /** The id of the chat; absent if it has one server. */
  readonly chat?: string;
}

/** One server in a received packet. */
export interface Advertisement {
  /** Identifies the server; equal on all interfaces. */
  readonly key: string;
  readonly instance: string;
  readonly server: NearbyServer;
  /** Seconds for which the advertisement is valid, at most `NEARBY_TTL_SECONDS`. */
  readonly ttl: number;
}

/** The valid advertisements in a packet. */
export function serversIn(packet: Packet, sender: string, on: NetworkInterface): Advertisement[] {
  const records = [...packet.answers ?? [], ...packet.additionals ?? []].slice(0, MAX_NEARBY_RECORDS);
  return instancesIn(records).flatMap(({ instance, ttl }) => {
    const found = ttl > 0 ? advertisementOf(instance, ttl, records, sender, on) : undefined;
    return found === undefined ? [] : [found];
  });
}

/** The instance names whose goodbyes are in a packet. */
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

/** The advertisement of one instance; `undefined` if its records are missing or invalid. */
function advertisementOf(
  instance: string,
  ttl: number,
  records: readonly DnsRecord[],
  sender: string,
  on: NetworkInterface,
): Advertisement | undefined {
  const own = records.filter(({ name }) => sameName(name, instance));
  const srv = own.map(srvDataOf).find((data) => data !== undefined);
  const text = attributesIn(own.find(({ type }) => type === "TXT")?.data);
  if (srv === undefined || text.get("txtvers") !== "1" || text.get("v") !== "1") return undefined;
  const { target, port } = srv;
  const title = cut(sanitizeLine(text.get("title") ?? ""), MAX_NEARBY_TITLE_BYTES).trim();
  const fingerprint = text.get("fp");
  if (title === "" || !(port >= 1 && port <= 65_535)) return undefined;
  if (fingerprint !== undefined && !isFingerprint(fingerprint)) return undefined;
  const host = hostOf(records.filter(({ name }) => sameName(name, target)), sender, on);
  const chat = text.get("chat");
  const server = {
    ...{ title, host, port, tls: text.get("tls") === "1" },
    ...fingerprint && { fingerprint },
    ...chat !== undefined && CHAT.test(chat) && { chat },
  };
  return {
    key: `${folded(target)} ${port}`,
    instance: folded(instance),
    server,
    ttl: Math.min(ttl, NEARBY_TTL_SECONDS),
  };
}

/**
 * An IPv4 address in our own network; else an IPv6 address, if the packet came over IPv6 or has no IPv4 address; else the
 * packet's sender.
 */
function hostOf(records: readonly DnsRecord[], sender: string, on: NetworkInterface): string {
  const of = (wanted: string) =>
    records.filter(({ type }) => type === wanted).map(({ data }) => data)
      .filter((data) => typeof data === "string");
  const v4 = of("A");
  return v4.find((address) => isInNetwork(address, on)) ??
    (v4.length === 0 || on.zone !== undefined ? of("AAAA").find((address) => REACHABLE_V6.test(address)) : undefined) ??
    sender;
}

/** The id of a chat: a UUID, or what another program uses. */
const CHAT = /^[\w-]{1,64}$/;

/** Excludes unspecified, loopback, link-local and multicast addresses. */
const REACHABLE_V6 = /^(?!::|fe[89ab]|ff)[0-9a-f]{1,4}:[0-9a-f:]+$/i;

/** The attributes of a TXT record. Keys ignore case, and the first of equal keys counts (RFC 6763, section 6.4). */
function attributesIn(data: unknown): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const bytes of Array.isArray(data) ? data.slice(0, MAX_NEARBY_RECORDS) : []) {
    if (!(bytes instanceof Uint8Array)) continue;
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(new TextDecoder().decode(bytes)) ?? [];
    if (key !== undefined && !attributes.has(folded(key))) attributes.set(folded(key), value!);
  }
  return attributes;
}

/** The longest prefix with at most `maxBytes` bytes of UTF-8. */
function cut(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
