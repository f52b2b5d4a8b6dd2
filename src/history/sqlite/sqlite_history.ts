import {
  type AckEvent,
  type AuditEntry,
  type ConversationSummary,
  quoteOf,
  type ReadMark,
  type RoomChange,
  type RoomEntry,
  type RoomMessage,
} from "../../protocol/messages/messages.ts";
import { conversationName, isConversationName } from "../../protocol/conventions.ts";
import { entryColumns, type NewRow, newRow } from "./tables/entry_rows.ts";
import { databasePath, makeFolder, type Sync } from "./database_file.ts";
import {
  type AuditPage,
  type Batch,
  type ConversationPage,
  type FileReferences,
  type HistoryStore,
  type MessagePage,
  type Retention,
  type SearchSteps,
  type StoredConversation,
  type StoredMember,
  type StoredRecord,
  type StoredRoom,
  StoreError,
} from "../store.ts";
import type { SearchQuery } from "../../protocol/text/search_query.ts";
import { FolderLock } from "./folder_lock.ts";
import { toMs } from "./tables/column_codec.ts";
import { storeError } from "./sqlite_errors.ts";
import { type HistoryTables, openTables } from "./history_tables.ts";
import { SqliteFiles } from "./sqlite_files.ts";
import { StoreMaintenance } from "./store_maintenance.ts";

export interface SqliteOptions {
  /** Created if it does not exist. */
  readonly folder: string;
  readonly retention?: Retention;
  /** Default: `normal`. */
  readonly sync?: Sync;
  /** The server id of a new file. Default: a random UUID. */
  readonly newServerId?: string;
  /** Milliseconds since the epoch: the start of use that other processes name when they are refused the folder. */
  readonly now?: number;
  /** Called after a file was migrated from an earlier version of the schema. */
  readonly onMigrated?: (from: number, to: number) => void;
  /** Called after a round of pruning that deleted messages, with their number. */
  readonly onPruned?: (messages: number) => void;
}

/**
 * Opens the store in a data folder: one SQLite file, `confab.db`. The store holds the folder's lock until `close`.
 * Throws a `StoreError` if another process holds it, or if the file cannot be used.
 */
export function openSqliteHistory(options: SqliteOptions): HistoryStore {
  return new SqliteHistory(options);
}

class SqliteHistory implements HistoryStore {
  readonly keepsAcks = true;
  readonly #path: string;
  readonly #lock: FolderLock;
  readonly #tables: HistoryTables;
  readonly #maintenance: StoreMaintenance;
  readonly keepsText: boolean;
  readonly files: FileReferences;

  constructor(options: SqliteOptions) {
    const { folder, retention = {}, sync = "normal", newServerId, now = Date.now(), onMigrated, onPruned } = options;
    this.#path = databasePath(folder);
    makeFolder(folder);
    this.#lock = new FolderLock(folder, now);
    this.keepsText = retention.maxMessages !== 0;
    try {
      this.#tables = openTables(folder, { sync, onMigrated }, newServerId);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw storeError(error, this.#path);
    }
    this.files = new SqliteFiles(this.#tables, this.#path);
    this.#maintenance = new StoreMaintenance(this.#tables, retention, onPruned);
  }

  get serverId(): string {
    return this.#tables.serverId;
  }

  rooms(): StoredRoom[] {
    const rooms = this.#tables.rooms.all().filter(({ name }) => !isConversationName(name));
    return rooms.map(({ id, name, topic, seq }) => ({ id, name, topic, seq })).toArray();
  }

  append(batch: Batch): void {
    const { transactions, acks, rooms, people } = this.#tables;
    try {
      transactions.run(() => this.#store(batch));
    } catch (error) {
      this.#guarded(() => {
        rooms.reload();
        acks.rolledBack();
      });
      people.clearCache();
      throw storeError(error, this.#path);
    }
    acks.committed(batch.messages.length);
  }

  #store({ removed, rooms, conversations, blocks, members, messages, marks, records, audit }: Batch): void {
    const tables = this.#tables;
    for (const room of removed) this.#remove(room);
    for (const room of rooms) tables.rooms.save(room);
    for (const member of members) tables.people.save(member);
    for (const conversation of conversations) tables.conversations.add(conversation);
    for (const { channel, memberId, blocked } of blocks) tables.conversations.setBlocked(channel, memberId, blocked);
    this.#storeEntries(messages);
    for (const { memberId, channel, mark } of marks) tables.conversations.setMark(memberId, channel, mark);
    for (const record of records) tables.records.change(record);
    for (const entry of audit) tables.audit.add(entry);
    tables.acks.flushIfDue(messages.length);
  }

