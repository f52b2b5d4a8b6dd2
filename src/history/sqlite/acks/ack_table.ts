import type { DatabaseSync } from "node:sqlite";
import { AckFilter, ackHash, FILTER_BYTES } from "./ack_filter.ts";
import { pack, unpack } from "../tables/column_codec.ts";
import { Statement } from "../tables/statement.ts";

/** A generation that has so many takes no further move, so that the next one fills fresh pages from end to end. */
const FULL_GENERATION_ACKS = 8_192;
/** Nor does it take any for longer than this, so that old ones go in time. */
const MAX_GENERATION_MS = 6 * 60 * 60 * 1_000;
/** Rows that one step of `prune` removes. */
const STEP_ACKS = 500;
/** Neighbours that share a filter: as each takes some 16,384 acknowledgements, as many as it is made for. */
const GENERATIONS_PER_FILTER = 8;

/** That a member's `ref` became a message. Without `seq` it was a direct one. */
export interface Ack {
  readonly person: number;
  readonly ref: string;
  readonly id: string;
  readonly seq: number | undefined;
  readonly at: number;
}

type AckRow = readonly [ref: string, id: string, seq: number | null, at: number];
type GenerationRow = readonly [generation: number, oldest: number, newest: number, count: number];

interface Generation {
  readonly key: number;
  readonly oldest: number;
  newest: number;
  count: number;
}

/**
 * Acknowledgements by (generation, member, ref). Clients choose refs at random, so that by (member, ref) alone each would fall
 * on another page of a table that grows all day; and to forget the oldest, one would have to look at all of them.
 * Filters, each for some neighbouring generations, tell which ones need not be asked.
 */
