import type { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID, rollBack, ROOM_STRIDE } from "./schema.ts";

/**
 * The statements that migrate each version to the next; version 0 is an empty file.
 * Never change statements that were released: append new ones.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- acked: acknowledgements of the room's messages up to this seq are in acks.
  CREATE TABLE rooms (
    room INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    acked INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- token is NULL for authors that are no members; seen is 0 for people seen since the last pruning.
  CREATE TABLE people (
    person INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT,
    token TEXT UNIQUE,
    keys TEXT,
    seen INTEGER NOT NULL DEFAULT 0,
    wrote INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  -- The person that took the name key last; a higher nth is later.
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
  -- oldest and newest are times; count is the number of inserted rows; filter covers this generation and those before it.
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
  -- The simplest tokenizer is enough: search_words.ts supplies folded words separated by spaces.
  CREATE VIRTUAL TABLE search USING fts5 (words, author, content = '', contentless_delete = 1, tokenize = 'ascii');
  -- Automatic merges take tens of milliseconds at once: search_index.ts merges in small steps instead.
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  -- indexed: the room's messages up to this seq are in search. in_order: 1 if times rise with seqs.
  ALTER TABLE rooms ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE rooms ADD COLUMN in_order INTEGER NOT NULL DEFAULT 1;
  `,
  `
  -- value is a JSON object that only the core interprets.
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
  -- kind: the kind of change, see entry_rows.ts; NULL for a message. target: the seq that a change or reply refers to.
  ALTER TABLE messages ADD COLUMN kind INTEGER;
  ALTER TABLE messages ADD COLUMN target INTEGER;
  -- changed: the seq of the last edit or of the deletion. A deleted message has an empty text.
  ALTER TABLE messages ADD COLUMN changed INTEGER;
  -- message: the key of the message; seq: the seq of the reaction.
  CREATE TABLE reactions (
    message INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (message, emoji, person)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- part: a word for the room and the range of seqs of a message, so that a lookup reads only one range.
  DROP TABLE search;
  CREATE VIRTUAL TABLE search USING fts5 (words, author, part, content = '', contentless_delete = 1, tokenize = 'ascii');
  INSERT INTO search (search, rank) VALUES ('automerge', 0);
  UPDATE rooms SET indexed = 0, in_order = 1;
  `,
  `
  -- Keys of removed rooms whose messages are not all deleted yet.
  CREATE TABLE removed_rooms (room INTEGER PRIMARY KEY) STRICT;
  -- trusted: caused by an owner or a moderator of all rooms, or about the whole server.
  ALTER TABLE audit ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;
  UPDATE audit SET trusted = 1 WHERE room IS NULL;
  CREATE INDEX audit_by_trust ON audit (trusted, nth);
  CREATE INDEX audit_untrusted ON audit (room, nth) WHERE trusted = 0;
  `,
  `
  UPDATE records SET kind = 'role', value = json_remove(value, '$.kind')
    WHERE kind = 'order' AND json_extract(value, '$.kind') = 'moderator';
  UPDATE records SET kind = 'restriction' WHERE kind = 'order';
  `,
  `
  -- target_id: the id of the message that target is the seq of. It stays known when that message is deleted.
  ALTER TABLE messages ADD COLUMN target_id TEXT;
  UPDATE messages SET target_id = (
    SELECT t.id FROM messages AS t WHERE t.key = messages.key / ${ROOM_STRIDE} * ${ROOM_STRIDE} + messages.target
  ) WHERE target IS NOT NULL;
  -- Clients make ids: one may be in several rooms, and its time says nothing about the order.
  CREATE INDEX messages_by_id ON messages (id) WHERE text IS NOT NULL;
  ALTER TABLE directs RENAME TO directs_by_id;
  CREATE TABLE directs (
    nth INTEGER PRIMARY KEY,
    receiver INTEGER NOT NULL,
    id TEXT NOT NULL,
    receiver_name TEXT NOT NULL,
    sender INTEGER NOT NULL,
    sender_name TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  INSERT INTO directs (receiver, id, receiver_name, sender, sender_name, text, at)
    SELECT receiver, id, receiver_name, sender, sender_name, text, at FROM directs_by_id ORDER BY id;
  DROP TABLE directs_by_id;
  CREATE INDEX directs_of_receiver ON directs (receiver);
  CREATE INDEX directs_by_id ON directs (receiver, id);
  `,
  `
  -- signed: see encodeSignature. That of the last edit takes the place of the message's own, as its text does.
  ALTER TABLE messages ADD COLUMN signed TEXT;
  ALTER TABLE directs ADD COLUMN signed TEXT;
  `,
  `
  -- Conversations are rooms whose name is the ids of both members. at: the time of the newest entry; 0 without any.
  -- blocked: 1 if nothing of the other member is delivered to the person.
  CREATE TABLE conversations (
    person INTEGER NOT NULL,
    room INTEGER NOT NULL,
    other INTEGER NOT NULL,
    other_name TEXT NOT NULL,
    at INTEGER NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (person, room)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX conversations_of_room ON conversations (room);
  CREATE INDEX conversations_by_time ON conversations (person, at, room);
  -- The last entry of a room or conversation that a person has read.
  CREATE TABLE marks (
    room INTEGER NOT NULL,
    person INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (room, person)
  ) STRICT, WITHOUT ROWID;
  -- Direct messages that waited for their receivers begin conversations.
  CREATE TEMP TABLE waiting AS SELECT d.*, s.id AS sender_id, r.id AS receiver_id,
    min(s.id, r.id) || ' ' || max(s.id, r.id) AS name
    FROM directs AS d JOIN people AS s ON s.person = d.sender JOIN people AS r ON r.person = d.receiver;
  INSERT INTO rooms (room, id, name, topic)
    SELECT row_number() OVER (ORDER BY name) +
      max(coalesce((SELECT max(room) FROM rooms), 0), coalesce((SELECT max(room) FROM removed_rooms), 0)), name, name, ''
    FROM (SELECT DISTINCT name FROM waiting);
  INSERT INTO messages (key, id, person, name, text, at, signed)
    SELECT r.room * ${ROOM_STRIDE} + row_number() OVER (PARTITION BY w.name ORDER BY w.nth), w.id, w.sender, w.sender_name,
      w.text, w.at, w.signed
    FROM waiting AS w JOIN rooms AS r ON r.name = w.name;
  INSERT OR IGNORE INTO conversations (person, room, other, other_name, at)
    SELECT w.sender, r.room, w.receiver, w.receiver_name, max(w.at) FROM waiting AS w JOIN rooms AS r ON r.name = w.name
    GROUP BY w.sender, r.room;
  INSERT INTO conversations (person, room, other, other_name, at)
    SELECT w.receiver, r.room, w.sender, w.sender_name, max(w.at) FROM waiting AS w JOIN rooms AS r ON r.name = w.name
    GROUP BY w.receiver, r.room
    ON CONFLICT (person, room) DO UPDATE SET at = max(at, excluded.at);
  UPDATE people SET wrote = 1 WHERE person IN (SELECT person FROM conversations);
  UPDATE conversations SET at = (
    SELECT max(c.at) FROM conversations AS c WHERE c.room = conversations.room
  );
  DROP TABLE waiting;
  DROP TABLE directs;
  `,
  `
  -- message: the key of the message. kept: 0 once the file has expired; the message stays.
  CREATE TABLE files (
    message INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    media TEXT NOT NULL,
    hash TEXT NOT NULL,
    person INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kept INTEGER NOT NULL DEFAULT 1
  ) STRICT;
  CREATE INDEX files_by_id ON files (id);
  CREATE INDEX files_by_hash ON files (hash) WHERE kept = 1;
  CREATE INDEX files_of_person ON files (person, at, size);
  CREATE INDEX files_by_time ON files (at) WHERE kept = 1;
  -- Hashes of files that were kept and are not now.
  CREATE TABLE unused_files (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TRIGGER file_added AFTER INSERT ON files BEGIN
    DELETE FROM unused_files WHERE hash = new.hash;
  END;
  CREATE TRIGGER file_removed AFTER DELETE ON files
    WHEN old.kept = 1 AND NOT EXISTS (SELECT 1 FROM files WHERE hash = old.hash AND kept = 1) BEGIN
    INSERT OR IGNORE INTO unused_files VALUES (old.hash);
  END;
  CREATE TRIGGER file_expired AFTER UPDATE OF kept ON files
    WHEN old.kept = 1 AND NOT EXISTS (SELECT 1 FROM files WHERE hash = old.hash AND kept = 1) BEGIN
    INSERT OR IGNORE INTO unused_files VALUES (old.hash);
  END;
  `,
  `
  ALTER TABLE files RENAME TO old_files;
  -- part: 0 for the file of a message, 1 for its thumbnail, which alone has a width and a height.
  CREATE TABLE files (
    message INTEGER NOT NULL,
    part INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    media TEXT NOT NULL,
    hash TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    person INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kept INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (message, part)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO files SELECT message, 0, id, name, size, media, hash, NULL, NULL, person, at, kept FROM old_files;
  DROP TABLE old_files;
  CREATE INDEX files_by_id ON files (id);
  CREATE INDEX files_by_hash ON files (hash) WHERE kept = 1;
  CREATE INDEX files_of_person ON files (person, at, size);
  CREATE INDEX files_by_time ON files (at) WHERE kept = 1;
  CREATE TRIGGER file_added AFTER INSERT ON files BEGIN
    DELETE FROM unused_files WHERE hash = new.hash;
  END;
  CREATE TRIGGER file_removed AFTER DELETE ON files
    WHEN old.kept = 1 AND NOT EXISTS (SELECT 1 FROM files WHERE hash = old.hash AND kept = 1) BEGIN
    INSERT OR IGNORE INTO unused_files VALUES (old.hash);
  END;
  CREATE TRIGGER file_expired AFTER UPDATE OF kept ON files
    WHEN old.kept = 1 AND NOT EXISTS (SELECT 1 FROM files WHERE hash = old.hash AND kept = 1) BEGIN
    INSERT OR IGNORE INTO unused_files VALUES (old.hash);
  END;
  `,
  `
  -- One row at most. state: what the server needs to go on from there; NULL once a server has used the file alone.
  -- upkeep: how far the upkeep of the rows has come, as JSON.
  CREATE TABLE checkpoint (
    nth INTEGER PRIMARY KEY CHECK (nth = 1),
    position INTEGER NOT NULL,
    state TEXT,
    upkeep TEXT NOT NULL
  ) STRICT;
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Migrates a database from version `from` to version `to` in one transaction. */
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
