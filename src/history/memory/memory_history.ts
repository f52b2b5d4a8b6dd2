import {
  MAX_ABSENT_MEMBERS,
  MEMORY_HISTORY_CHARS,
  MEMORY_HISTORY_MESSAGES,
  MEMORY_WORDS_CHARS,
} from "../../protocol/limits.ts";
import type { AckEvent, AuditEntry, DirectMessage, RoomEntry, RoomMessage } from "../../protocol/messages/messages.ts";
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
import { MemoryAudit } from "./memory_audit.ts";
import { MemoryDirects } from "./memory_directs.ts";
import { MemoryMembers } from "./memory_members.ts";
import { MemoryRoom, type WordBudget } from "./memory_room.ts";
import { authorKey, hasPhrases, phrasesOf } from "../search_words.ts";

/**
 * A store in memory: rooms, members and the newest messages, lost when the process ends. It keeps no
 * acknowledgements; the core does.
 */
export class MemoryHistory implements HistoryStore {
  readonly serverId: string;
  readonly keepsAcks = false;
  readonly #maxMessages: number;
  readonly #maxAgeMs: number;
  readonly #rooms = new Map<string, MemoryRoom>();
  readonly #wordBudget: WordBudget = { left: MEMORY_WORDS_CHARS };
  readonly #members = new MemoryMembers(MAX_ABSENT_MEMBERS);
  readonly #directs = new MemoryDirects(MAX_ABSENT_MEMBERS);
  /** Keyed by `kind key`. */
  readonly #records = new Map<string, StoredRecord>();
  readonly #audit = new MemoryAudit();

  constructor({ maxMessages, maxAgeMs }: Retention = {}, serverId: string = crypto.randomUUID()) {
    this.serverId = serverId;
    this.#maxMessages = Math.min(maxMessages ?? MEMORY_HISTORY_MESSAGES, MEMORY_HISTORY_MESSAGES);
    this.#maxAgeMs = maxAgeMs ?? Infinity;
  }

  rooms(): StoredRoom[] {
    return [...this.#rooms.values()].map(({ id, name, topic, seq }) => ({ id, name, topic, seq }));
  }

  append({ removed, rooms, members, messages, directs, confirmed, records, audit }: Batch): void {
    for (const { id, name } of removed) {
      const room = this.#rooms.get(name);
      if (room?.id !== id) continue;
      // Dropping the messages ends running searches and returns the room's share of the word budget.
      room.dropOldest(room.size);
      this.#rooms.delete(name);
      this.#audit.removeRoom(name);
    }
    for (const { id, name, topic } of rooms) {
      const existing = this.#rooms.get(name);
      if (existing === undefined) this.#rooms.set(name, new MemoryRoom({ id, name, topic }, this.#wordBudget));
      else existing.topic = topic;
    }
    for (const { message } of messages) {
      if (this.#rooms.has(message.room)) continue;
      throw new StoreError(`Message ${message.id} is for room ${message.room}, which was never stored`);
    }
    for (const member of members) this.#members.save(member);
    for (const { message } of messages) this.#appendEntry(message);
    for (const { message } of directs) this.#directs.add(message);
    for (const { memberId, throughId } of confirmed) this.#directs.confirm(memberId, throughId);
    for (const { kind, key, value } of records) {
      if (value === undefined) this.#records.delete(`${kind} ${key}`);
      else this.#records.set(`${kind} ${key}`, { kind, key, value });
    }
    for (const entry of audit) this.#audit.add(entry);
  }

  read({ room, after = 0, before = Infinity, limit }: MessagePage): RoomMessage[] {
    return [...this.#rooms.get(room)?.newest(after, before).take(limit) ?? []].reverse();
  }

  entries({ room: name, after = 0, before = Infinity, limit }: MessagePage): RoomEntry[] {
    const room = this.#rooms.get(name);
    if (room === undefined) return [];
    const end = Math.min(before, room.seq + 1);
    return [...room.entries(Math.max(after, end - limit - 1), end)];
  }

  seqOf(room: string, id: string): number | undefined {
    return this.#rooms.get(room)?.seqOf(id);
  }

  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean {
    return this.#rooms.get(room)?.hasReacted(seq, emoji, memberId) ?? false;
  }

  *search(name: string, { phrases, from, beforeMs = Infinity }: SearchQuery, limit: number): SearchSteps {
    const words = phrasesOf(phrases);
    const room = this.#rooms.get(name);
    if (room === undefined) return [];
    if (words.length === 0 && from === undefined && (beforeMs === Infinity || phrases.length > 0)) return [];
    const author = from === undefined ? undefined : authorKey(from);
    const fits = ({ from, at, deleted, seq }: RoomMessage) =>
      !deleted && (author === undefined || authorKey(from.name) === author) && Date.parse(at) < beforeMs &&
      (words.length === 0 || hasPhrases(room.wordsAt(seq), words));
    const found: number[] = [];
    for (let seq = room.seq; seq >= room.firstSeq && found.length < limit; seq--) {
      const message = room.messageAt(seq);
      if (message !== undefined && fits(message)) found.push(seq);
      if (yield) break;
    }
    return found.flatMap((seq) => room.searchResult(seq) ?? []);
  }

  memberByToken(tokenDigest: string): StoredMember | undefined {
    return this.#members.byToken(tokenDigest);
  }

  memberByName(nameKeys: readonly string[]): StoredMember | undefined {
    return this.#members.byName(nameKeys);
  }

  ack(): AckEvent | undefined {
    return undefined;
  }

  unconfirmed(memberId: string, limit: number, now: number): DirectMessage[] {
    return this.#directs.unconfirmed(memberId, limit, now);
  }

  records(): StoredRecord[] {
    return [...this.#records.values()];
  }

  audit(page: AuditPage): AuditEntry[] {
    return this.#audit.page(page);
  }

  /** Does all work in one call, because the store is small. */
  maintain(now: number): boolean {
    this.#audit.prune();
    for (const room of this.#rooms.values()) room.prune(now - this.#maxAgeMs, this.#maxMessages);
    this.#enforceCharLimit();
    this.#directs.prune(now);
    return false;
  }

  /**
   * Drops the oldest quarter of the largest room until all rooms together are within
   * `MEMORY_HISTORY_CHARS`.
   */
  #enforceCharLimit(): void {
    const rooms = [...this.#rooms.values()];
    let excess = rooms.reduce((sum, { chars }) => sum + chars, -MEMORY_HISTORY_CHARS);
    while (excess > 0) {
      const largest = rooms.reduce((a, b) => a.chars >= b.chars ? a : b);
      excess -= largest.chars;
      largest.dropOldest(Math.ceil(largest.size / 4));
      excess += largest.chars;
    }
  }

  close(): void {
    this.#rooms.clear();
    this.#members.clear();
    this.#directs.clear();
    this.#records.clear();
    this.#audit.clear();
  }

  #appendEntry(entry: RoomEntry): void {
    const room = this.#rooms.get(entry.room)!;
    room.seq = entry.seq;
    if (this.#maxMessages === 0) return;
    room.add(entry);
    // Dropping one entry shifts all others, so a quarter is dropped at a time.
    const excess = room.size - this.#maxMessages;
    if (excess > this.#maxMessages / 4) room.dropOldest(excess);
  }
}