export class AckTable {
  /** The newest is the last, and the one that takes more. */
  #generations: Generation[] = [];
  /** By group of generations, for those that were asked for. */
  readonly #filters = new Map<number, AckFilter>();
  readonly #load: Statement<GenerationRow>;
  readonly #save: Statement;
  readonly #saveGeneration: Statement;
  readonly #dropGeneration: Statement;
  readonly #saveFilter: Statement;
  readonly #loadFilter: Statement<readonly [generation: number, filter: Uint8Array]>;
  readonly #refs: Statement<readonly [person: number, ref: string]>;
  readonly #find: Statement<AckRow>;
  readonly #stepEnd: Statement<readonly [person: number, ref: string]>;
  readonly #drop: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#load = statement("SELECT generation, oldest, newest, count FROM ack_generations ORDER BY generation");
    this.#save = statement(
      "INSERT OR REPLACE INTO acks (generation, person, ref, id, seq, at) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#saveGeneration = statement(
      "INSERT OR REPLACE INTO ack_generations (generation, oldest, newest, count) VALUES (?, ?, ?, ?)",
    );
    this.#dropGeneration = statement("DELETE FROM ack_generations WHERE generation = ?");
    this.#saveFilter = statement("UPDATE ack_generations SET filter = ? WHERE generation = ?");
    this.#loadFilter = statement(
      `SELECT generation, filter FROM ack_generations
       WHERE generation BETWEEN ? AND ? AND length(filter) = ${FILTER_BYTES} ORDER BY generation DESC LIMIT 1`,
    );
    this.#refs = statement("SELECT person, ref FROM acks WHERE generation BETWEEN ? AND ?");
    this.#find = statement(
      "SELECT ref, id, seq, at FROM acks WHERE generation = ? AND person = ? AND ref = ? AND at > ?",
    );
    this.#stepEnd = statement(
      `SELECT person, ref FROM acks WHERE generation = ? ORDER BY person, ref LIMIT 1 OFFSET ${STEP_ACKS - 1}`,
    );
    this.#drop = statement("DELETE FROM acks WHERE generation = ?1 AND (?2 IS NULL OR (person, ref) <= (?2, ?3))");
    this.reload();
  }

  /** Reads again what there is, after a transaction that did not happen. */
  reload(): void {
    this.#generations = this.#load.all().map(([key, oldest, newest, count]) => ({ key, oldest, newest, count }));
  }

  /** Inside a transaction. Cheapest where they come by member and ref. `isFirst` of those that do so. */
  save(acks: readonly Ack[], isFirst: boolean): void {
    if (acks.length === 0) return;
    const generation = this.#open(acks[0]!.at, isFirst);
    const filter = this.#filter(generation.key);
    for (const { person, ref, id, seq, at } of acks) {
      this.#save.run(generation.key, person, pack(ref), id, seq ?? null, at);
      filter.add(ackHash(person, ref));
      if (at > generation.newest) generation.newest = at;
    }
    generation.count += acks.length;
    this.#saveGeneration.run(generation.key, generation.oldest, generation.newest, generation.count);
  }

  /** What is newer than `since`. */
  find(person: number, ref: string, since: number): Ack | undefined {
    const hash = ackHash(person, ref);
    let filter: AckFilter | undefined;
    let mayHave = false;
    for (let index = this.#generations.length - 1; index >= 0; index--) {
      const { key, newest } = this.#generations[index]!;
      if (newest <= since) continue;
      if (filter !== (filter = this.#filter(key))) mayHave = filter.mayHave(hash);
      if (!mayHave) continue;
      const row = this.#find.first(key, person, pack(ref), since);
      if (row !== undefined) return toAck(person, row);
    }
    return undefined;
  }

  /** Removes some of what is not newer than `since`; false when nothing is left to remove. Inside a transaction. */
  prune(since: number): boolean {
    const [generation] = this.#generations;
    if (generation === undefined || generation.newest > since) return false;
    const end = this.#stepEnd.first(generation.key);
    this.#drop.run(generation.key, end?.[0] ?? null, end?.[1] ?? null);
    if (end === undefined) {
      this.#dropGeneration.run(generation.key);
      this.#generations.shift();
      if (groupOf(this.#generations[0]?.key) !== groupOf(generation.key)) this.#filters.delete(groupOf(generation.key));
    }
    return true;
  }

  #open(at: number, isFirst: boolean): Generation {
    const last = this.#generations.at(-1);
    const isFull = last === undefined || last.count >= FULL_GENERATION_ACKS || at >= last.oldest + MAX_GENERATION_MS;
    if (last !== undefined && !(isFirst && isFull)) return last;
    if (last !== undefined) this.#keepFilter(last.key);
    const generation = { key: (last?.key ?? 0) + 1, oldest: at, newest: at, count: 0 };
    this.#generations.push(generation);
    return generation;
  }

  #filter(generation: number): AckFilter {
    const group = groupOf(generation);
    let filter = this.#filters.get(group);
    if (filter === undefined) this.#filters.set(group, filter = this.#restoreFilter(group));
    return filter;
  }

  /** With the newest generation that it knows, in place of the one before it. */
  #keepFilter(generation: number): void {
    this.#saveFilter.run(this.#filter(generation).bytes, generation);
    if (groupOf(generation - 1) === groupOf(generation)) this.#saveFilter.run(null, generation - 1);
  }

  /** Of what the one that was kept does not know, the table itself tells. */
  #restoreFilter(group: number): AckFilter {
    const [first, last] = [group * GENERATIONS_PER_FILTER, (group + 1) * GENERATIONS_PER_FILTER - 1];
    const [known, bytes] = this.#loadFilter.first(first, last) ?? [first - 1, undefined];
    const filter = new AckFilter(bytes);
    for (const [person, ref] of this.#refs.each(known + 1, last)) filter.add(ackHash(person, unpack(ref)));
    return filter;
  }
}

function groupOf(generation: number): number;
function groupOf(generation: number | undefined): number | undefined;
function groupOf(generation: number | undefined): number | undefined {
  return generation === undefined ? undefined : Math.floor(generation / GENERATIONS_PER_FILTER);
}

function toAck(person: number, [ref, id, seq, at]: AckRow): Ack {
  return { person, ref: unpack(ref), id, seq: seq ?? undefined, at };
}
