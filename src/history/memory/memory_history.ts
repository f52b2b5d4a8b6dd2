import {
  MAX_ABSENT_MEMBERS,
  MAX_UNREAD_COUNTED,
  MEMORY_CONVERSATION_CHARS,
  MEMORY_HISTORY_CHARS,
  MEMORY_HISTORY_MESSAGES,
  MEMORY_WORDS_CHARS,
} from "../../protocol/limits.ts";
import {
  type AckEvent,
  type AuditEntry,
  type ConversationSummary,
  type Partner,
  quoteOf,
  type ReadMark,
  type RoomEntry,
  type RoomMessage,
} from "../../protocol/messages/messages.ts";
import { conversationName, isConversationName } from "../../protocol/conventions.ts";
import {
  type AuditPage,
  type Batch,
  type ConversationPage,
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
import { MemoryAudit } from "./memory_audit.ts";
import { type MemoryConversation, MemoryConversations } from "./memory_conversations.ts";
import { MemoryFiles } from "./memory_files.ts";
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
  readonly #conversations = new MemoryConversations();
  /** Keyed by `kind key`. */
  readonly #records = new Map<string, StoredRecord>();
  readonly #audit = new MemoryAudit();
  readonly files = new MemoryFiles();
  readonly #maxFileAgeMs: number;

  constructor({ maxMessages, maxAgeMs, maxFileAgeMs }: Retention = {}, serverId: string = crypto.randomUUID()) {
    this.serverId = serverId;
    this.#maxMessages = Math.min(maxMessages ?? MEMORY_HISTORY_MESSAGES, MEMORY_HISTORY_MESSAGES);
    this.#maxAgeMs = maxAgeMs ?? Infinity;
    this.#maxFileAgeMs = maxFileAgeMs ?? Infinity;
  }

  get keepsText(): boolean {
    return this.#maxMessages > 0;
  }

  rooms(): StoredRoom[] {
    const rooms = this.#rooms.values().filter(({ name }) => !isConversationName(name));
    return rooms.map(({ id, name, topic, seq }) => ({ id, name, topic, seq })).toArray();
  }

  append({ removed, rewound, rooms, conversations, blocks, members, messages, marks, records, audit }: Batch): void {
    for (const { id, name } of removed) {
      const room = this.#rooms.get(name);
      if (room?.id !== id) continue;
      // Dropping the messages ends running searches and returns the room's share of the word budget.
      room.dropOldest(room.size);
      this.#rooms.delete(name);
      this.#audit.removeRoom(name);
      this.#conversations.removeRoom(name);
    }
    for (const { channel, after } of rewound) this.#rewind(channel, after);
    for (const room of rooms) this.#saveRoom(room);
    for (const conversation of conversations) {
      this.#saveRoom({ ...conversation, topic: "" });
      this.#conversations.add(conversation);
    }
    for (const { channel, memberId, blocked } of blocks) {
      const blockedBy = this.#conversations.find(channel)?.blockedBy;
      if (blocked) blockedBy?.add(memberId);
      else blockedBy?.delete(memberId);
    }
    for (const { message } of messages) {
      if (this.#rooms.has(message.room)) continue;
      throw new StoreError(`Message ${message.id} is for room ${message.room}, which was never stored`);
    }
    for (const member of members) this.#members.save(member);
    for (const { message } of messages) this.#appendEntry(message);
    for (const { memberId, channel, mark } of marks) this.#conversations.setMark(memberId, channel, mark);
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

  memberById(id: string): StoredMember | undefined {
    return this.#members.byId(id);
  }

  memberByName(nameKeys: readonly string[]): StoredMember | undefined {
    return this.#members.byName(nameKeys);
  }

  ack(): AckEvent | undefined {
    return undefined;
  }

  conversation(name: string): StoredConversation | undefined {
    const found = this.#conversations.find(name);
    if (found === undefined) return undefined;
    const { id, members: [a, b], blockedBy } = found;
    const members = [this.#named(a), this.#named(b)] as const;
    return { id, members, seq: this.#rooms.get(name)!.seq, blockedBy: [...blockedBy] };
  }

  conversationCount(memberId?: string): number {
    return memberId === undefined ? this.#conversations.size : this.#conversations.of(memberId).length;
  }

  conversations({ memberId, before, limit }: ConversationPage): ConversationSummary[] {
    const timeOf = ({ times }: MemoryConversation) => times.get(memberId) ?? "";
    const listed = this.#conversations.of(memberId)
      .filter((each) => timeOf(each) !== "" && !each.blockedBy.has(memberId))
      .sort((a, b) => timeOf(a) < timeOf(b) ? 1 : timeOf(a) > timeOf(b) ? -1 : a.id < b.id ? 1 : -1);
    const last = before === undefined ? undefined : conversationName(memberId, before);
    const start = last === undefined ? 0 : listed.findIndex(({ name }) => name === last) + 1;
    if (last !== undefined && start === 0) return [];
    return listed.slice(start, start + limit).map((each) => this.#summary(each, memberId));
  }

  #summary({ name, members: [a, b] }: MemoryConversation, memberId: string): ConversationSummary {
    const room = this.#rooms.get(name)!;
    const mark = this.#conversations.mark(memberId, name);
    const newest = room.newest(0, Infinity).next().value as RoomMessage | undefined;
    const unread = room.newest(mark?.seq ?? 0, Infinity).filter(({ from }) => from.id !== memberId);
    return {
      with: this.#named(a.id === memberId ? b : a),
      seq: room.seq,
      ...newest === undefined ? {} : { last: { ...quoteOf(newest), at: newest.at } },
      ...mark === undefined ? {} : { mark },
      unread: unread.take(MAX_UNREAD_COUNTED).reduce((count) => count + 1, 0),
    };
  }

  /** The member with their present name, if it is known. */
  #named({ id, name }: Partner): Partner {
    return { id, name: this.#members.byId(id)?.name ?? name };
  }

  readMark(memberId: string, channel: string): ReadMark | undefined {
    return this.#conversations.mark(memberId, channel);
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
    this.files.expire(now - this.#maxFileAgeMs);
    for (const room of this.#rooms.values()) room.prune(now - this.#maxAgeMs, this.#maxMessages);
    const [conversations, rooms] = [[] as MemoryRoom[], [] as MemoryRoom[]];
    for (const room of this.#rooms.values()) (isConversationName(room.name) ? conversations : rooms).push(room);
    dropBeyond(rooms, MEMORY_HISTORY_CHARS);
    dropBeyond(conversations, MEMORY_CONVERSATION_CHARS);
    return false;
  }

  #rewind(channel: string, after: number): void {
    const room = this.#rooms.get(channel);
    if (room === undefined) return;
    const newest = room.rewind(after);
    this.#conversations.rewind(channel, { seq: after, id: room.idAt(after) }, newest);
  }

  #saveRoom({ id, name, topic }: Batch["rooms"][number]): void {
    const existing = this.#rooms.get(name);
    if (existing === undefined) this.#rooms.set(name, this.#newRoom({ id, name, topic }));
    else existing.topic = topic;
  }

  #newRoom(room: Batch["rooms"][number]): MemoryRoom {
    return new MemoryRoom(room, this.#wordBudget, this.files);
  }

  close(): void {
    this.#rooms.clear();
    this.#members.clear();
    this.#conversations.clear();
    this.#records.clear();
    this.#audit.clear();
  }

  #appendEntry(entry: RoomEntry): void {
    const room = this.#rooms.get(entry.room)!;
    room.seq = entry.seq;
    this.#conversations.touch(entry.room, entry.at, entry.from.id);
    if (this.#maxMessages === 0) return;
    room.add(entry);
    // Dropping one entry shifts all others, so a quarter is dropped at a time.
    const excess = room.size - this.#maxMessages;
    if (excess > this.#maxMessages / 4) room.dropOldest(excess);
  }
}

/** Drops the oldest quarter of the largest room until all of these rooms together are within `maxChars` UTF-16 units. */
function dropBeyond(rooms: readonly MemoryRoom[], maxChars: number): void {
  let excess = rooms.reduce((sum, { chars }) => sum + chars, -maxChars);
  while (excess > 0) {
    const largest = rooms.reduce((a, b) => a.chars >= b.chars ? a : b);
    excess -= largest.chars;
    largest.dropOldest(Math.ceil(largest.size / 4));
    excess += largest.chars;
  }
}
