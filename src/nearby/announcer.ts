import { MAX_NEARBY_RENAMES, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import type { OpenLink } from "./links.ts";
import type { MulticastNetwork, NetworkInterface } from "./multicast_network.ts";
import { type DnsRecord, type Packet, sameName, type ServerData, serverDataOf } from "./packet.ts";
import { type Announced, instanceOf, numberedTitle, recordsOf, serverRecord, SERVICE, TYPES } from "./dns_records.ts";

/** RFC 6762, section 8.1: so often a name is asked for before it is taken, and so long each time. */
const PROBES = 3;
const PROBE_MS = 250;
/** Section 8.3: from the first announcement to the second. */
const ANNOUNCE_AGAIN_MS = 1_000;
/** Section 6: who shares a name waits so long with an answer, so that not all of them speak at once. */
const ANSWER_MIN_MS = 20;
const ANSWER_MAX_MS = 120;
/** And between two answers on one interface; the shorter one where somebody is about to take our name. */
const ANSWER_PAUSE_MS = 1_000;
const DEFEND_PAUSE_MS = 250;

export interface AnnouncerOptions {
  readonly server: Announced;
  /** At what addresses of an interface the server is reached; none where it is not. */
  hostsOn(on: NetworkInterface): readonly string[];
  /** Is told the title once it is known to be free, and again when it had to be changed. */
  onAnnounced(title: string): void;
}

interface Answering {
  /** When the last answer was sent. */
  sent: number;
  /** When the next one is due. */
  due?: number;
  cancel(): void;
}

/** Says that a server is here, and answers those who ask. */
export class Announcer {
  readonly #network: MulticastNetwork;
  readonly #options: AnnouncerOptions;
  readonly #links: Iterable<OpenLink>;
  #answering = new WeakMap<OpenLink, Answering>();
  #number = 1;
  #probing = true;
  #stopped = false;
  #cancelStep = () => {};

  constructor(network: MulticastNetwork, links: Iterable<OpenLink>, options: AnnouncerOptions) {
    this.#network = network;
    this.#links = links;
    this.#options = options;
  }

  /** Takes the title, or with a number what is free of it. */
  start(): void {
    this.#probing = true;
    this.#cancelStep();
    this.#probe(1);
  }

  /** An interface has come; nobody there knows of us yet. */
  greet(link: OpenLink): void {
    if (!this.#probing) this.#answer(link, 0, 0);
  }

  hear(packet: Packet, link: OpenLink): void {
    if (this.#stopped) return;
    const rival = this.#rivalIn(packet);
    if (rival !== undefined && this.#yields(packet, rival)) {
      this.#number++;
      return this.start();
    }
    if (this.#probing) return;
    // Whoever has our name does not know of us.
    if (rival !== undefined) return this.#answer(link, 0, DEFEND_PAUSE_MS);
    if (packet.type === "query" && this.#isAsked(packet)) this.#answer(link, this.#delay(), ANSWER_PAUSE_MS);
  }

  /** Says goodbye. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelStep();
    for (const link of this.#links) {
      this.#answering.get(link)?.cancel();
      if (!this.#probing) this.#send(link, 0);
    }
  }

  get #instance(): string {
    return instanceOf(this.#options.server.title, this.#number);
  }

  get #server(): Announced {
    const { server } = this.#options;
    return { ...server, title: numberedTitle(server.title, this.#number) };
  }

  #probe(count: number): void {
    const authorities = [serverRecord(this.#instance, this.#server)];
    for (const link of this.#links) {
      link.send({ type: "query", questions: [{ name: this.#instance, type: "ANY" }], authorities });
    }
    const next = count < PROBES ? () => this.#probe(count + 1) : () => this.#announce();
    this.#cancelStep = this.#network.after(PROBE_MS, next);
  }

  #announce(): void {
    this.#probing = false;
    const announce = () => {
      for (const link of this.#links) this.#answer(link, 0, 0);
    };
    announce();
    this.#cancelStep = this.#network.after(ANNOUNCE_AGAIN_MS, announce);
    this.#options.onAnnounced(this.#server.title);
  }

  /** What somebody else has, or wants to have, under our name. */
  #rivalIn({ answers = [], authorities = [], additionals = [] }: Packet): ServerData | undefined {
    const { target, port } = this.#options.server;
    return [...answers, ...authorities, ...additionals]
      .filter(({ name, ttl = 1 }) => ttl > 0 && sameName(name, this.#instance))
      .map(serverDataOf)
      .find((data) => data !== undefined && (data.port !== port || !sameName(data.target, target)));
  }

  /**
   * Whether the name is the other's. It is where they have it and we do not; else the greater record wins, as all of them
   * compare it (RFC 6762, section 8.2). Somebody who takes every name there is finds us unmoved in the end.
   */
  #yields({ type }: Packet, rival: ServerData): boolean {
    if (this.#number > MAX_NEARBY_RENAMES) return false;
    const rivalHasIt = type === "response";
    if (this.#probing !== rivalHasIt) {
      const { target, port } = this.#options.server;
      return port === rival.port ? target.toLowerCase() < rival.target.toLowerCase() : port < rival.port;
    }
    return this.#probing;
  }

  #isAsked({ questions = [], answers = [] }: Packet): boolean {
    const own = recordsOf(this.#instance, this.#server, []);
    const asked = questions.some((question) =>
      sameName(question.name, this.#options.server.target) || own.some((record) => isAnswer(record, question))
    );
    const onlyShared = questions.every(({ name }) => sameName(name, SERVICE) || sameName(name, TYPES));
    return asked && !(onlyShared && answers.some((answer) => this.#isKnown(answer)));
  }

  /** RFC 6762, section 7.1. */
  #isKnown({ name, type, data, ttl = 0 }: DnsRecord): boolean {
    return type === "PTR" && sameName(name, SERVICE) && typeof data === "string" && sameName(data, this.#instance) &&
      ttl >= NEARBY_TTL_SECONDS / 2;
  }

  #delay(): number {
    return ANSWER_MIN_MS + this.#network.random() * (ANSWER_MAX_MS - ANSWER_MIN_MS);
  }

  /** Answers after a delay, and not sooner than a pause after the last answer. One that is due sooner stands for this one. */
  #answer(link: OpenLink, delayMs: number, pauseMs: number): void {
    const now = this.#network.now();
    const answering = this.#answering.get(link) ?? { sent: -Infinity, cancel() {} };
    const due = Math.max(now + delayMs, answering.sent + pauseMs);
    if (answering.due !== undefined && answering.due <= due) return;
    answering.cancel();
    const send = () => {
      this.#answering.set(link, { sent: this.#network.now(), cancel() {} });
      if (!this.#stopped && !this.#probing) this.#send(link);
    };
    if (due <= now) return send();
    this.#answering.set(link, { sent: answering.sent, due, cancel: this.#network.after(due - now, send) });
  }

  #send(link: OpenLink, ttl?: number): void {
    const hosts = this.#options.hostsOn(link.on);
    if (hosts.length === 0) return;
    link.send({ type: "response", answers: recordsOf(this.#instance, this.#server, hosts, ttl) });
  }
}

function isAnswer(record: DnsRecord, { name, type }: { readonly name: string; readonly type: string }): boolean {
  return sameName(record.name, name) && (type === record.type || type === "ANY");
}
