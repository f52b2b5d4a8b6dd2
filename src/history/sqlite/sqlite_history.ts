import type {
  AckEvent,
  AuditEntry,
  Change,
  DirectMessage,
  RoomEntry,
  RoomMessage,
} from "../../protocol/messages/messages.ts";
import { partsOf } from "./change_applier.ts";
import { databasePath, makeFolder, type Sync } from "./database_file.ts";
import {
  type AuditPage,
  type Batch,
  type HistoryStore,
  type MessagePage,
  type Retention,
  type SearchSteps,
  type StoredMember,
  type StoredRecord,
  type StoredRoom,
  StoreError,
} from "../store.ts";
import type { SearchQuery } from "../../protocol/text/search_query.ts";
import { FolderLock } from "./folder_lock.ts";
import { type NewRow, newRow } from "./tables/message_table.ts";
import { toMs } from "./tables/column_codec.ts";
import { storeError } from "./sqlite_errors.ts";
import { openTables, type Tables } from "./history_tables.ts";
import { StoreMaintenance } from "./store_maintenance.ts";

export interface SqliteOptions {
  /** Made where it is missing. */
  readonly folder: string;
  readonly retention?: Retention;
  /** `normal` where absent. */
  readonly sync?: Sync;
  /** What a new file is given for good. */
  readonly newServerId?: string;
  /** Milliseconds since the epoch, for the note of who holds the folder. */
  readonly now?: number;
  /** The file was of an earlier version of the schema, and has been brought up to date. */
  readonly onMigrated?: (from: number, to: number) => void;
  /** A round of pruning has removed messages. */
  readonly onPruned?: (messages: number) => void;
}

/** Keeps everything in one file of a folder, which it holds for itself until `close`. Throws a `StoreError` where it cannot. */
export function openSqliteHistory(options: SqliteOptions): HistoryStore {
  return new SqliteHistory(options);
}

class SqliteHistory implements HistoryStore {
  readonly keepsAcks = true;
  readonly #path: string;
  readonly #lock: FolderLock;
  readonly #tables: Tables;
  readonly #tending: StoreMaintenance;
  readonly #keepsText: boolean;

  constructor(options: SqliteOptions) {
    const { folder, retention = {}, sync = "normal", newServerId, now = Date.now(), onMigrated, onPruned } = options;
    this.#path = databasePath(folder);
    makeFolder(folder);
    this.#lock = new FolderLock(folder, now);
    this.#keepsText = retention.maxMessages !== 0;
    try {
      this.#tables = openTables(folder, { sync, onMigrated }, newServerId);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw storeError(error, this.#path);
    }
    this.#tending = new StoreMaintenance(this.#tables, retention, onPruned);
  }

  get serverId(): string {
    return this.#tables.serverId;
  }

  rooms(): StoredRoom[] {
    return [...this.#tables.rooms.all()].map(({ id, name, topic, seq }) => ({ id, name, topic, seq }));
  }

  append(batch: Batch): void {
    const { transactions, acks, rooms, people } = this.#tables;
    try {
      transactions.run(() => this.#store(batch));
    } catch (error) {
      this.#guarded(() => {
        rooms.reload();
        acks.discard();
      });
      people.forgetUncommitted();
      throw storeError(error, this.#path);
    }
    acks.settle(batch.messages.length);
    this.#tending.noteAppended();
  }

  #store({ removed, rooms, members, messages, directs, confirmed, records, audit }: Batch): void {
    const tables = this.#tables;
    for (const room of removed) this.#remove(room);
    for (const room of rooms) tables.rooms.save(room);
    for (const member of members) tables.people.save(member);
    this.#storeEntries(messages);
    for (const { message, ref } of directs) {
      const person = tables.directs.save(message);
      if (ref !== undefined) tables.acks.save({ person, ref, id: message.id, seq: undefined, at: toMs(message.at) });
    }
    for (const { memberId, throughId } of confirmed) tables.directs.confirm(memberId, throughId);
    for (const record of records) tables.records.change(record);
    for (const entry of audit) tables.audit.add(entry);
    tables.acks.moveAlong(messages.length);
  }

