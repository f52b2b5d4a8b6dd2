import type { EntryContent, ServerFacts, ServerOp } from "../cluster_op.ts";
import { type CheckRound, noteCheck, outvoted } from "./check_round.ts";
import { type ChatOrigin, ORIGIN_PLACE } from "./chat_origin.ts";

/** How far the chat's time may be ahead of the median of the servers' clocks. */
export const MAX_CLOCK_AHEAD_MS = 10_000;
/** Beyond that, the chat's time goes slower than the clocks. */
const SLOW_RATE = 0.5;
/** A server ends when another one has written this many entries with its clock since its last entry. */
export const EVICTION_ENTRIES = 5;
/** The hub ticks when this time has passed since its last tick. */
const TICK_MS = 1_000;
/** Entries between two checks of the state, for each `CHECK_WEIGHT` sessions and members. */
export const CHECK_ENTRIES = 1_000;
const CHECK_WEIGHT = 2_000;
/** Time between two checks, at least, so that each server can tell the result of one before the next. */
export const CHECK_MS = 10_000;
/** Writes refused entries in the counts for eviction. No incarnation has this number. */
const NEWCOMERS = 0;

/** A server that takes part. */
export interface LiveServer {
  /** Its incarnation. */
  readonly s: number;
  readonly facts: ServerFacts;
  /** The index of its first entry. */
  readonly since: number;
  /** The number of its last entry. */
  n: number;
  /** Its clock, as it has told it last. */
  clock: number;
  /** The position of its last checkpoint. */
  kept: number;
  /** How many entries it had not applied yet when it told its clock last. */
  lag: number;
  /** Milliseconds from writing an entry to applying it. */
  delay: number;
  /** Entries with a clock since its last entry, by their writer. */
  silent: [writer: number, entries: number][];
}

/** The state of the cluster, equal on all servers, as plain JSON. It is part of each checkpoint. */
export interface ClusterRecord {
  readonly origin: ChatOrigin;
  /** Entries that counted. */
  index: number;
  /** Entries that did not count. */
  skipped: number;
  /** The chat's time, in milliseconds since the epoch. It never goes back. */
  time: number;
  /** The median of the servers' clocks. */
  middle: number;
  /** The chat's time of the last tick of the hub. */
  tickedAt: number;
  /** The highest incarnation so far. */
  incarnations: number;
  /** The level of the entries' rules; 0 before the first server. */
  level: number;
  settings: string;
  /** In the order of their incarnations. */
  readonly servers: LiveServer[];
  /** The index at which the state is checked next. */
  checkFrom: number;
  /** The chat's time of the last check. */
  checkedAt: number;
  round?: CheckRound;
}

/** Why an entry does not count. */
export type SkipReason = "repeated" | "gap" | "not live" | "old incarnation" | "settings" | "level" | "forged";

/** Decides which entries count, and follows the servers, the clock, the level and the settings. It depends on the entries alone. */
export class ClusterState {
  readonly record: ClusterRecord;

  constructor(record: ClusterRecord) {
    this.record = record;
  }

  static found(origin: ChatOrigin): ClusterState {
    const counts = { index: 0, skipped: 0, time: 0, middle: 0, tickedAt: 0, incarnations: 0 };
    return new ClusterState({
      ...counts,
      origin,
      level: 0,
      settings: "",
      servers: [],
      checkFrom: CHECK_ENTRIES,
      checkedAt: 0,
    });
  }

  server(s: number): LiveServer | undefined {
    return this.record.servers.find((server) => server.s === s);
  }

  /** The incarnation that trims the log and raises the level. */
  get first(): number | undefined {
    return this.record.servers[0]?.s;
  }

  /** All live servers can start again from entries after this position. */
  get keptByAll(): number {
    return Math.min(...this.record.servers.map(({ kept }) => kept));
  }

  /** The lowest clock of a live server, or the chat's time if that is lower: what is older by it is old by every clock. */
  get lowestClock(): number {
    return Math.min(this.record.time, ...this.record.servers.map(({ clock }) => clock));
  }

  /** The highest level that all live servers have. */
  get commonLevel(): number {
    return Math.min(...this.record.servers.map(({ facts }) => facts.level));
  }

  /** Takes the next entry. Returns why it does not count, or `undefined`: then the caller applies its ops and calls `end`. */
  begin(s: number, n: number, content: EntryContent): SkipReason | undefined {
    const reason = this.#admit(s, n, content);
    if (reason !== undefined) {
      this.record.skipped++;
      return reason;
    }
    this.record.index++;
    this.#noteLife(s, n, content);
    this.#advance(content.t);
  }

