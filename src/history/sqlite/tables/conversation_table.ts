import type { DatabaseSync } from "node:sqlite";
import { isConversationName } from "../../../protocol/conventions.ts";
import { MAX_UNREAD_COUNTED } from "../../../protocol/limits.ts";
import type { ReadMark } from "../../../protocol/messages/messages.ts";
import type { ConversationPage, NewConversation, StoredConversation } from "../../store.ts";
import type { PeopleTable } from "./people_table.ts";
import type { RoomRecord, RoomTable } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/** A conversation in the list of one member. */
export interface ListedConversation {
  readonly room: RoomRecord;
  readonly partner: { readonly id: string; readonly name: string };
}

type MemberRow = readonly [id: string, blocked: number, otherId: string, otherName: string];
type ListRow = readonly [name: string, otherId: string, otherName: string];

/**
 * Which rooms are conversations, whose they are, and up to where each member has read each room and conversation. A row of
 * `conversations` is that of one of the two members.
 */
export class ConversationTable {
  readonly #people: PeopleTable;
  readonly #rooms: RoomTable;
  readonly #add: Statement;
  readonly #touch: Statement;
  readonly #block: Statement;
  readonly #members: Statement<MemberRow>;
  /** The number of conversations. */
  #count = 0;
  readonly #countOf: Statement<readonly [number]>;
  readonly #time: Statement<readonly [at: number]>;
  readonly #list: Statement<ListRow>;
  readonly #mark: Statement;
  readonly #marked: Statement<readonly [seq: number, id: string]>;
  readonly #unread: Statement<readonly [number]>;
  readonly #dropMarks: Statement;
  readonly #moveMarks: Statement;
  readonly #turnBack: Statement;

