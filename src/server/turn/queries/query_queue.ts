import { clearTimeout as clearTimer, setImmediate, setTimeout as setTimer } from "node:timers";
import type { SearchSteps } from "../../../history/store.ts";
import { MAX_SEARCH_MS, QUERY_PAUSE_MS, QUERY_SLICE_MS } from "../../../protocol/limits.ts";
import type { ClientCommand, RoomMessage } from "../../../protocol/messages/messages.ts";
import type { Frame } from "../../../transports/connection.ts";
import type { Peer } from "../../connection/peer.ts";

/** A query of a peer, or a later frame that waits for it. */
export type Query = { readonly command: ClientCommand } | { readonly frame: Frame };

export interface QueryHost {
  /** Runs a query to its end, except for a search that it may add. Never throws. */
  runQuery(peer: Peer, query: Query): void;
  /** Whether the peer's queries wait for `wake`: for a password, or for what it has sent before. */
  isHeld(peer: Peer): boolean;
  /** Whether another query may begin. Otherwise all wait for `wake`. */
  readonly mayBegin: boolean;
  /** Writes the replies of the queries of a slice. */
  flush(): void;
  /** Ends the server after an internal error or an error of the store. */
  fail(error: unknown): void;
}

/** A search that takes as many slices as it needs. */
export interface RunningSearch {
  readonly steps: SearchSteps;
  /** Called once with the messages found, newest first. `complete` is false if the search was cut short. */
  readonly done: (messages: readonly RoomMessage[], complete: boolean) => void;
}

interface Waiting {
  readonly queries: Query[];
  readonly searches: RunningSearch[];
  readonly finished: PromiseWithResolvers<void>;
  /** Milliseconds that the first of `searches` has taken so far. */
  searchMs: number;
}

/**
 * Runs the queries of all peers in slices of `QUERY_SLICE_MS`, one peer after the other, and leaves the event loop to all other
 * work for `QUERY_PAUSE_MS` between slices. A peer's queries keep their order, and it is not read until they are done.
 */
export class QueryQueue {
  readonly #host: QueryHost;
  readonly #elapsed: () => number;
  /** In the order in which the peers are served. */
  readonly #waiting = new Map<Peer, Waiting>();
  /** Peers that are held. */
  readonly #parked = new Map<Peer, Waiting>();
  #scheduled = false;
  #ended = false;
  #timer: ReturnType<typeof setTimer> | undefined;

  /** `elapsed` returns milliseconds since any fixed time. */
  constructor(host: QueryHost, elapsed: () => number = () => performance.now()) {
    this.#host = host;
    this.#elapsed = elapsed;
  }

  /** Appends queries of the peer. Ignores them after `end`. */
  add(peer: Peer, queries: readonly Query[]): void {
    if (!this.#ended) this.#waitingOf(peer).queries.push(...queries);
  }

  /** Adds a search, which runs before the peer's other queries. Ignores it after `end`. */
  addSearch(peer: Peer, search: RunningSearch): void {
    if (!this.#ended) this.#waitingOf(peer).searches.push(search);
  }

  /** Continues the queries of parked peers: passwords have been checked, ops were applied, or peers have disconnected. */
  wake(): void {
    for (const [peer, waiting] of this.#parked) this.#waiting.set(peer, waiting);
    this.#parked.clear();
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** Drops all queries: the server drains. */
  end(): void {
    this.#ended = true;
    this.wake();
    clearTimer(this.#timer);
    for (const peer of [...this.#waiting.keys()]) this.#finish(peer);
  }

  #waitingOf(peer: Peer): Waiting {
    let waiting = this.#waiting.get(peer) ?? this.#parked.get(peer);
    if (waiting === undefined) {
      waiting = { queries: [], searches: [], finished: Promise.withResolvers(), searchMs: 0 };
      this.#waiting.set(peer, waiting);
      peer.startQueries(waiting.finished.promise);
    }
    this.#schedule();
    return waiting;
  }

  #schedule(): void {
    if (!this.#scheduled) setImmediate(this.#runSlice);
    this.#scheduled = true;
  }

  readonly #runSlice = (): void => {
    const deadline = this.#elapsed() + QUERY_SLICE_MS;
    /** Peers whose query may not begin now. */
    let idle = 0;
    try {
      do idle = this.#runFirst(deadline) ? 0 : idle + 1; while (
        this.#waiting.size > idle && this.#elapsed() < deadline
      );
    } catch (error) {
      this.#host.fail(error);
    }
    this.#host.flush();
    this.#scheduled = this.#waiting.size > idle;
    if (this.#scheduled) this.#timer = setTimer(this.#runSlice, QUERY_PAUSE_MS);
  };

  /** Returns false if a query must wait. */
  #runFirst(deadline: number): boolean {
    const [first] = this.#waiting;
    if (first === undefined) return true;
    const [peer, waiting] = first;
    const { searches, queries } = waiting;
    if (peer.closing) this.#finish(peer);
    else if (searches.length === 0 && this.#host.isHeld(peer)) this.#park(peer, waiting);
    else if (searches.length > 0 || queries.length === 0 || this.#host.mayBegin) this.#run(peer, waiting, deadline);
    else return this.#putLast(peer, waiting);
    return true;
  }

  #run(peer: Peer, waiting: Waiting, deadline: number): void {
    const { queries, searches } = waiting;
    if (searches.length > 0) this.#search(waiting, deadline);
    else if (queries.length > 0) this.#host.runQuery(peer, queries.shift()!);
    if (searches.length === 0 && queries.length === 0 && !this.#host.isHeld(peer)) this.#finish(peer);
    else this.#putLast(peer, waiting);
  }

  /** The other peers come first now. */
  #putLast(peer: Peer, waiting: Waiting): false {
    if (this.#waiting.delete(peer)) this.#waiting.set(peer, waiting);
    return false;
  }

  #park(peer: Peer, waiting: Waiting): void {
    this.#waiting.delete(peer);
    this.#parked.set(peer, waiting);
  }

  #search(waiting: Waiting, deadline: number): void {
    const { steps, done } = waiting.searches[0]!;
    const began = this.#elapsed();
    let step = steps.next();
    while (!step.done && this.#elapsed() < deadline) step = steps.next();
    waiting.searchMs += this.#elapsed() - began;
    const isCut = !step.done && waiting.searchMs >= MAX_SEARCH_MS;
    if (isCut) step = steps.next(true);
    if (!step.done) return;
    waiting.searches.shift();
    waiting.searchMs = 0;
    done(step.value, !isCut);
  }

  #finish(peer: Peer): void {
    this.#waiting.get(peer)?.finished.resolve();
    this.#waiting.delete(peer);
    peer.endQueries();
  }
}