  #remove(room: Batch["removed"][number]): void {
    const { rooms, removal, audit } = this.#tables;
    if (removal.lags) removal.step();
    if (rooms.remove(room)) audit.removeRoom(room.name);
  }

  /** A change has to find the messages before it. */
  #storeEntries(entries: Batch["messages"]): void {
    const { messages } = this.#tables;
    let rows: NewRow[] = [];
    for (const { message, ref } of entries) {
      rows.push(this.#rowOf(message, ref));
      if (message.type === "message") continue;
      messages.save(rows);
      rows = [];
      this.#apply(message);
    }
    messages.save(rows);
  }

  #apply(change: Change): void {
    const { rooms, people, changes } = this.#tables;
    changes.apply(rooms.get(change.room)!, change, people.person(change.from.id));
  }

  #rowOf(entry: RoomEntry, ref: string | undefined): NewRow {
    const { rooms, people, acks } = this.#tables;
    const room = rooms.get(entry.room);
    if (room === undefined) {
      throw new StoreError(`Message ${entry.id} is for room ${entry.room}, which was never stored`);
    }
    const person = people.person(entry.from.id);
    rooms.advance(room, entry.seq);
    if (ref !== undefined) acks.note({ person, ref, id: entry.id, seq: entry.seq, at: toMs(entry.at) });
    return newRow(room, entry, person, ref, partsOf(entry, this.#keepsText));
  }

  read({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomMessage[] {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const { messages, reading } = this.#tables;
    return this.#guarded(() => reading.page(room, messages.newest(room, after, before, limit)).reverse());
  }

  entries({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomEntry[] {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const { messages, reading } = this.#tables;
    return this.#guarded(() => reading.entries(room, messages.newestEntries(room, after, before, limit)).reverse());
  }

  hasReacted(name: string, seq: number, emoji: string, memberId: string): boolean {
    const { rooms, people, reactions } = this.#tables;
    return this.#guarded(() => {
      const room = rooms.get(name);
      const person = people.known(memberId);
      return room !== undefined && person !== undefined && reactions.has(room, seq, emoji, person);
    });
  }

  *search(name: string, query: SearchQuery, limit: number): SearchSteps {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const steps = this.#tables.searching.search(room, query, limit);
    for (let isLast: boolean | void = undefined;;) {
      const step = this.#guarded(() => steps.next(isLast));
      if (step.done) return step.value;
      isLast = yield;
      // Another room may have its keys by now.
      if (this.#tables.rooms.get(name)?.id !== room.id) return [];
    }
  }

  memberByToken(tokenDigest: string): StoredMember | undefined {
    return this.#guarded(() => this.#tables.people.byToken(tokenDigest));
  }

  memberByName(nameKeys: readonly string[]): StoredMember | undefined {
    return this.#guarded(() => this.#tables.people.byName(nameKeys));
  }

  ack(memberId: string, ref: string, now: number): AckEvent | undefined {
    return this.#guarded(() => {
      const person = this.#tables.people.known(memberId);
      return person === undefined ? undefined : this.#tables.acks.find(person, ref, now);
    });
  }

  unconfirmed(memberId: string, limit: number, now: number): DirectMessage[] {
    return this.#guarded(() => this.#tables.directs.waiting(memberId, limit, now));
  }

  records(): StoredRecord[] {
    return this.#guarded(() => this.#tables.records.all());
  }

  audit(page: AuditPage): AuditEntry[] {
    return this.#guarded(() => this.#tables.audit.page(page));
  }

  maintain(now: number, budgetMs: number): boolean {
    return this.#guarded(() => this.#tending.work(now, budgetMs));
  }

  /** May be called again. */
  close(): void {
    if (this.#tables.closed) return;
    this.#tending.moveAcks();
    this.#tables.close();
    this.#lock[Symbol.dispose]();
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
