import type { DatabaseSync } from "node:sqlite";
import { AckFilter, ackHash, FILTER_BYTES } from "./ack_filter.ts";
import { decodeText, encodeText } from "../tables/column_codec.ts";
import { Statement } from "../tables/statement.ts";

/**
 * A generation with this many acknowledgements takes no further flush, so that the next flush fills new
 * pages in order.
 */
const FULL_GENERATION_ACKS = 8_192;
/** A generation takes no flush after this time either, so that old generations can be deleted. */
const MAX_GENERATION_MS = 6 * 60 * 60 * 1_000;
/** Rows that one step of `prune` deletes. */
const ACKS_PER_STEP = 500;
/**
 * Consecutive generations that share a filter. Each takes about 16,384 acknowledgements, so a filter holds
 * 131,072.
 */
const GENERATIONS_PER_FILTER = 8;

/** The acknowledgement of a member's `ref`. `seq` is absent for a direct message. */
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
 * Acknowledgements with the key (generation, member, ref). Refs are random, so with the key (member, ref) each insert would
 * touch another page of a table that grows all day, and deleting the oldest rows would need a scan of the whole table.
 * Bloom filters, each for eight consecutive generations, say which generations cannot contain a ref.
 */
export class AckTable {
  /** Oldest first. Only the last generation takes new acknowledgements. */
  #generations: Generation[] = [];
  /** Filters by group of generations, loaded on demand. */
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
  readonly #remove: Statement;

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
      `SELECT person, ref FROM acks WHERE generation = ? ORDER BY person, ref LIMIT 1 OFFSET ${ACKS_PER_STEP - 1}`,
    );
    this.#drop = statement("DELETE FROM acks WHERE generation = ?1 AND (?2 IS NULL OR (person, ref) <= (?2, ?3))");
    this.#remove = statement(
      "DELETE FROM acks WHERE generation IN (SELECT generation FROM ack_generations) AND person = ? AND ref = ? AND id = ?",
    );
    this.reload();
  }

  /** Reads the generations from the file. Must be called after a transaction that was rolled back. */
  reload(): void {
    this.#generations = this.#load.all().map(([key, oldest, newest, count]) => ({ key, oldest, newest, count }));
  }

  /**
   * Inserts acknowledgements; cheapest if they are sorted by member and ref. `isFirst` marks the first part of a flush:
   * only there may a new generation begin. Call it inside a transaction.
   */
  insert(acks: readonly Ack[], isFirst: boolean): void {
    if (acks.length === 0) return;
    const generation = this.#openGeneration(acks[0]!.at, isFirst);
    const filter = this.#filter(generation.key);
    for (const { person, ref, id, seq, at } of acks) {
      this.#save.run(generation.key, person, encodeText(ref), id, seq ?? null, at);
      filter.add(ackHash(person, ref));
      if (at > generation.newest) generation.newest = at;
    }
    generation.count += acks.length;
    this.#saveGeneration.run(generation.key, generation.oldest, generation.newest, generation.count);
  }

  /** The acknowledgement of the ref, if it is newer than `since`. */
  find(person: number, ref: string, since: number): Ack | undefined {
    const hash = ackHash(person, ref);
    let filter: AckFilter | undefined;
    let mayHave = false;
    for (let index = this.#generations.length - 1; index >= 0; index--) {
      const { key, newest } = this.#generations[index]!;
      if (newest <= since) continue;
      if (filter !== (filter = this.#filter(key))) mayHave = filter.mayHave(hash);
      if (!mayHave) continue;
      const row = this.#find.first(key, person, encodeText(ref), since);
      if (row !== undefined) return toAck(person, row);
    }
    return undefined;
  }

  /** Deletes one acknowledgement. Call it inside a transaction. */
  remove({ person, ref, id }: Pick<Ack, "person" | "ref" | "id">): void {
    this.#remove.run(person, encodeText(ref), id);
  }

  /**
   * Deletes some rows of generations not newer than `since`;
   * false if none is left. Call it inside a transaction.
   */
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

  #openGeneration(at: number, isFirst: boolean): Generation {
    const last = this.#generations.at(-1);
    const isFull = last === undefined || last.count >= FULL_GENERATION_ACKS || at >= last.oldest + MAX_GENERATION_MS;
    if (last !== undefined && !(isFirst && isFull)) return last;
    if (last !== undefined) this.#storeFilter(last.key);
    const generation = { key: (last?.key ?? 0) + 1, oldest: at, newest: at, count: 0 };
    this.#generations.push(generation);
    return generation;
  }

  #filter(generation: number): AckFilter {
    const group = groupOf(generation);
    let filter = this.#filters.get(group);
    if (filter === undefined) this.#filters.set(group, filter = this.#loadFilterOf(group));
    return filter;
  }

  /** Stores the group's filter with this generation and removes it from the one before. */
  #storeFilter(generation: number): void {
    this.#saveFilter.run(this.#filter(generation).bytes, generation);
    if (groupOf(generation - 1) === groupOf(generation)) this.#saveFilter.run(null, generation - 1);
  }

  /** Loads the stored filter of a group and adds the refs of later generations from the table. */
  #loadFilterOf(group: number): AckFilter {
    const [first, last] = [group * GENERATIONS_PER_FILTER, (group + 1) * GENERATIONS_PER_FILTER - 1];
    const [known, bytes] = this.#loadFilter.first(first, last) ?? [first - 1, undefined];
    const filter = new AckFilter(bytes);
    for (const [person, ref] of this.#refs.each(known + 1, last)) filter.add(ackHash(person, decodeText(ref)));
    return filter;
  }
}

function groupOf(generation: number): number;
function groupOf(generation: number | undefined): number | undefined;
function groupOf(generation: number | undefined): number | undefined {
  return generation === undefined ? undefined : Math.floor(generation / GENERATIONS_PER_FILTER);
}

function toAck(person: number, [ref, id, seq, at]: AckRow): Ack {
  return { person, ref: decodeText(ref), id, seq: seq ?? undefined, at };
}