  #remove(room: Batch["removed"][number]): void {
    const { rooms, roomPurger, audit } = this.#tables;
    if (roomPurger.lags) roomPurger.purgeSome();
    if (rooms.remove(room)) audit.removeRoom(room.name);
  }

  /**
   * Inserts entries in blocks. Each change is applied after the messages before it are inserted, so that it
   * finds its target.
   */
  #storeEntries(entries: Batch["messages"]): void {
    const { messages } = this.#tables;
    let rows: NewRow[] = [];
    for (const { message, ref } of entries) {
      rows.push(this.#rowOf(message, ref));
      if (message.type === "message") continue;
      messages.insert(rows);
      rows = [];
      this.#apply(message);
    }
    messages.insert(rows);
  }

  #apply(change: RoomChange): void {
    const { rooms, people, changes } = this.#tables;
    changes.apply(rooms.get(change.room)!, change, people.keyFor(change.from.id));
  }

  #rowOf(entry: RoomEntry, ref: string | undefined): NewRow {
    const { rooms, people, acks } = this.#tables;
    const room = rooms.get(entry.room);
    if (room === undefined) {
      throw new StoreError(`Message ${entry.id} is for room ${entry.room}, which was never stored`);
    }
    const person = people.keyFor(entry.from.id);
    rooms.advance(room, entry.seq);
    if (entry.type === "message" && entry.file !== undefined && this.keepsText) {
      this.#tables.files.add(room, entry.seq, entry.file, { person, at: toMs(entry.at) });
    }
    if (isConversationName(entry.room)) this.#tables.conversations.touch(room, toMs(entry.at), person);
    if (ref !== undefined) acks.stage({ person, ref, id: entry.id, seq: entry.seq, at: toMs(entry.at) });
    return newRow(room, entry, person, ref, entryColumns(entry, this.keepsText));
  }

  read({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomMessage[] {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const { messages, pages } = this.#tables;
    return this.#guarded(() => pages.page(room, messages.newest(room, after, before, limit)).reverse());
  }

  entries({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomEntry[] {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const { messages, pages } = this.#tables;
    return this.#guarded(() => pages.entries(room, messages.newestEntries(room, after, before, limit)).reverse());
  }

  seqOf(name: string, id: string): number | undefined {
    const room = this.#tables.rooms.get(name);
    return room === undefined ? undefined : this.#guarded(() => this.#tables.messages.seqOf(room, id));
  }

  hasReacted(name: string, seq: number, emoji: string, memberId: string): boolean {
    const { rooms, people, reactions } = this.#tables;
    return this.#guarded(() => {
      const room = rooms.get(name);
      const person = people.findKey(memberId);
      return room !== undefined && person !== undefined && reactions.has(room, seq, emoji, person);
    });
  }

  *search(name: string, query: SearchQuery, limit: number): SearchSteps {
    const room = this.#tables.rooms.get(name);
    if (room === undefined) return [];
    const steps = this.#tables.searchReader.search(room, query, limit);
    for (let isLast: boolean | void = undefined;;) {
      const step = this.#guarded(() => steps.next(isLast));
      if (step.done) return step.value;
      isLast = yield;
      // If the room was removed meanwhile, its key may already belong to another room.
      if (this.#tables.rooms.get(name)?.id !== room.id) return [];
    }
  }

  memberByToken(tokenDigest: string): StoredMember | undefined {
    return this.#guarded(() => this.#tables.people.byToken(tokenDigest));
  }

  memberById(id: string): StoredMember | undefined {
    return this.#guarded(() => this.#tables.people.byId(id));
  }

  memberByName(nameKeys: readonly string[]): StoredMember | undefined {
    return this.#guarded(() => this.#tables.people.byName(nameKeys));
  }

  ack(memberId: string, ref: string, now: number): AckEvent | undefined {
    return this.#guarded(() => {
      const person = this.#tables.people.findKey(memberId);
      return person === undefined ? undefined : this.#tables.acks.find(person, ref, now);
    });
  }

  conversation(name: string): StoredConversation | undefined {
    return this.#guarded(() => this.#tables.conversations.find(name));
  }

  conversationCount(memberId?: string): number {
    const { conversations } = this.#tables;
    return this.#guarded(() => memberId === undefined ? conversations.count : conversations.countOf(memberId));
  }

  conversations(page: ConversationPage): ConversationSummary[] {
    const { memberId, before } = page;
    const { conversations, messages, pages } = this.#tables;
    const last = before === undefined ? undefined : conversationName(memberId, before);
    return this.#guarded(() =>
      conversations.list(page, last).map(({ room, partner }) => {
        const [newest] = pages.messages(room, messages.newest(room, 0, Infinity, 1));
        const mark = conversations.mark(memberId, room.name);
        return {
          ...{ with: partner, seq: room.seq, unread: conversations.unread(room, memberId, mark?.seq ?? 0) },
          ...newest === undefined ? {} : { last: { ...quoteOf(newest), at: newest.at } },
          ...mark === undefined ? {} : { mark },
        };
      })
    );
  }

  readMark(memberId: string, channel: string): ReadMark | undefined {
    return this.#guarded(() => this.#tables.conversations.mark(memberId, channel));
  }

  records(): StoredRecord[] {
    return this.#guarded(() => this.#tables.records.all());
  }

  audit(page: AuditPage): AuditEntry[] {
    return this.#guarded(() => this.#tables.audit.page(page));
  }

  maintain(now: number, budgetMs: number): boolean {
    return this.#guarded(() => this.#maintenance.run(now, budgetMs));
  }

  /** Idempotent. */
  close(): void {
    if (this.#tables.closed) return;
    this.#maintenance.flushAcks();
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
