import { MAX_NEARBY_SERVERS, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import type { OpenLink } from "./multicast_links.ts";
import type { MulticastNetwork } from "./multicast_network.ts";
import { type DnsRecord, folded, type Packet } from "./dns_packet.ts";
import { type Advertisement, goodbyesIn, type NearbyServer, serversIn, SERVICE } from "./dns_records.ts";

/** Pause between the first two queries. It doubles each time, up to half an advertisement's lifetime (RFC 6762, section 5.2). */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = NEARBY_TTL_SECONDS * 1_000 / 2;
/** Known answers in a query. More would not fit into one Ethernet packet. */
const MAX_KNOWN_ANSWERS = 10;

interface KnownServer extends Advertisement {
  /** The sender of the advertisement. Goodbyes from others are ignored. */
  readonly sender: string;
  /** When the advertisement expires, as a time of `MulticastNetwork.now`. */
  readonly until: number;
  cancelEnd(): void;
}

export interface FinderEvents {
  /** Receives each server once, and again when its advertisement changes. At most `MAX_NEARBY_SERVERS` at a time. */
  onFound(server: NearbyServer): void;
  /** Receives a server that said goodbye, or whose advertisement expired. */
  onGone?(server: NearbyServer): void;
}

/** Queries the network for servers and keeps track of those that answer. */
export class Finder {
  readonly #network: MulticastNetwork;
  readonly #events: FinderEvents;
  readonly #known = new Map<string, KnownServer>();
  #pauseMs = FIRST_PAUSE_MS;
  #cancelQuery = () => {};

  constructor(network: MulticastNetwork, events: FinderEvents) {
    this.#network = network;
    this.#events = events;
  }

  /** Sends a query now. It lists known answers, which need not be repeated (RFC 6762, section 7.1). */
  query(links: Iterable<OpenLink>): void {
    for (const link of links) {
      link.send({ type: "query", questions: [{ name: SERVICE, type: "PTR" }], answers: this.#knownAnswers() });
    }
  }

  /** Sends queries with growing pauses until `stop`. */
  queryRepeatedly(links: Iterable<OpenLink>): void {
    this.#cancelQuery = this.#network.after(this.#pauseMs, () => {
      this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_PAUSE_MS);
      this.query(links);
      this.queryRepeatedly(links);
    });
  }

  receive(packet: Packet, sender: string, { on }: OpenLink): void {
    if (packet.type !== "response") return;
    for (const instance of goodbyesIn(packet)) this.#removeFrom(sender, folded(instance));
    for (const advertisement of serversIn(packet, sender, on)) this.#add(advertisement, sender);
  }

  stop(): void {
    this.#cancelQuery();
    for (const { cancelEnd } of this.#known.values()) cancelEnd();
    this.#known.clear();
  }

  #add(found: Advertisement, sender: string): void {
    const before = this.#known.get(found.key);
    // On another interface the server has another address; the first one works.
    if (before !== undefined && before.sender !== sender) return;
    if (before === undefined && this.#known.size >= MAX_NEARBY_SERVERS) return;
    before?.cancelEnd();
    this.#known.set(found.key, {
      ...found,
      sender,
      until: this.#network.now() + found.ttl * 1_000,
      cancelEnd: this.#network.after(found.ttl * 1_000, () => this.#remove(found.key)),
    });
    if (before === undefined || !isSame(before.server, found.server)) this.#events.onFound(found.server);
  }

  #removeFrom(sender: string, instance: string): void {
    for (const [key, known] of this.#known) {
      if (known.instance === instance && known.sender === sender) this.#remove(key);
    }
  }

  #remove(key: string): void {
    const known = this.#known.get(key);
    this.#known.delete(key);
    known?.cancelEnd();
    if (known !== undefined) this.#events.onGone?.(known.server);
  }

  /** The known answers for a query: those with more than half their lifetime left. */
  #knownAnswers(): DnsRecord[] {
    const now = this.#network.now();
    return [...this.#known.values()]
      .map(({ instance, until }) => ({ instance, ttl: Math.floor((until - now) / 1_000) }))
      .filter(({ ttl }) => ttl > NEARBY_TTL_SECONDS / 2)
      .slice(0, MAX_KNOWN_ANSWERS)
      .map(({ instance, ttl }) => ({ name: SERVICE, type: "PTR", ttl, data: instance }));
  }
}

function isSame(one: NearbyServer, other: NearbyServer): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