  #admit(s: number, n: number, { ops, t }: EntryContent): SkipReason | undefined {
    const server = this.server(s);
    if (server !== undefined) return n === server.n + 1 ? undefined : n <= server.n ? "repeated" : "gap";
    const [hello] = ops;
    if (n !== 1 || hello?.op !== "hello" || ops.length !== 1) return "not live";
    if (s <= this.record.incarnations || s >= ORIGIN_PLACE.s) return "old incarnation";
    this.record.incarnations = s;
    const reason = this.refusal(hello.server);
    if (reason !== undefined) return this.#refuse(reason);
    this.#add(s, hello.server, hello.kept, t);
  }

  /** Why a server with these facts cannot join now. */
  refusal({ level, settings }: ServerFacts): "settings" | "level" | undefined {
    const { record } = this;
    if (level < record.level) return "level";
    return record.servers.length > 0 && settings !== record.settings ? "settings" : undefined;
  }

  /** The settings that the chat goes by after this entry, if it changes them: those of a newcomer when no other server is live. */
  newSettings(s: number, n: number, { ops }: EntryContent): string | undefined {
    const { servers, incarnations, level, settings } = this.record;
    const [hello] = ops;
    if (servers.length > 0 || n !== 1 || hello?.op !== "hello" || ops.length !== 1) return undefined;
    const counts = s > incarnations && s < ORIGIN_PLACE.s && hello.server.level >= level;
    return counts && hello.server.settings !== settings ? hello.server.settings : undefined;
  }

  /** A newcomer that is refused again and again, and nobody else writes: the other servers are dead, and end. */
  #refuse(reason: SkipReason): SkipReason {
    if (reason === "settings") { for (const server of this.record.servers) countSilence(server, NEWCOMERS); }
    return reason;
  }

  #add(s: number, facts: ServerFacts, kept: number, clock: number): void {
    const { record } = this;
    if (record.servers.length === 0) record.settings = facts.settings;
    if (record.level === 0) record.level = facts.level;
    record.servers.push({ s, facts, since: record.index + 1, n: 0, clock, kept, lag: 0, delay: 0, silent: [] });
  }

  #noteLife(s: number, n: number, { ops }: EntryContent): void {
    const tellsClock = ops.some(({ op }) => op === "clock");
    for (const server of this.record.servers) {
      if (server.s !== s) {
        if (tellsClock) countSilence(server, s);
        continue;
      }
      server.n = n;
      server.silent = [];
      // Before the time of the entry follows from it.
      for (const op of ops) if (op.op === "clock") this.#noteClock(server, op);
    }
  }

  #noteClock(server: LiveServer, { clock, kept, at, delay }: Extract<ServerOp, { op: "clock" }>): void {
    server.clock = clock;
    server.kept = Math.max(server.kept, kept);
    server.lag = Math.max(0, this.record.index - 1 - at);
    server.delay = delay;
  }

  /** The time that a wrong clock has left far in the future goes on slowly, so that graces end, and the clocks catch up with it. */
  #advance(time: number): void {
    const { record } = this;
    const clocks = record.servers.map(({ clock }) => clock).sort((a, b) => a - b);
    const middle = lowerMedian(clocks);
    const passed = Math.min(Math.max(0, middle - record.middle), MAX_CLOCK_AHEAD_MS);
    record.middle = middle;
    const now = Math.min(time, middle + MAX_CLOCK_AHEAD_MS);
    if (now > record.time) record.time = now;
    else if (now < record.time - MAX_CLOCK_AHEAD_MS) record.time += Math.floor(passed * SLOW_RATE);
  }

  /** Applies an op of the entry that its server has written. Returns the incarnation that it ends. */
  apply(s: number, op: ServerOp): number | undefined {
    switch (op.op) {
      case "hello":
        return undefined;
      case "clock":
        if (op.check !== undefined) this.record.round = noteCheck(this.record.round, s, op.check);
        return undefined;
      case "level":
        if (op.level <= this.commonLevel) this.record.level = Math.max(this.record.level, op.level);
        return undefined;
      case "leave":
        return this.#end(s);
      case "remove":
        return this.#end(op.s);
      default:
        return op satisfies never;
    }
  }

  /** Ends the servers that are silent for too long, also after an entry that did not count. Returns their incarnations. */
  evict(): number[] {
    const silent = this.record.servers.filter((server) =>
      server.silent.some(([, entries]) => entries >= EVICTION_ENTRIES)
    );
    for (const { s } of silent) this.#end(s);
    return silent.map(({ s }) => s);
  }

  #end(s: number): number | undefined {
    const { servers } = this.record;
    const at = servers.findIndex((server) => server.s === s);
    if (at < 0) return undefined;
    servers.splice(at, 1);
    return s;
  }

  /** Whether the hub must tick after this entry. Then the tick counts as done. */
  takeTick(): boolean {
    const { record } = this;
    if (record.time - record.tickedAt < TICK_MS) return false;
    record.tickedAt = record.time;
    return true;
  }

  /** Whether the state must be checked after this entry. Then the next check is due later, the more the hub weighs. */
  takeCheck(weight: number): boolean {
    const { record } = this;
    if (record.index < record.checkFrom || record.time - record.checkedAt < CHECK_MS) return false;
    record.checkFrom = record.index + CHECK_ENTRIES * Math.max(1, Math.ceil(weight / CHECK_WEIGHT));
    record.checkedAt = record.time;
    return true;
  }

  /** The live servers whose state differs from that of the others, by the last check. Versions may keep their states in other forms. */
  get outvoted(): readonly number[] {
    const { round, servers } = this.record;
    if (round === undefined) return [];
    const voters = servers.filter(({ since }) => since <= round.index);
    const byVersion = Map.groupBy(voters, ({ facts }) => facts.version);
    return [...byVersion.values()].flatMap((alike) => outvoted(round, alike.map(({ s }) => s)));
  }
}

function countSilence(server: LiveServer, writer: number): void {
  const count = server.silent.find(([known]) => known === writer);
  if (count === undefined) server.silent.push([writer, 1]);
  else count[1]++;
}

/** The median. With an even number of values, the lower one of the two in the middle: a clock that is ahead must not decide. */
export function lowerMedian(sorted: readonly number[]): number {
  return sorted[(sorted.length - 1) >> 1]!;
}
