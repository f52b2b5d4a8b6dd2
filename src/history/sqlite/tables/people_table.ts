import type { DatabaseSync } from "node:sqlite";
import type { StoredMember } from "../../store.ts";
import { Statement } from "./statement.ts";

/** How many keys of people are held in memory, so that a batch need not look them up. */
const MAX_REMEMBERED = 20_000;
/** Name keys by which one member is found: the newest. */
export const MAX_KEYS_PER_MEMBER = 32;
/** People looked at in one step of `tend`. */
const STEP_PEOPLE = 500;
/** Who was not seen for that long, and wrote nothing that is still kept, is forgotten. */
export const FORGET_PEOPLE_MS = 30 * 24 * 60 * 60 * 1_000;

type MemberRow = readonly [person: number, id: string, name: string, token: string, keys: string];

const COLUMNS = "person, id, name, token, keys";

/** Members with their tokens and names, and everybody who ever wrote. Names hold no line break, so that one may part them. */
export class PeopleTable {
  readonly #remembered = new Map<string, number>();
  /** Seen since the last tending. */
  readonly #seen = new Set<number>();
  #cursor = 0;
  readonly #save: Statement<readonly [number]>;
  readonly #takeKey: Statement;
  readonly #dropKeys: Statement;
  readonly #find: Statement<readonly [person: number, wrote: number]>;
  readonly #add: Statement;
  readonly #markWriter: Statement;
  readonly #byToken: Statement<MemberRow>;
  readonly #byKey: Statement<readonly [nth: number, ...MemberRow]>;
  readonly #markSeen: Statement;
  readonly #stepEnd: Statement<readonly [number | null]>;
  readonly #stampSeen: Statement;
  readonly #forgetKeys: Statement;
  readonly #forgetPeople: Statement;
  readonly #forgetIdentities: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#save = statement(
      `INSERT INTO people (id, name, token, keys) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET name = excluded.name, token = excluded.token, keys = excluded.keys, seen = 0 RETURNING person`,
    );
    this.#takeKey = statement("INSERT OR REPLACE INTO names (key, person) VALUES (?, ?)");
    this.#dropKeys = statement(
      `DELETE FROM names WHERE person = ?1 AND nth <=
       (SELECT nth FROM names WHERE person = ?1 ORDER BY nth DESC LIMIT 1 OFFSET ${MAX_KEYS_PER_MEMBER})`,
    );
    this.#find = statement("SELECT person, wrote FROM people WHERE id = ?");
    this.#add = statement("INSERT INTO people (id, wrote) VALUES (?, 1)");
    this.#markWriter = statement("UPDATE people SET wrote = 1 WHERE person = ?");
    this.#byToken = statement(`SELECT ${COLUMNS} FROM people WHERE token = ?`);
    this.#byKey = statement(
      `SELECT nth, ${COLUMNS} FROM names JOIN people USING (person) WHERE key = ? AND token IS NOT NULL`,
    );
    this.#markSeen = statement("UPDATE people SET seen = 0 WHERE person = ?");
    this.#stepEnd = statement(
      `SELECT max(person) FROM (SELECT person FROM people WHERE person > ? ORDER BY person LIMIT ${STEP_PEOPLE})`,
    );
    this.#stampSeen = statement("UPDATE people SET seen = ?3 WHERE person > ?1 AND person <= ?2 AND seen = 0");
    const gone = "person > ?1 AND person <= ?2 AND seen < ?3 AND person NOT IN (SELECT receiver FROM directs)";
    this.#forgetKeys = statement(`DELETE FROM names WHERE person IN (SELECT person FROM people WHERE ${gone})`);
    this.#forgetPeople = statement(`DELETE FROM people WHERE ${gone} AND wrote = 0`);
    this.#forgetIdentities = statement(
      `UPDATE people SET name = NULL, token = NULL, keys = NULL WHERE ${gone} AND token IS NOT NULL`,
    );
  }

  save({ id, name, tokenDigest, nameKeys }: StoredMember): void {
    const [person] = this.#save.first(id, name, tokenDigest, nameKeys.join("\n"))!;
    for (const key of nameKeys) this.#takeKey.run(key, person);
    this.#dropKeys.run(person);
  }

  /** The key of somebody who writes or is written to. */
  person(id: string): number {
    const person = this.#remembered.get(id) ?? this.#lookUp(id);
    this.#seen.add(person);
    return person;
  }

  #lookUp(id: string): number {
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    const found = this.#find.first(id);
    const person = found === undefined ? this.#add.insert(id) : found[0];
    if (found?.[1] === 0) this.#markWriter.run(person);
    this.#remembered.set(id, person);
    return person;
  }

  /** The same without making one. */
  known(id: string): number | undefined {
    return this.#remembered.get(id) ?? this.#find.first(id)?.[0];
  }

  /** After a transaction that did not happen: what it found may not be there. */
  forgetUncommitted(): void {
    this.#remembered.clear();
    this.#seen.clear();
  }

  byToken(tokenDigest: string): StoredMember | undefined {
    const row = this.#byToken.first(tokenDigest);
    if (row === undefined) return undefined;
    this.#seen.add(row[0]);
    return toMember(row);
  }

  byName(nameKeys: readonly string[]): StoredMember | undefined {
    const rows = nameKeys.flatMap((key) => this.#byKey.all(key));
    const [latest] = rows.sort((a, b) => b[0] - a[0]);
    if (latest === undefined) return undefined;
    const [, ...row] = latest;
    return toMember(row as unknown as MemberRow);
  }

  /** Stamps who was seen and forgets who was long not, for some; false when everybody had a turn. `oldestKept` is the time of the oldest message. */
  tend(now: number, oldestKept: number): boolean {
    for (const person of this.#seen) this.#markSeen.run(person);
    this.#seen.clear();
    const end = this.#stepEnd.first(this.#cursor)?.[0] ?? null;
    if (end === null) {
      this.#cursor = 0;
      return false;
    }
    this.#stampSeen.run(this.#cursor, end, now);
    const before = Math.min(now - FORGET_PEOPLE_MS, oldestKept);
    this.#forgetKeys.run(this.#cursor, end, before);
    this.#forgetIdentities.run(this.#cursor, end, before);
    if (this.#forgetPeople.change(this.#cursor, end, before) > 0) this.#remembered.clear();
    this.#cursor = end;
    return true;
  }
}

function toMember([, id, name, tokenDigest, keys]: MemberRow): StoredMember {
  return { id, name, tokenDigest, nameKeys: keys.split("\n") };
}
