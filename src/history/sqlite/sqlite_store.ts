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
import {
  type AuditPage,
  type Batch,
  type ConversationPage,
  type FileReferences,
  type HistoryStore,
  type MessagePage,
  type SearchSteps,
  type StoredConversation,
  type StoredMember,
  type StoredRecord,
  type StoredRoom,
  StoreError,
} from "../store.ts";
import type { SearchQuery } from "../../protocol/text/search_query.ts";
import type { FolderLock } from "./folder_lock.ts";
import { toMs } from "./tables/column_codec.ts";
import { storeError } from "./sqlite_errors.ts";
import { rewindChannel } from "./channel_rewind.ts";
import type { HistoryTables } from "./history_tables.ts";
import type { RetentionInForce } from "./retention_floor.ts";
import { SqliteFiles } from "./sqlite_files.ts";
import type { StoreMaintenance } from "./store_maintenance.ts";

/** The parts of a store. It closes the tables and releases the folder. */
export interface StoreParts {
  /** The path of the database, for error messages. */
  readonly path: string;
  readonly tables: HistoryTables;
  readonly lock: FolderLock;
  readonly maintenance: StoreMaintenance;
  readonly retention: RetentionInForce;
}

/** A history in an open database. */
export class SqliteStore implements HistoryStore {
  readonly keepsAcks = true;
  readonly files: FileReferences;
  readonly #path: string;
  readonly #tables: HistoryTables;
  readonly #lock: FolderLock;
  readonly #maintenance: StoreMaintenance;
  readonly #retention: RetentionInForce;

  constructor({ path, tables, lock, maintenance, retention }: StoreParts) {
    this.#path = path;
    this.#tables = tables;
    this.#lock = lock;
    this.#maintenance = maintenance;
    this.#retention = retention;
    this.files = new SqliteFiles(tables, path);
  }

  get keepsText(): boolean {
    return this.#retention.current.maxMessages !== 0;
  }

  get serverId(): string {
    return this.#tables.serverId;
  }

  rooms(): StoredRoom[] {
    const rooms = this.#tables.rooms.all().filter(({ name }) => !isConversationName(name));
    return rooms.map(({ id, name, topic, seq }) => ({ id, name, topic, seq })).toArray();
  }

  append(batch: Batch): void {
    const { transactions, acks, rooms, people, conversations } = this.#tables;
    // Acknowledgements of removed entries are found in the table only.
    if (batch.rewound.length > 0) this.#guarded(() => this.#maintenance.flushAllAcks());
    try {
      transactions.run(() => this.#store(batch));
    } catch (error) {
      this.#guarded(() => {
        rooms.reload();
        acks.rolledBack();
        conversations.recount();
      });
      people.clearCache();
      throw storeError(error, this.#path);
    }
    acks.committed(batch.messages.length);
  }

  #store({ removed, rewound, rooms, conversations, blocks, members, messages, marks, records, audit }: Batch): void {
    const tables = this.#tables;
    for (const room of removed) this.#remove(room);
    for (const { channel, after } of rewound) rewindChannel(tables, channel, after);
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
