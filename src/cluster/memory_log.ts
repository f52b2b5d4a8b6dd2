import {
  checkFounding,
  checkLogEntry,
  type CommandLog,
  EntryTaken,
  isSameData,
  type LogEntry,
  LogLost,
  type LogStatus,
  LogTrimmed,
  type PlacedEntry,
} from "./command_log.ts";

/** The most entries of one message to a follower. */
const PAGE_ENTRIES = 100;
/** Positions have gaps, as those of other engines do. */
const POSITION_STEP = 3;

/** One message between a client of the log and its engine: a request, or the answer to it. */
export interface LogMessage {
  /** The name that `MemoryLog.open` was given. */
  readonly client: string;
  readonly call: "append" | "read" | "forget" | "found" | "status";
  readonly isAnswer: boolean;
  /** The numbers of the entry, for an append. */
  readonly s?: number;
  readonly n?: number;
}

/**
 * Carries a message: it calls either `arrive` or `lose`, once, at any later time, but never before it has returned.
 * What was lost is sent again at once, so a network that loses everything needs a clock.
 */
export type LogNetwork = (message: LogMessage, arrive: () => void, lose: () => void) => void;

/** Each message arrives, in order, in a microtask of its own. */
export const perfectNetwork: LogNetwork = (_, arrive) => queueMicrotask(arrive);

/** Entries for a follower. `end` is the position of the last entry that existed. */
export interface LogPage {
  readonly entries: readonly PlacedEntry[];
  readonly end: number;
}

/**
 * A log in this process, for tests and simulations. It has no clock and draws no random number: everything happens when
 * its network lets a message arrive.
 */
export class MemoryLog {
  readonly #network: LogNetwork;
  #entries: PlacedEntry[] = [];
  readonly #places = new Map<string, PlacedEntry>();
  readonly #founded = new Map<string, Uint8Array>();
  #waiting: (() => void)[] = [];
  #end = 0;
  #trimmed = 0;
  #birth = 0;

  constructor(network: LogNetwork = perfectNetwork) {
    this.#network = network;
  }

