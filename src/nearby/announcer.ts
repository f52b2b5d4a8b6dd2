import { MAX_NEARBY_RENAMES, NEARBY_TTL_SECONDS } from "../protocol/limits.ts";
import type { OpenLink } from "./multicast_links.ts";
import type { MulticastNetwork } from "./multicast_network.ts";
import type { NetworkInterface } from "./network_interface.ts";
import { type DnsRecord, type Packet, sameName, type SrvData, srvDataOf } from "./dns_packet.ts";
import {
  instanceName,
  numberedTitle,
  SERVICE,
  type ServiceRecord,
  serviceRecords,
  srvRecord,
  TYPES,
} from "./dns_records.ts";

/** RFC 6762, section 8.1: number of probes for a name before it is used, and the interval between them. */
const PROBES = 3;
const PROBE_MS = 250;
/** Section 8.3: time between the first announcement and the second. */
const ANNOUNCE_AGAIN_MS = 1_000;
/** Section 6: the random delay of answers for shared names, so that the responders do not all answer at once. */
const ANSWER_MIN_MS = 20;
const ANSWER_MAX_MS = 120;
/** Section 6: the minimum time between two answers on one interface; shorter when another host probes for our name. */
const ANSWER_PAUSE_MS = 1_000;
const DEFEND_PAUSE_MS = 250;

export interface AnnouncerOptions {
  readonly server: ServiceRecord;
  /** The addresses of an interface at which the server listens; empty if it listens at none of them. */
  hostsOn(on: NetworkInterface): readonly string[];
  /** Receives the title once it is announced on a network, and again if a conflict changes it. */
  onAnnounced(title: string): void;
}

/** Answers on one link. Times are those of `MulticastNetwork.now`. */
interface AnswerState {
  /** Time of the last answer. */
  sent: number;
  /** Time of the next answer, if one is scheduled. */
  due?: number;
  cancel(): void;
}

/** Announces a server and answers queries for it: probing, announcing and conflict resolution of RFC 6762. */
export class Announcer {
  readonly #network: MulticastNetwork;
  readonly #options: AnnouncerOptions;
  readonly #links: Iterable<OpenLink>;
  #answers = new WeakMap<OpenLink, AnswerState>();
  /** Number of the title: 1 for the title itself; a higher one is appended, because the titles before it are taken. */
  #number = 1;
  #probing = true;
  #stopped = false;
  /** The title that `onAnnounced` received last. */
  #announced: string | undefined;
  #cancelStep = () => {};

  constructor(network: MulticastNetwork, links: Iterable<OpenLink>, options: AnnouncerOptions) {
    this.#network = network;
    this.#links = links;
    this.#options = options;
  }

  /** Probes for the title with the current number, then announces it. */
  start(): void {
    this.#probing = true;
    this.#cancelStep();
    this.#probe(1);
  }

