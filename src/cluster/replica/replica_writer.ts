import type { LoggedHubOp, ServerOp, StateCheck } from "../cluster_op.ts";
import { EntryTaken, type LogEntry } from "../command_log.ts";
import { MAX_SEALED_TEXT_BYTES, TAG_BYTES } from "../sealed_entry.ts";
import type { ClusterState } from "./cluster_state.ts";
import { EntryWriter } from "./entry_writer.ts";
import { ORIGIN_PLACE } from "./chat_origin.ts";
import { type OwnEntry, type OwnItem, OwnOps } from "./own_ops.ts";
import { lowLevel, otherSettings, ReplicaFailure } from "./replica_failure.ts";
import type { ReplicaOptions } from "./replica_options.ts";

/** Room in an entry for its head and ops about servers. */
const ENTRY_HEAD_BYTES = 4 * 1024;
/** A server with other settings tries this often, once a second. Dead servers with the old settings have ended by then. */
const MAX_SETTINGS_REFUSALS = 8;

type Options = Pick<ReplicaOptions, "log" | "sealer" | "newSeed" | "facts" | "now" | "monotonic">;

/** The replica as its writer sees it. Calls come between entries, never while one is applied. */
export interface WriterHost<Local> {
  readonly state: ClusterState;
  /** The position of the last checkpoint. */
  readonly kept: () => number;
  /** Shows effects that depend on no entry. */
  readonly show: (items: readonly OwnItem<Local>[]) => void;
  /** Other bytes are in the log under this server's incarnation. */
  readonly taken: () => void;
  readonly failed: (error: unknown) => void;
}

/** Writes what this server brings into the log: its hello, its ops, and once a second its clock. One entry is on its way at a time. */
export class ReplicaWriter<Local> {
  readonly own = new OwnOps<Local>();
  readonly #options: Options;
  readonly #host: WriterHost<Local>;
  /** Writes the entries of this incarnation, or its hello. */
  #entries: EntryWriter | undefined;
  /** The incarnation of the sessions, also after it has ended. 0 before the first one. */
  incarnation = 0;
  /** Whether the chat has taken its hello. */
  isLive = false;
  /** Whether the clock is too wrong to write. */
  isPaused = false;
  /** Milliseconds until the last own entry was applied. */
  delay = 0;
  /** The result of a check that the others do not know yet. */
  check: StateCheck | undefined;
  /** The highest incarnation that this server has tried. */
  #tried = 0;
  #settingsRefusals = 0;
  #isClockDue = false;
  readonly #removals: number[] = [];
  /** Resolves when this server has left. */
  #left: PromiseWithResolvers<void> | undefined;
  /** Whether it has written that it leaves. */
  #leaves = false;

  constructor(options: Options, host: WriterHost<Local>) {
    this.#options = options;
    this.#host = host;
  }

  /** Whether an entry of this incarnation is this server's. */
  writes(s: number): boolean {
    return this.#entries?.s === s;
  }

  /** Says hello as a new incarnation, unless it has. */
  greet(): void {
    if (this.#entries !== undefined || this.isPaused || this.#left !== undefined) return;
    const { facts } = this.#options;
    const { record } = this.#host.state;
    if (this.#host.state.refusal(facts) === "level") return this.#host.failed(lowLevel(facts.level, record.level));
    const s = this.#tried = Math.max(record.incarnations, this.#tried) + 1;
    if (s >= ORIGIN_PLACE.s) {
      return this.#host.failed(new ReplicaFailure("refused", "The chat has had too many servers"));
    }
    this.#entries = new EntryWriter(s, {
      ...this.#options,
      written: () => this.writeNext(),
      failed: (error) => error instanceof EntryTaken ? this.#host.taken() : this.#host.failed(error),
    });
    this.#write([{ op: "hello", server: facts, kept: this.#host.kept() }], []);
  }

  /** The chat has taken its hello. */
  begin(): void {
    this.incarnation = this.#entries!.s;
    this.isLive = true;
    this.#settingsRefusals = 0;
  }

