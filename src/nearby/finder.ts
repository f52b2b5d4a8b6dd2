import { MAX_NEARBY_SERVERS, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import type { OpenLink } from "./links.ts";
import type { FindOptions, Nearby } from "./nearby.ts";
import type { MulticastNetwork } from "./multicast_network.ts";
import { type DnsRecord, folded, type Packet } from "./packet.ts";
import { goodbyesIn, type Heard, serversIn, SERVICE } from "./dns_records.ts";

/** The pause between the first two questions; each further one is twice as long, up to half an announcement's time (RFC 6762, section 5.2). */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = NEARBY_TTL_SECONDS * 1_000 / 2;
/** So many fit into one packet of Ethernet. */
const MAX_KNOWN_ANSWERS = 10;

interface Known extends Heard {
  /** Who said so: nobody else's goodbye counts. */
  readonly sender: string;
  readonly until: number;
  cancelEnd(): void;
}

/** Asks who is there, and remembers who answered. */
export class Finder {
  readonly #network: MulticastNetwork;
  readonly #options: Pick<FindOptions, "onFound" | "onGone">;
  readonly #known = new Map<string, Known>();
  #pauseMs = FIRST_PAUSE_MS;
  #cancelAsk = () => {};

  constructor(network: MulticastNetwork, options: Pick<FindOptions, "onFound" | "onGone">) {
    this.#network = network;
    this.#options = options;
  }

  /** Asks now. Those that answered need not answer again: RFC 6762, section 7.1. */
  ask(links: Iterable<OpenLink>): void {
    for (const link of links) {
      link.send({ type: "query", questions: [{ name: SERVICE, type: "PTR" }], answers: this.#answersKnown() });
    }
  }

  /** Asks now and then, until it is stopped. */
  askAgain(links: Iterable<OpenLink>): void {
    this.#cancelAsk = this.#network.after(this.#pauseMs, () => {
      this.#pauseMs = Math.min(2 * this.#pauseMs, LAST_PAUSE_MS);
      this.ask(links);
      this.askAgain(links);
    });
  }

  hear(packet: Packet, sender: string, { on }: OpenLink): void {
    if (packet.type !== "response") return;
    for (const instance of goodbyesIn(packet)) this.#part(folded(instance), sender);
    for (const heard of serversIn(packet, sender, on)) this.#meet(heard, sender);
  }

  stop(): void {
    this.#cancelAsk();
    for (const { cancelEnd } of this.#known.values()) cancelEnd();
    this.#known.clear();
  }

  #meet(heard: Heard, sender: string): void {
    const before = this.#known.get(heard.key);
    // On another interface it has another address; the first one works.
    if (before !== undefined && before.sender !== sender) return;
    if (before === undefined && this.#known.size >= MAX_NEARBY_SERVERS) return;
    before?.cancelEnd();
    this.#known.set(heard.key, {
      ...heard,
      sender,
      until: this.#network.now() + heard.ttl * 1_000,
      cancelEnd: this.#network.after(heard.ttl * 1_000, () => this.#forget(heard.key)),
    });
    if (before === undefined || !isSame(before.server, heard.server)) this.#options.onFound(heard.server);
  }

  #part(instance: string, sender: string): void {
    for (const [key, known] of this.#known) {
      if (known.instance === instance && known.sender === sender) this.#forget(key);
    }
  }

  #forget(key: string): void {
    const known = this.#known.get(key);
    this.#known.delete(key);
    known?.cancelEnd();
    if (known !== undefined) this.#options.onGone?.(known.server);
  }

  /** Those that hold for more than half their time. */
  #answersKnown(): DnsRecord[] {
    const now = this.#network.now();
    return [...this.#known.values()]
      .map(({ instance, until }) => ({ instance, ttl: Math.floor((until - now) / 1_000) }))
      .filter(({ ttl }) => ttl > NEARBY_TTL_SECONDS / 2)
      .slice(0, MAX_KNOWN_ANSWERS)
      .map(({ instance, ttl }) => ({ name: SERVICE, type: "PTR", ttl, data: instance }));
  }
}

function isSame(one: Nearby, other: Nearby): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
