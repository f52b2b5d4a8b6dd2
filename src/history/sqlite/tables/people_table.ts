import type { DatabaseSync } from "node:sqlite";
import type { StoredMember } from "../../store.ts";
import { Statement } from "./statement.ts";

/** Keys of people that are cached in memory, so that a batch need not look them up. */
const MAX_CACHED_KEYS = 20_000;
/** The newest name keys of a member; it is not found by older ones. */
export const MAX_KEYS_PER_MEMBER = 32;
/** People that one step of `prune` visits. */
const PEOPLE_PER_STEP = 500;
/** A member without conversations is forgotten if it was not seen for this long and no message of its time is kept. */
export const PEOPLE_RETENTION_MS = 30 * 24 * 60 * 60 * 1_000;

type MemberRow = readonly [person: number, id: string, name: string, token: string, keys: string];

const COLUMNS = "person, id, name, token, keys";

/**
 * Members with their tokens and names, and the authors of all messages, each with an integer key.
 * The name keys of a member are joined by line breaks, which names cannot contain.
 */
export class PeopleTable {
  readonly #keysById = new Map<string, number>();
  /** Keys of people seen since the last step of `prune`. */
  readonly #seen = new Set<number>();
  readonly #save: Statement<readonly [number]>;
  readonly #assignName: Statement;
  readonly #trimNames: Statement;
  readonly #find: Statement<readonly [person: number, wrote: number]>;
  readonly #add: Statement;
  readonly #markWriter: Statement;
  readonly #byToken: Statement<MemberRow>;
  readonly #byId: Statement<MemberRow>;
  readonly #byKey: Statement<readonly [nth: number, ...MemberRow]>;
  readonly #markSeen: Statement;
  readonly #stepEnd: Statement<readonly [number | null]>;
  readonly #setSeenTime: Statement;
  readonly #deleteNames: Statement;
  readonly #deletePeople: Statement;
  readonly #clearIdentities: Statement;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#save = statement(
      `INSERT INTO people (id, name, token, keys) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET name = excluded.name, token = excluded.token, keys = excluded.keys, seen = 0 RETURNING person`,
    );
    this.#assignName = statement("INSERT OR REPLACE INTO names (key, person) VALUES (?, ?)");
    this.#trimNames = statement(
      `DELETE FROM names WHERE person = ?1 AND nth <=
       (SELECT nth FROM names WHERE person = ?1 ORDER BY nth DESC LIMIT 1 OFFSET ${MAX_KEYS_PER_MEMBER})`,
    );
    this.#find = statement("SELECT person, wrote FROM people WHERE id = ?");
    this.#add = statement("INSERT INTO people (id, wrote) VALUES (?, 1)");
    this.#markWriter = statement("UPDATE people SET wrote = 1 WHERE person = ?");
    this.#byToken = statement(`SELECT ${COLUMNS} FROM people WHERE token = ?`);
    this.#byId = statement(`SELECT ${COLUMNS} FROM people WHERE id = ? AND token IS NOT NULL`);
    this.#byKey = statement(
      `SELECT nth, ${COLUMNS} FROM names JOIN people USING (person) WHERE key = ? AND token IS NOT NULL`,
    );
    this.#markSeen = statement("UPDATE people SET seen = 0 WHERE person = ?");
    this.#stepEnd = statement(
      `SELECT max(person) FROM (SELECT person FROM people WHERE person > ? ORDER BY person LIMIT ${PEOPLE_PER_STEP})`,
    );
    this.#setSeenTime = statement("UPDATE people SET seen = ?3 WHERE person > ?1 AND person <= ?2 AND seen = 0");
    const unseen = "person > ?1 AND person <= ?2 AND seen < ?3 AND " +
      "person NOT IN (SELECT person FROM conversations)";
    this.#deleteNames = statement(`DELETE FROM names WHERE person IN (SELECT person FROM people WHERE ${unseen})`);
    this.#deletePeople = statement(`DELETE FROM people WHERE ${unseen} AND wrote = 0`);
    this.#clearIdentities = statement(
      `UPDATE people SET name = NULL, token = NULL, keys = NULL WHERE ${unseen} AND token IS NOT NULL`,
    );
  }

  save({ id, name, tokenDigest, nameKeys }: StoredMember): void {
    const [person] = this.#save.first(id, name, tokenDigest, nameKeys.join("\n"))!;
    for (const key of nameKeys) this.#assignName.run(key, person);
    this.#trimNames.run(person);
  }

  /** The key of an author or a receiver, assigned if the id is new. */
  keyFor(id: string): number {
    const person = this.#keysById.get(id) ?? this.#lookUp(id);
    this.#seen.add(person);
    return person;
  }

  #lookUp(id: string): number {
    if (this.#keysById.size >= MAX_CACHED_KEYS) this.#keysById.clear();
    const found = this.#find.first(id);
    const person = found === undefined ? this.#add.insert(id) : found[0];
    if (found?.[1] === 0) this.#markWriter.run(person);
    this.#keysById.set(id, person);
    return person;
  }

  /** The key of an id, if it has one. */
  findKey(id: string): number | undefined {
    return this.#keysById.get(id) ?? this.#find.first(id)?.[0];
  }

  /** Must be called after a transaction that was rolled back: keys it assigned do not exist. */
  clearCache(): void {
    this.#keysById.clear();
    this.#seen.clear();
  }

  byToken(tokenDigest: string): StoredMember | undefined {
    const row = this.#byToken.first(tokenDigest);
    if (row === undefined) return undefined;
    this.#seen.add(row[0]);
    return toMember(row);
  }

  byId(id: string): StoredMember | undefined {
    const row = this.#byId.first(id);
    return row && toMember(row);
  }

  byName(nameKeys: readonly string[]): StoredMember | undefined {
    const rows = nameKeys.flatMap((key) => this.#byKey.all(key));
    const [latest] = rows.sort((a, b) => b[0] - a[0]);
    if (latest === undefined) return undefined;
    const [, ...row] = latest;
    return toMember(row as unknown as MemberRow);
  }

  /** Writes who was seen since the last call. Call it inside a transaction. */
  saveSeen(): void {
    for (const person of this.#seen) this.#markSeen.run(person);
    this.#seen.clear();
  }

  /**
   * Updates when people were seen and forgets people not seen for long, some at a time: those with keys above `after`. Returns the
   * `after` of the next call; `undefined` after the last one. `oldestKept` is the time of the oldest kept message. Call it inside a
   * transaction.
   */
  prune(after: number, now: number, oldestKept: number): number | undefined {
    this.saveSeen();
    const end = this.#stepEnd.first(after)?.[0] ?? null;
    if (end === null) return undefined;
    this.#setSeenTime.run(after, end, now);
    const before = Math.min(now - PEOPLE_RETENTION_MS, oldestKept);
    this.#deleteNames.run(after, end, before);
    this.#clearIdentities.run(after, end, before);
    if (this.#deletePeople.change(after, end, before) > 0) this.#keysById.clear();
    return end;
  }
}

function toMember([, id, name, tokenDigest, keys]: MemberRow): StoredMember {
  return { id, name, tokenDigest, nameKeys: keys.split("\n") };
}