  /** The log as one server sees it. The name only tells the network whose message it carries. */
  open(client: string): CommandLog {
    return new MemoryLogClient(this, client, this.#network);
  }

  /** Position of the last entry, also if it was forgotten. */
  get end(): number {
    return this.#end;
  }

  /** Entries that are kept, in order. */
  get entries(): readonly PlacedEntry[] {
    return this.#entries;
  }

  /** Increases when the log loses data. */
  get birth(): number {
    return this.#birth;
  }

  /** Loses what it has confirmed after this position, as an engine does whose disk was restored from a copy. */
  lose(afterPosition: number): void {
    for (const { s, n } of this.#entries.filter(({ position }) => position > afterPosition)) {
      this.#places.delete(keyOf(s, n));
    }
    this.#entries = this.#entries.filter(({ position }) => position <= afterPosition);
    this.#end = Math.min(this.#end, afterPosition);
    this.#trimmed = Math.min(this.#trimmed, this.#end);
    this.#birth++;
    this.#wake();
  }

  append({ s, n, data }: LogEntry): void {
    const standing = this.#places.get(keyOf(s, n));
    if (standing !== undefined) {
      if (!isSameData(standing.data, data)) throw new EntryTaken({ s, n });
      return;
    }
    const entry = { s, n, data, position: this.#end + POSITION_STEP };
    this.#places.set(keyOf(s, n), entry);
    this.#entries.push(entry);
    this.#end = entry.position;
    this.#wake();
  }

  /** Throws `LogTrimmed` or `LogLost`. */
  read(position: number): LogPage {
    if (position > this.#end) {
      throw new LogLost(`The log ends at position ${this.#end}, before ${position}, which this server has read`);
    }
    if (position < this.#trimmed) throw new LogTrimmed(position, this.#trimmed);
    const start = this.#indexAfter(position);
    return { entries: this.#entries.slice(start, start + PAGE_ENTRIES), end: this.#end };
  }

  /** Calls back once, after the next entry, or when the log loses data. */
  whenChanged(callback: () => void): void {
    this.#waiting.push(callback);
  }

  forget(throughPosition: number): void {
    const through = Math.min(throughPosition, this.#end);
    if (through <= this.#trimmed) return;
    this.#trimmed = through;
    for (const { s, n } of this.#entries.splice(0, this.#indexAfter(through))) this.#places.delete(keyOf(s, n));
  }

  found(name: string, value: Uint8Array): Uint8Array {
    const standing = this.#founded.get(name) ?? value;
    this.#founded.set(name, standing);
    return standing;
  }

  #indexAfter(position: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (this.#entries[middle]!.position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/** The work of the engine on a request. It may answer later. */
type Request<T> = (answer: (value: T) => void, fail: (error: unknown) => void) => void;

class MemoryLogClient implements CommandLog {
  readonly #engine: MemoryLog;
  readonly #client: string;
  readonly #network: LogNetwork;
  readonly #birth: number;
  readonly #calls = new WeakMap<AbortSignal, Set<(reason: unknown) => void>>();

  constructor(engine: MemoryLog, client: string, network: LogNetwork) {
    this.#engine = engine;
    this.#client = client;
    this.#network = network;
    this.#birth = engine.birth;
  }

  async append(entry: LogEntry, signal: AbortSignal): Promise<void> {
    checkLogEntry(entry);
    const { s, n } = entry;
    await this.#call({ call: "append", s, n }, now(() => (this.#checkBirth(), this.#engine.append(entry))), signal);
  }

  async follow(
    position: number,
    take: (entry: PlacedEntry) => void | Promise<void>,
    caughtUp: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    let target: number | undefined;
    let isCaughtUp = false;
    while (!signal.aborted) {
      const page = await this.#read(position, isCaughtUp, signal);
      if (page === undefined) return;
      target ??= page.end;
      for (const entry of page.entries) {
        if (signal.aborted) return;
        const taken = take(entry);
        if (taken !== undefined) await taken;
        position = entry.position;
      }
      if (isCaughtUp || signal.aborted || (page.entries.length > 0 && position < target)) continue;
      isCaughtUp = true;
      caughtUp();
    }
  }

  async forget(throughPosition: number, signal: AbortSignal): Promise<void> {
    await this.#call({ call: "forget" }, now(() => this.#engine.forget(throughPosition)), signal);
  }

  async found(name: string, value: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    checkFounding(name, value);
    return await this.#call({ call: "found" }, now(() => this.#engine.found(name, value)), signal);
  }

  async status(signal: AbortSignal): Promise<LogStatus> {
    const entries = await this.#call({ call: "status" }, now(() => this.#engine.entries.length), signal);
    return { engine: "memory", isReady: true, endpoints: [], entries, warnings: [] };
  }

  /** The next entries; waits for one if `isWaiting`. `undefined` when the signal aborts. */
  async #read(position: number, isWaiting: boolean, signal: AbortSignal): Promise<LogPage | undefined> {
    const read: Request<LogPage> = (answer, fail) => {
      try {
        const page = this.#engine.read(position);
        if (isWaiting && page.entries.length === 0) this.#engine.whenChanged(() => read(answer, fail));
        else answer(page);
      } catch (error) {
        fail(error);
      }
    };
    try {
      return await this.#call({ call: "read" }, read, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** Sends the request until an answer arrives. */
  #call<T>(about: Pick<LogMessage, "call" | "s" | "n">, request: Request<T>, signal: AbortSignal): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (signal.aborted) return Promise.reject(signal.reason);
    const calls = this.#callsUnder(signal);
    const settled = () => calls.delete(reject);
    calls.add(reject);
    const message = { client: this.#client, ...about };
    const ask = () => {
      if (signal.aborted) return;
      const reply = (settle: () => void) => this.#network({ ...message, isAnswer: true }, settle, ask);
      this.#network(
        { ...message, isAnswer: false },
        () =>
          request(
            (value) => reply(() => (settled(), resolve(value))),
            (error) => reply(() => (settled(), reject(error))),
          ),
        ask,
      );
    };
    ask();
    return promise;
  }

  /** How to end the calls that wait for an answer. One listener for all of them costs less than one for each. */
  #callsUnder(signal: AbortSignal): Set<(reason: unknown) => void> {
    let calls = this.#calls.get(signal);
    if (calls !== undefined) return calls;
    this.#calls.set(signal, calls = new Set());
    const waiting = calls;
    signal.addEventListener("abort", () => {
      for (const end of waiting) end(signal.reason);
      waiting.clear();
    }, { once: true });
    return calls;
  }

  #checkBirth(): void {
    if (this.#engine.birth === this.#birth) return;
    throw new LogLost("The log has lost entries that it had confirmed");
  }
}

function now<T>(run: () => T): Request<T> {
  return (answer, fail) => {
    let value: T;
    try {
      value = run();
    } catch (error) {
      return fail(error);
    }
    answer(value);
  };
}

function keyOf(s: number, n: number): string {
  return `${s}/${n}`;
}
