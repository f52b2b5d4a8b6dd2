/**
 * Chooses which server of the chat a client dials next: after a loss a random other one at once, so that the clients of a dead server
 * spread over the others. A round dials each server once. Between rounds the `Reconnector` waits.
 *
 * A server can list any address. So the client keeps a few, dials them only after a loss, and forgets one that belongs to another
 * chat. It does not dial an address with a smaller reach than that of the server which lists it: a server on the internet must not
 * make its clients look for services on their own machine or network.
 */

import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { isWithinReach } from "../../protocol/address/reach.ts";
import { endpointKey, parseServers } from "../../protocol/address/server_list.ts";
import {
  CONNECT_TIMEOUT_MS,
  MAX_SERVERS_KNOWN,
  RECONNECT_FIRST_MS,
  SERVER_PAUSE_MS,
  SERVER_TRY_MS,
} from "../../protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { LinkEnd } from "./link_end.ts";

export interface ServerRouteOptions {
  readonly clock: Clock;
  /** Returns 0 to below 1. */
  readonly random: () => number;
  /** The server at the address that the user gave, which is not dialed a second time because it is listed. */
  readonly home?: Endpoint;
  /** Other servers of the chat, which an invite names or an earlier client has remembered. */
  readonly others: readonly Endpoint[];
  /** Called when a server of the chat has listed other servers than before. */
  readonly changed: (others: readonly Endpoint[], chat: string) => void;
}

/** A server that may be dialed. */
interface Candidate {
  /** `undefined` for the server at the address that the user gave. */
  readonly server: Endpoint | undefined;
  /** A time of `Clock.now` before which it has asked not to be dialed. */
  notBefore: number;
  /** Whether it did not answer in time when it was dialed last: a firewall may drop the packets. */
  isDoubtful: boolean;
}

export class ServerRoute {
  readonly #options: ServerRouteOptions;
  readonly #home: Candidate = { server: undefined, notBefore: 0, isDoubtful: false };
  #others = new Map<string, Candidate>();
  #current = this.#home;
  /** The servers that this round has not dialed yet. */
  #left: Candidate[];
  #round = 1;
  /** Whether an attempt of this round ended because its short time was over. */
  #isHasty = false;
  #dialedAt = 0;
  #homeEnd: LinkEnd | undefined;
  #chat = "";
  #remoteAddress: string | undefined;

  constructor(options: ServerRouteOptions) {
    this.#options = options;
    this.#replaceOthers(options.others);
    this.#left = this.#shuffled([...this.#others.values()]);
  }

  /** The server to dial now; `undefined` for the one at the address that the user gave. */
  get server(): Endpoint | undefined {
    return this.#current.server;
  }

