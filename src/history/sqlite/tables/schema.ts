import type { DatabaseSync } from "node:sqlite";

/** Tells a file of ours from those of other programs: "cnfb". */
export const APPLICATION_ID = 0x636e6662;

/** A message is found under `room * ROOM_STRIDE + seq`: one number, whose order is the order of reading. */
export const ROOM_STRIDE = 2 ** 36;
/** With more, keys would no longer be exact numbers. */
export const MAX_ROOM_KEYS = 2 ** 17 - 1;

/**
 * The statements that lead from each version to the next, version 0 being an empty file.
 * Never change one that was released: append another.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- acked: up to which seq the acknowledgements of the room's messages are in acks.
  CREATE TABLE rooms (
    room INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    acked INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- token is NULL for those whose messages alone are known; seen is 0 until the next tending says when.
  CREATE TABLE people (
    person INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT,
    token TEXT UNIQUE,
    keys TEXT,
    seen INTEGER NOT NULL DEFAULT 0,
    wrote INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- Whoever took the name key last; a higher nth is later.
  CREATE TABLE names (nth INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, person INTEGER NOT NULL) STRICT;
  CREATE INDEX names_of_person ON names (person, nth);
  CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    person INTEGER NOT NULL,
    name TEXT NOT NULL,
    text TEXT,
    at INTEGER NOT NULL,
    ref TEXT
  ) STRICT;
  -- oldest and newest are times; count is how many came in; filter is of this generation and its neighbours before it.
  CREATE TABLE ack_generations (
    generation INTEGER PRIMARY KEY,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    count INTEGER NOT NULL,
    filter BLOB
  ) STRICT;
  CREATE TABLE acks (
    generation INTEGER NOT NULL,
    person INTEGER NOT NULL,
    ref TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (generation, person, ref)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE directs (
    receiver INTEGER NOT NULL,
    id TEXT NOT NULL,
    receiver_name TEXT NOT NULL,
    sender INTEGER NOT NULL,
    sender_name TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (receiver, id)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The tokenizer has nothing to decide: words.ts hands it folded words between blanks.
  CREATE VIRTUAL TABLE search USING fts5 (words, author, content = '', contentless_delete = 1, tokenize = 'ascii');
  -- Its own merges come in bursts of tens of milliseconds: indexing.ts merges in small portions instead.
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  -- indexed: up to which seq the room's messages are in search. in_order: whether times rise with seqs.
  ALTER TABLE rooms ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE rooms ADD COLUMN in_order INTEGER NOT NULL DEFAULT 1;
  `,
  `
  -- value is a JSON object that only the core reads.
  CREATE TABLE records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (nth INTEGER PRIMARY KEY, at INTEGER NOT NULL, room TEXT, entry TEXT NOT NULL) STRICT;
  CREATE INDEX audit_of_room ON audit (room, nth) WHERE room IS NOT NULL;
  `,
  `
  -- kind: of a change of a message, as changes.ts has it. target: the seq that a change or a reply is about.
  ALTER TABLE messages ADD COLUMN kind INTEGER;
  ALTER TABLE messages ADD COLUMN target INTEGER;
  -- changed: the seq of the last edit, or of the deletion, after which text is empty.
  ALTER TABLE messages ADD COLUMN changed INTEGER;
  -- message is its key; seq is that of the change by which the emoji was put to it.
  CREATE TABLE reactions (
    message INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (message, emoji, person)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- part: one word for the room and for the range of seqs that a message is in, so that a search reads one range at a time.
  DROP TABLE search;
  CREATE VIRTUAL TABLE search USING fts5 (words, author, part, content = '', contentless_delete = 1, tokenize = 'ascii');
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  UPDATE rooms SET indexed = 0, in_order = 1;
  `,
  `
  -- Keys of rooms that have ended and whose messages are not all deleted yet.
  CREATE TABLE removed_rooms (room INTEGER PRIMARY KEY) STRICT;
  -- trusted: an owner or a moderator of all rooms did it, or it is of the whole server.
  ALTER TABLE audit ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;
  UPDATE audit SET trusted = 1 WHERE room IS NULL;
  CREATE INDEX audit_by_trust ON audit (trusted, nth);
  CREATE INDEX audit_untrusted ON audit (room, nth) WHERE trusted = 0;
  `,
  `
  UPDATE records SET kind = 'restriction' WHERE kind = 'order';
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings a file of `from` to `to`, wholly or not at all. */
export function migrate(database: DatabaseSync, from: number, to = SCHEMA_VERSION): void {
  database.exec("BEGIN EXCLUSIVE");
  try {
    for (const statements of MIGRATIONS.slice(from, to)) database.exec(statements);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}; COMMIT`);
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Ends a transaction that failed. SQLite has ended it already where the disk is full. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // There is none any more.
  }
}
