import type { DatabaseSync } from "node:sqlite";
import type { MessageFile } from "../../../protocol/messages/messages.ts";
import { THUMBNAIL_NAME } from "../../store.ts";
import type { RoomRecord } from "./room_table.ts";
import { ROOM_STRIDE } from "./schema.ts";
import { Statement } from "./statement.ts";

/** Files that one step of `expire` marks: a millisecond of work. */
const FILES_PER_STEP = 200;

type FileRow = readonly [key: number, id: string, name: string, size: number, media: string, hash: string];
/** The pixels are null for a file, and set for a thumbnail. */
type PartRow = readonly [...FileRow, width: number | null, height: number | null];

/** A file or thumbnail with the key and the time of its message, and the author's id. */
export interface FoundFile {
  readonly key: number;
  readonly at: number;
  readonly author: string;
  readonly file: Omit<MessageFile, "thumbnail">;
}

/** The files of messages, and their thumbnails. Triggers keep the list of hashes that are not in use. */
export class FileTable {
  readonly #add: Statement;
  readonly #delete: Statement;
  readonly #inRange: Statement<PartRow>;
  readonly #at: Statement<PartRow>;
  readonly #byId: Statement<readonly [...FileRow, author: string, at: number]>;
  readonly #bytesOf: Statement<readonly [bytes: number]>;
  readonly #has: Statement<readonly [1]>;
  readonly #unused: Statement<readonly [hash: string]>;
  readonly #forget: Statement;
  readonly #expire: Statement;
  readonly #sizes: Statement<readonly [hash: string, size: number]>;

  constructor(database: DatabaseSync) {
    const statement = <Row extends readonly unknown[] = []>(sql: string) => new Statement<Row>(database, sql);
    const columns = "f.message, f.id, f.name, f.size, f.media, f.hash";
    this.#add = statement(
      `INSERT OR REPLACE INTO files (message, id, name, size, media, hash, width, height, person, at, part)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#delete = statement("DELETE FROM files WHERE message >= ? AND message <= ?");
    const parts = `SELECT ${columns}, f.width, f.height FROM files AS f`;
    this.#inRange = statement(`${parts} WHERE f.message >= ? AND f.message <= ? ORDER BY f.message, f.part`);
    this.#at = statement(`${parts} WHERE f.message = ? ORDER BY f.part`);
    this.#byId = statement(
      `SELECT ${columns}, p.id, f.at FROM files AS f JOIN people AS p ON p.person = f.person WHERE f.id = ? AND f.kept = 1`,
    );
    this.#bytesOf = statement(
      "SELECT coalesce(sum(size), 0) FROM files AS f JOIN people AS p ON p.person = f.person WHERE p.id = ? AND f.at >= ?",
    );
    this.#has = statement("SELECT 1 FROM files WHERE hash = ? AND kept = 1");
    this.#sizes = statement("SELECT hash, max(size) FROM files WHERE kept = 1 GROUP BY hash");
    this.#unused = statement("SELECT hash FROM unused_files LIMIT ?");
    this.#forget = statement("DELETE FROM unused_files WHERE hash = ?");
    this.#expire = statement(
      `UPDATE files SET kept = 0 WHERE message IN
       (SELECT message FROM files WHERE kept = 1 AND at < ? ORDER BY at LIMIT ${FILES_PER_STEP})`,
    );
  }

  /** Adds the file of a message, with its thumbnail. `at` is its time in milliseconds. */
  add(room: RoomRecord, seq: number, { thumbnail, ...file }: MessageFile, { person, at }: Sent): void {
    const key = keyOf(room, seq);
    this.#add.run(key, file.id, file.name, file.size, file.media, file.sha256, null, null, person, at, 0);
    if (thumbnail === undefined) return;
    const { id, size, media, sha256, width, height } = thumbnail;
    this.#add.run(key, id, THUMBNAIL_NAME, size, media, sha256, width, height, person, at, 1);
  }

  /** Removes the files of these messages; both seqs are inclusive. */
  deleteRange(room: RoomRecord, fromSeq: number, throughSeq: number): void {
    this.#delete.run(keyOf(room, fromSeq), keyOf(room, throughSeq));
  }

  /** Files by the keys of messages, which are sorted in any way; `undefined` if none of them has one. */
  of(keys: readonly number[]): ReadonlyMap<number, MessageFile> | undefined {
    const [first, last] = [keys[0]!, keys.at(-1)!];
    const isDense = Math.abs(last - first) <= MAX_GAPS * keys.length;
    const rows = isDense
      ? this.#inRange.all(Math.min(first, last), Math.max(first, last))
      : keys.flatMap((key) => this.#at.all(key));
    return rows.length === 0 ? undefined : filesByKey(rows);
  }

  at(room: RoomRecord, seq: number): MessageFile | undefined {
    const key = keyOf(room, seq);
    return filesByKey(this.#at.all(key)).get(key);
  }

  byId(id: string): FoundFile | undefined {
    const row = this.#byId.first(id);
    if (row === undefined) return undefined;
    const [key, fileId, name, size, media, hash, author, at] = row;
    return { key, at, author, file: { id: fileId, name, size, media, sha256: hash } };
  }

  bytesOf(memberId: string, sinceMs: number): number {
    return this.#bytesOf.first(memberId, sinceMs)![0];
  }

  has(sha256: string): boolean {
    return this.#has.first(sha256) !== undefined;
  }

  unused(limit: number): string[] {
    return this.#unused.all(limit).map(([hash]) => hash);
  }

  forget(sha256: string): void {
    this.#forget.run(sha256);
  }

  /** Hashes and bytes of all files and thumbnails that have not expired, each hash once. */
  sizes(): (readonly [hash: string, size: number])[] {
    return this.#sizes.all();
  }

  /** Expires some files from before this time; false if there are no more. Call it inside a transaction. */
  expire(beforeMs: number): boolean {
    return this.#expire.change(beforeMs) >= FILES_PER_STEP;
  }
}

/** The author and the time of a message with a file. */
interface Sent {
  readonly person: number;
  readonly at: number;
}

/** Seqs in a range for each message that is asked for, up to which one query reads the whole range. */
const MAX_GAPS = 4;

function keyOf(room: RoomRecord, seq: number): number {
  return room.key * ROOM_STRIDE + seq;
}

/** The files of messages by their keys. The rows are in the order of key and part. */
function filesByKey(rows: readonly PartRow[]): Map<number, MessageFile> {
  const files = new Map<number, MessageFile>();
  for (const [key, id, name, size, media, sha256, width, height] of rows) {
    const file = files.get(key);
    if (file === undefined) files.set(key, { id, name, size, media, sha256 });
    else files.set(key, { ...file, thumbnail: { id, size, media, sha256, width: width!, height: height! } });
  }
  return files;
}