  /** Announces the server on a new link, where it is not known yet. */
  linkOpened(link: OpenLink): void {
    if (!this.#probing) this.#answer(link, 0, 0);
  }

  receive(packet: Packet, link: OpenLink): void {
    if (this.#stopped) return;
    const rival = this.#rivalIn(packet);
    if (rival !== undefined && this.#yields(packet, rival)) {
      this.#number++;
      return this.start();
    }
    if (this.#probing) return;
    // A rival that uses our name does not know of us yet.
    if (rival !== undefined) return this.#answer(link, 0, DEFEND_PAUSE_MS);
    if (packet.type === "query" && this.#isAsked(packet)) this.#answer(link, this.#delay(), ANSWER_PAUSE_MS);
  }

  /** Sends a goodbye on all links. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelStep();
    for (const link of this.#links) {
      this.#answers.get(link)?.cancel();
      if (!this.#probing) this.#send(link, 0);
    }
  }

  get #instance(): string {
    return instanceName(this.#options.server.title, this.#number);
  }

  get #server(): ServiceRecord {
    const { server } = this.#options;
    return { ...server, title: numberedTitle(server.title, this.#number) };
  }

  #probe(count: number): void {
    const authorities = [srvRecord(this.#instance, this.#server)];
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
  }

  /** The SRV data of another host that uses our name or probes for it. */
  #rivalIn({ answers = [], authorities = [], additionals = [] }: Packet): SrvData | undefined {
    const { target, port } = this.#options.server;
    return [...answers, ...authorities, ...additionals]
      .filter(({ name, ttl = 1 }) => ttl > 0 && sameName(name, this.#instance))
      .map(srvDataOf)
      .find((data) => data !== undefined && (data.port !== port || !sameName(data.target, target)));
  }

  /**
   * True if the name belongs to the rival: it uses the name and we only probe for it. If both use it, or both probe, the
   * greater record wins on all hosts (RFC 6762, section 8.2). After `MAX_NEARBY_RENAMES` we never yield again, so a host
   * that claims every name cannot rename us forever.
   */
  #yields({ type }: Packet, rival: SrvData): boolean {
    if (this.#number > MAX_NEARBY_RENAMES) return false;
    const rivalUsesName = type === "response";
    if (this.#probing !== rivalUsesName) {
      const { target, port } = this.#options.server;
      return port === rival.port ? target.toLowerCase() < rival.target.toLowerCase() : port < rival.port;
    }
    return this.#probing;
  }

  /** True if the query asks for one of our records and does not list our answer as known. */
  #isAsked({ questions = [], answers = [] }: Packet): boolean {
    const own = serviceRecords(this.#instance, this.#server, []);
    const asked = questions.some((question) =>
      sameName(question.name, this.#options.server.target) || own.some((record) => isAnswer(record, question))
    );
    const onlyShared = questions.every(({ name }) => sameName(name, SERVICE) || sameName(name, TYPES));
    return asked && !(onlyShared && answers.some((answer) => this.#isKnown(answer)));
  }

  /** True if the query lists our answer as known for at least half its lifetime (RFC 6762, section 7.1). */
  #isKnown({ name, type, data, ttl = 0 }: DnsRecord): boolean {
    return type === "PTR" && sameName(name, SERVICE) && typeof data === "string" && sameName(data, this.#instance) &&
      ttl >= NEARBY_TTL_SECONDS / 2;
  }

  #delay(): number {
    return ANSWER_MIN_MS + this.#network.random() * (ANSWER_MAX_MS - ANSWER_MIN_MS);
  }

  /** Answers after `delayMs`, and at least `pauseMs` after the last answer. If an answer is due sooner, that one is enough. */
  #answer(link: OpenLink, delayMs: number, pauseMs: number): void {
    const now = this.#network.now();
    const state = this.#answers.get(link) ?? { sent: -Infinity, cancel() {} };
    const due = Math.max(now + delayMs, state.sent + pauseMs);
    if (state.due !== undefined && state.due <= due) return;
    state.cancel();
    const send = () => {
      this.#answers.set(link, { sent: this.#network.now(), cancel() {} });
      if (!this.#stopped && !this.#probing) this.#send(link);
    };
    if (due <= now) return send();
    this.#answers.set(link, { sent: state.sent, due, cancel: this.#network.after(due - now, send) });
  }

  #send(link: OpenLink, ttl?: number): void {
    const hosts = this.#options.hostsOn(link.on);
    if (hosts.length === 0) return;
    const { title } = this.#server;
    const answers = serviceRecords(this.#instance, this.#server, hosts, ttl);
    link.send({ type: "response", answers }, () => this.#sent(title));
  }

  #sent(title: string): void {
    const current = !this.#stopped && !this.#probing && title === this.#server.title;
    if (!current || title === this.#announced) return;
    this.#announced = title;
    this.#options.onAnnounced(title);
  }
}

function isAnswer(record: DnsRecord, { name, type }: { readonly name: string; readonly type: string }): boolean {
  return sameName(record.name, name) && (type === record.type || type === "ANY");
}