  /** The other servers that the client would dial. */
  get others(): readonly Endpoint[] {
    return [...this.#others.values()].flatMap(({ server }) => server ?? []);
  }

  /** How long the connection, and then its `welcome`, may take. */
  get patienceMs(): number {
    if (this.#others.size === 0) return CONNECT_TIMEOUT_MS;
    return Math.min(CONNECT_TIMEOUT_MS, SERVER_TRY_MS * 2 ** (this.#round - 1));
  }

  /** Whether a server of the last round may answer if it gets more time: it had less than `CONNECT_TIMEOUT_MS`. */
  get isHasty(): boolean {
    return this.#isHasty;
  }

  dialing(): void {
    this.#dialedAt = this.#options.clock.now();
    this.#remoteAddress = undefined;
  }

  connected(remoteAddress: string | undefined): void {
    this.#remoteAddress = remoteAddress;
  }

  /** Takes the list of a server that the client uses. `chat` comes with its `welcome`. */
  learn(listed: readonly string[], chat = this.#chat): void {
    const isSame = chat === this.#chat;
    this.#chat = chat;
    const before = [...this.#others.keys()];
    // The first one is the server itself, which the client may know by another name.
    const [self, ...others] = parseServers(listed);
    const known = this.#current === this.#home ? others : [...self === undefined ? [] : [self], ...others];
    this.#replaceOthers(this.#shuffled(known.filter(({ host }) => isWithinReach(host, this.#remoteAddress))));
    const same = isSame && before.length === this.#others.size && before.every((key) => this.#others.has(key));
    if (!same) this.#options.changed(this.others, chat);
  }

  /**
   * Takes the end of an attempt or of a link. Returns the milliseconds after which to dial `server` in this round; `undefined` if
   * the round is over, or the end is final.
   */
  next(end: LinkEnd, wasOnline: boolean): number | undefined {
    const { clock, random } = this.#options;
    if (end.kind === "again" || this.#others.size === 0) return undefined;
    const isFalse = end.cause === "untrusted" || (end.kind === "lost" && end.isOtherChat === true);
    if (end.kind === "closed" && !isFalse) return undefined;
    const now = clock.now();
    const ended = this.#current;
    ended.isDoubtful = !wasOnline && now - this.#dialedAt >= this.patienceMs;
    if (ended.isDoubtful && this.patienceMs < CONNECT_TIMEOUT_MS) this.#isHasty = true;
    if (ended === this.#home && !wasOnline) this.#homeEnd = end;
    if (end.kind === "lost") ended.notBefore = now + end.retryAfterMs;
    if (isFalse && ended.server !== undefined) this.#others.delete(endpointKey(ended.server));
    if (wasOnline) this.#startOver(ended);
    const index = this.#left.findIndex(({ notBefore }) => notBefore <= now);
    if (index < 0) return undefined;
    [this.#current] = this.#left.splice(index, 1) as [Candidate];
    return Math.round(random() * (wasOnline ? RECONNECT_FIRST_MS : SERVER_PAUSE_MS));
  }

  /** Begins another round. Returns the shortest wait that a server has asked for, in milliseconds: 0 if one has asked for none. */
  nextRound(): number {
    const now = this.#options.clock.now();
    this.#round++;
    this.#isHasty = false;
    const [first, ...left] = this.#shuffled(this.#all).toSorted((a, b) =>
      Math.max(now, a.notBefore) - Math.max(now, b.notBefore)
    );
    this.#current = first!;
    this.#left = left;
    return Math.max(0, first!.notBefore - now);
  }

  /** Why no server could be used. The server at the user's address says it, if it was dialed: the others may be unknown to the user. */
  verdict(end: LinkEnd): Pick<LinkEnd, "cause" | "reason"> {
    const { size } = this.#others;
    const { cause, reason } = this.#homeEnd ?? end;
    if (size === 0 || cause === "untrusted") return { cause, reason };
    const others = size === 1 ? "the other server of the chat does" : `${size} other servers of the chat do`;
    return { cause, reason: `${reason}; ${others} not answer either` };
  }

  get #all(): Candidate[] {
    return [this.#home, ...this.#others.values()];
  }

  /** The next round begins with the other servers, then the one that was lost, and ends with those that did not answer before. */
  #startOver(lost: Candidate): void {
    this.#round = 1;
    this.#isHasty = false;
    this.#homeEnd = undefined;
    const others = this.#shuffled(this.#all.filter((candidate) => candidate !== lost));
    const doubtful = others.filter(({ isDoubtful }) => isDoubtful);
    this.#left = [...others.filter(({ isDoubtful }) => !isDoubtful), lost, ...doubtful];
  }

  /** Takes the first `MAX_SERVERS_KNOWN`, each once. Keeps what is known of those that stay. */
  #replaceOthers(servers: readonly Endpoint[]): void {
    const before = this.#others;
    const { home } = this.#options;
    const candidates = new Map(servers.map((server) => {
      const key = endpointKey(server);
      return [key, before.get(key) ?? { server, notBefore: 0, isDoubtful: false }];
    }));
    if (home !== undefined) candidates.delete(endpointKey(home));
    this.#others = new Map([...candidates].slice(0, MAX_SERVERS_KNOWN));
  }

  /** Fisher and Yates. */
  #shuffled<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let end = shuffled.length - 1; end > 0; end--) {
      const index = Math.floor(this.#options.random() * (end + 1));
      [shuffled[end], shuffled[index]] = [shuffled[index]!, shuffled[end]!];
    }
    return shuffled;
  }
}