  constructor(database: DatabaseSync, people: PeopleTable, rooms: RoomTable) {
    this.#people = people;
    this.#rooms = rooms;
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    this.#add = statement(
      "INSERT OR IGNORE INTO conversations (person, room, other, other_name, at) VALUES (?, ?, ?, ?, 0)",
    );
    this.#touch = statement("UPDATE conversations SET at = ?2 WHERE room = ?1 AND (blocked = 0 OR person = ?3)");
    this.#block = statement("UPDATE conversations SET blocked = ? WHERE person = ? AND room = ?");
    const other = "o.id, coalesce(o.name, c.other_name)";
    this.#members = statement(
      `SELECT p.id, c.blocked, ${other} FROM conversations AS c JOIN people AS p ON p.person = c.person
       JOIN people AS o ON o.person = c.other WHERE c.room = ?`,
    );
    this.#countOf = statement("SELECT count(*) FROM conversations WHERE person = ?");
    this.#time = statement("SELECT at FROM conversations WHERE person = ? AND room = ?");
    this.#list = statement(
      `SELECT r.name, ${other} FROM conversations AS c JOIN rooms AS r ON r.room = c.room
       JOIN people AS o ON o.person = c.other
       WHERE c.person = ? AND (c.at, c.room) < (?, ?) AND c.at > 0 AND c.blocked = 0 ORDER BY c.at DESC, c.room DESC LIMIT ?`,
    );
    this.#mark = statement("INSERT OR REPLACE INTO marks (room, person, seq, id) VALUES (?, ?, ?, ?)");
    this.#marked = statement("SELECT seq, id FROM marks WHERE room = ? AND person = ?");
    this.#unread = statement(
      `SELECT count(*) FROM (SELECT 1 FROM messages WHERE key > ? AND key < ? AND kind IS NULL AND text IS NOT NULL
       AND person <> ? LIMIT ${MAX_UNREAD_COUNTED})`,
    );
    this.#dropMarks = statement("DELETE FROM marks WHERE room = ?");
    this.#moveMarks = statement("UPDATE marks SET seq = ?2, id = ?3 WHERE room = ?1 AND seq > ?2");
    this.#turnBack = statement(
      `UPDATE conversations SET at = min(at, coalesce((SELECT at FROM messages WHERE key > ?2 AND key < ?3 ORDER BY key DESC LIMIT 1), 0))
       WHERE room = ?1`,
    );
    this.recount();
  }

  /** Must be called after a transaction that was rolled back, when the rooms were reloaded. */
  recount(): void {
    this.#count = this.#rooms.all().filter(({ name }) => isConversationName(name)).reduce((count) => count + 1, 0);
  }

  /** Adds the conversation and its room. */
  add({ id, name, members: [a, b] }: NewConversation): void {
    if (this.#rooms.get(name) === undefined) this.#count++;
    const { key } = this.#rooms.save({ id, name, topic: "" });
    const [first, second] = [this.#people.keyFor(a.id), this.#people.keyFor(b.id)];
    this.#add.run(first, key, second, b.name);
    this.#add.run(second, key, first, a.name);
  }

  /** Notes the time of a new entry, for both members except one who blocks its author. */
  touch(room: RoomRecord, at: number, author: number): void {
    this.#touch.run(room.key, at, author);
  }

  setBlocked(channel: string, memberId: string, blocked: boolean): void {
    const room = this.#rooms.get(channel);
    if (room !== undefined) this.#block.run(blocked ? 1 : 0, this.#people.keyFor(memberId), room.key);
  }

  find(name: string): StoredConversation | undefined {
    const room = this.#rooms.get(name);
    if (room === undefined) return undefined;
    const rows = this.#members.all(room.key);
    const [first, second = first] = rows.map(([, , id, name]) => ({ id, name }));
    if (first === undefined) return undefined;
    const blockedBy = rows.filter(([, blocked]) => blocked === 1).map(([id]) => id);
    return { id: room.id, members: [first, second!], seq: room.seq, blockedBy };
  }

  get count(): number {
    return this.#count;
  }

  countOf(memberId: string): number {
    const person = this.#people.findKey(memberId);
    return person === undefined ? 0 : this.#countOf.first(person)![0];
  }

  /** Conversations with entries, newest first. `before` is the name of the conversation before the first one. */
  list({ memberId, limit }: ConversationPage, before: string | undefined): ListedConversation[] {
    const person = this.#people.findKey(memberId);
    if (person === undefined) return [];
    const last = before === undefined ? undefined : this.#rooms.get(before);
    const at = last && this.#time.first(person, last.key)?.[0];
    if (before !== undefined && at === undefined) return [];
    const rows = this.#list.all(person, at ?? Number.MAX_SAFE_INTEGER, last?.key ?? 0, limit);
    return rows.map(([name, id, otherName]) => ({ room: this.#rooms.get(name)!, partner: { id, name: otherName } }));
  }

  setMark(memberId: string, channel: string, { seq, id = "" }: ReadMark): void {
    const room = this.#rooms.get(channel);
    if (room !== undefined) this.#mark.run(room.key, this.#people.keyFor(memberId), seq, id);
  }

  mark(memberId: string, channel: string): ReadMark | undefined {
    const room = this.#rooms.get(channel);
    const person = this.#people.findKey(memberId);
    const row = room === undefined || person === undefined ? undefined : this.#marked.first(room.key, person);
    return row && { id: row[1], seq: row[0] };
  }

  /** Moves later marks back to `mark`, and later times to that of the newest entry that is left. Call it after the deletion. */
  rewind(room: RoomRecord, { seq, id = "" }: ReadMark): void {
    if (seq === 0) this.#dropMarks.run(room.key);
    else this.#moveMarks.run(room.key, seq, id);
    const base = room.key * ROOM_STRIDE;
    this.#turnBack.run(room.key, base, base + ROOM_STRIDE);
  }

  /** The number of messages of others after the seq, at most `MAX_UNREAD_COUNTED`. */
  unread(room: RoomRecord, memberId: string, after: number): number {
    if (after >= room.seq) return 0;
    const base = room.key * ROOM_STRIDE;
    return this.#unread.first(base + after, base + ROOM_STRIDE, this.#people.findKey(memberId) ?? 0)![0];
  }
}
