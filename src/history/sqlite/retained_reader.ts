import type { AckEvent, ReadMark, RoomEntry, RoomMessage } from "../../protocol/messages/messages.ts";
import type {
  HistoryStore,
  MessagePage,
  RetainedHistory,
  StoredConversation,
  StoredFile,
  StoredMember,
} from "../store.ts";
import type { HistoryTables } from "./history_tables.ts";
import type { RetentionFloor } from "./retention_floor.ts";
import { storeError } from "./sqlite_errors.ts";
import type { RoomRecord } from "./tables/room_table.ts";
import { ROOM_STRIDE } from "./tables/schema.ts";

export interface RetainedReaderParts {
  readonly store: HistoryStore;
  readonly tables: HistoryTables;
  readonly floor: RetentionFloor;
  /** The time of the reads. It never falls. */
  readonly now: () => number;
  /** The path of the database, for error messages. */
  readonly path: string;
}

/**
 * Reads what the retention keeps at a time, and nothing that waits to be pruned or belongs to a removed room. All other answers are
 * those of the store: they do not depend on when it was maintained.
 */
export class RetainedReader implements RetainedHistory {
  readonly keepsAcks: boolean;
  readonly files: RetainedHistory["files"];
  readonly #store: HistoryStore;
  readonly #tables: HistoryTables;
  readonly #floor: RetentionFloor;
  readonly #now: () => number;
  readonly #path: string;

  constructor({ store, tables, floor, now, path }: RetainedReaderParts) {
    this.keepsAcks = store.keepsAcks;
    this.#store = store;
    this.#tables = tables;
    this.#floor = floor;
    this.#now = now;
    this.#path = path;
    this.files = { byId: (id) => this.#guarded(() => this.#file(id)) };
  }

  get keepsText(): boolean {
    return this.#store.keepsText;
  }

  read({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomMessage[] {
    const { messages, pages } = this.#tables;
    return this.#inRoom(name, [], (room, floor) => {
      const rows = messages.newest(room, Math.max(after, floor), before, limit);
      return pages.page(room, rows, floor).reverse();
    });
  }

  entries({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomEntry[] {
    const { messages, pages } = this.#tables;
    return this.#inRoom(name, [], (room, floor) => {
      const rows = messages.newestEntries(room, Math.max(after, floor), before, limit);
      return pages.entries(room, rows, floor).reverse();
    });
  }

  seqOf(name: string, id: string): number | undefined {
    return this.#inRoom(name, undefined, (room, floor) => {
      const seq = this.#tables.messages.seqOf(room, id);
      return seq !== undefined && seq > floor ? seq : undefined;
    });
  }

  hasReacted(name: string, seq: number, emoji: string, memberId: string): boolean {
    return this.#inRoom(name, false, (_, floor) => seq > floor && this.#store.hasReacted(name, seq, emoji, memberId));
  }

  /** The store checks the age of acknowledgements, and deletes only older ones. */
  ack(memberId: string, ref: string, now: number): AckEvent | undefined {
    return this.#store.ack(memberId, ref, now);
  }

  memberByToken(tokenDigest: string): StoredMember | undefined {
    return this.#store.memberByToken(tokenDigest);
  }

  memberById(id: string): StoredMember | undefined {
    return this.#store.memberById(id);
  }

  memberByName(nameKeys: readonly string[]): StoredMember | undefined {
    return this.#store.memberByName(nameKeys);
  }

  conversation(name: string): StoredConversation | undefined {
    return this.#store.conversation(name);
  }

  conversationCount(memberId?: string): number {
    return this.#store.conversationCount(memberId);
  }

  readMark(memberId: string, channel: string): ReadMark | undefined {
    return this.#store.readMark(memberId, channel);
  }

  #file(id: string): StoredFile | undefined {
    const found = this.#tables.files.byId(id);
    if (found === undefined || !this.#floor.keepsFile(found.at, this.#now())) return undefined;
    // The messages of a room that was removed may still be there.
    const room = this.#tables.rooms.withKey(Math.floor(found.key / ROOM_STRIDE));
    if (room === undefined || found.key % ROOM_STRIDE <= this.#floor.of(room, this.#now())) return undefined;
    return { room: room.name, author: found.author, file: found.file };
  }

  #inRoom<T>(name: string, none: T, read: (room: RoomRecord, floor: number) => T): T {
    const room = this.#tables.rooms.get(name);
    return room === undefined ? none : this.#guarded(() => read(room, this.#floor.of(room, this.#now())));
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(error, this.#path);
    }
  }
}