  /** The chat has refused its hello. Tries again at the next call of `greet`, unless that has no hope. */
  noteRefusal(reason: string): void {
    this.end();
    if (reason === "settings" && ++this.#settingsRefusals > MAX_SETTINGS_REFUSALS) this.#host.failed(otherSettings());
  }

  /** Its incarnation has ended. */
  end(): void {
    this.#entries?.end();
    this.#entries = undefined;
    this.isLive = false;
    this.check = undefined;
    this.own.dropSessions();
    this.#left?.resolve();
  }

  /** The server's clock is due: once a second. */
  noteClock(): void {
    this.#isClockDue = true;
  }

  remove(incarnation: number): void {
    this.#removals.push(incarnation);
    this.writeNext();
  }

  /** Writes what waits, and then that this server leaves. Resolves when that was applied, or `end` was called. */
  leave(): Promise<void> {
    this.#left ??= Promise.withResolvers();
    this.writeNext();
    return this.#left.promise;
  }

  /** Writes the next entry, unless one is on its way or there is nothing to write. */
  writeNext(): void {
    if (!this.isLive || this.isPaused || this.#entries!.isBusy) return this.#showFirst();
    const about = this.#takeServerOps();
    const items = this.own.take(MAX_SEALED_TEXT_BYTES - ENTRY_HEAD_BYTES);
    if (this.#left !== undefined && !this.own.isQueued && !this.#leaves) {
      this.#leaves = true;
      about.push({ op: "leave" });
    }
    if (about.length > 0 || items.some(isOp)) this.#write(about, items);
    else this.#showLater(items);
  }

  #takeServerOps(): ServerOp[] {
    const { first, commonLevel, record } = this.#host.state;
    const ops: ServerOp[] = this.#removals.splice(0).map((s) => ({ op: "remove", s }));
    if (!this.#isClockDue) return ops;
    this.#isClockDue = false;
    const { delay, check } = this;
    this.check = undefined;
    const { now, facts: { addresses } } = this.#options;
    ops.push({ op: "clock", clock: now(), kept: this.#host.kept(), at: record.index, delay, addresses, check });
    if (first === this.incarnation && commonLevel > record.level) ops.push({ op: "level", level: commonLevel });
    return ops;
  }

  #write(about: readonly ServerOp[], items: OwnItem<Local>[]): void {
    const { now, monotonic } = this.#options;
    const leaves = about.filter(({ op }) => op === "leave");
    const ops = [
      ...about.filter(({ op }) => op !== "leave").map(toJson),
      ...items.filter(isOp).map(({ json }) => json),
    ];
    const wroteAt = monotonic();
    const { n, data } = this.#entries!.write([...ops, ...leaves.map(toJson)], now());
    this.own.entries.push({ n, data, wroteAt, items });
  }

  /** Effects without ops need no entry, and follow what was written. */
  #showLater(items: readonly OwnItem<Local>[]): void {
    if (items.length === 0) return;
    const last = this.own.entries.at(-1);
    if (last === undefined) this.#host.show(items);
    else last.items.push(...items);
  }

  /** Effects before the first op that waits need not wait for the entry that is on its way. */
  #showFirst(): void {
    this.#showLater(this.own.takeEffects());
  }

  /**
   * Takes the own entry that was read from the log, if it was not applied yet. If another server has chosen the same incarnation, and
   * was first, this server ends it.
   */
  takeOwn({ s, n, data }: LogEntry): OwnEntry<Local> | undefined {
    const { entries } = this.own;
    const [entry] = entries;
    if (!this.writes(s) || entry?.n !== n) return undefined;
    if (!isSameSeal(entry.data, data)) return void this.#host.taken();
    entries.shift();
    this.#entries!.confirm(n);
    this.delay = Math.round(this.#options.monotonic() - entry.wroteAt);
    return entry;
  }
}

/** Sealed entries end with a tag, which differs if anything does. */
function isSameSeal(one: Uint8Array, other: Uint8Array): boolean {
  const [tag, otherTag] = [one, other].map((data) => data.subarray(-TAG_BYTES));
  return one.length === other.length && tag!.every((byte, at) => byte === otherTag![at]);
}

function isOp<Local>(item: OwnItem<Local>): item is Extract<OwnItem<Local>, { readonly op: LoggedHubOp }> {
  return "op" in item;
}

function toJson(op: ServerOp): string {
  return JSON.stringify(op);
}
