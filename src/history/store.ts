/** The port behind which rooms, members and messages are kept. It knows nothing of sessions or sockets. */

import type { AckEvent, AuditEntry, DirectMessage, RoomEntry, RoomMessage } from "../protocol/messages/messages.ts";
import type { SearchQuery } from "../protocol/text/search_query.ts";

export interface StoredRoom {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  /** Of its newest message or change, 0 before the first. Never falls, whatever is pruned. */
  readonly seq: number;
}

export interface StoredMember {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the token, which is itself never stored. */
  readonly tokenDigest: string;
  /** Under which the name is looked up: it in folded case. */
  readonly nameKeys: readonly string[];
}

export type RecordKind = "account" | "token" | "restriction" | "invite" | "room";

/** What the core wants back at the next start. `value` is anything that JSON can say, and says nothing to the store. */
export interface StoredRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: object;
}

/** Without `value` it is removed. */
export interface RecordChange {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value?: object;
}

/** What one turn leads to. Everything in it is kept, or nothing. */
export interface Batch {
  /**
   * Rooms that have ended, by id: gone before anything else of the batch, their messages, reactions and words for search with
   * them. Another room of the same name may follow in the same batch. Of an id that is not kept nothing happens.
   */
  readonly removed: readonly { readonly id: string; readonly name: string }[];
  /** New rooms and new topics; `seq` is told by the messages. */
  readonly rooms: readonly Omit<StoredRoom, "seq">[];
  /** New members and new names. */
  readonly members: readonly StoredMember[];
  /**
   * And changes of them, within a room in the order of their seq. `ref` is what the sender called it, if anything.
   * What a change is about is changed with it; where that is not kept, or was deleted, it is numbered and nothing else.
   */
  readonly messages: readonly { readonly message: RoomEntry; readonly ref?: string }[];
  readonly directs: readonly { readonly message: DirectMessage; readonly ref?: string }[];
  /** The member has got every direct message up to this id, in the order of ids. */
  readonly confirmed: readonly { readonly memberId: string; readonly throughId: string }[];
  /** In order: the last one of a kind and key counts. */
  readonly records: readonly RecordChange[];
  /** In order; the store numbers them. */
  readonly audit: readonly NewAuditEntry[];
}

/** A batch to which things are added. */
export type GrowingBatch = { -readonly [K in keyof Batch]: Batch[K][number][] };

export function emptyBatch(): GrowingBatch {
  return { removed: [], rooms: [], members: [], messages: [], directs: [], confirmed: [], records: [], audit: [] };
}

/**
 * An entry of the audit log. Without a room it counts as `trusted`, which says that an owner or a moderator of all rooms did it.
 * Entries that are not are bounded by room, and go with the room when it is removed.
 */
export type NewAuditEntry = Omit<AuditEntry, "nth"> & { readonly trusted?: true };

export interface AuditPage {
  /** Only entries about this room, none about an earlier one of its name. */
  readonly room?: string;
  /** Only entries with a lower `nth`. */
  readonly before?: number;
  /** The newest that many of them. */
  readonly limit: number;
}

export interface MessagePage {
  readonly room: string;
  /** Only what has a higher seq. */
  readonly after?: number;
  /** Only what has a lower seq. */
  readonly before?: number;
  /** The newest that many of them. */
  readonly limit: number;
}

/**
 * A search under way. Each `next` works for a few milliseconds at most and holds nothing open afterwards, so that it may be left
 * at any point. The last one returns the messages, newest first, without those that were deleted meanwhile. After `next(true)`
 * it is the last one, and returns what was found by then.
 */
export type SearchSteps = Iterator<void, RoomMessage[], boolean | void>;

/** Calls return when the work is done. What they throw is a `StoreError`, and means that nothing was changed. */
export interface HistoryStore {
  /** Whether `ack` answers at all. */
  readonly keepsAcks: boolean;
  /** Of the data: another id means that clients know nothing of it. */
  readonly serverId: string;
  /** All rooms there are. */
  rooms(): StoredRoom[];
  append(batch: Batch): void;
  /** Messages as they are now, with what was put to them, oldest first. Of those that were deleted there is only the place. */
  read(page: MessagePage): RoomMessage[];
  /** All that took a seq, oldest first: messages as they are now, and changes, whose texts are of the last one of each message. */
  entries(page: MessagePage): RoomEntry[];
  /** Whether the member has put this emoji to the message. */
  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean;
  /** The newest `limit` messages that match. */
  search(room: string, query: SearchQuery, limit: number): SearchSteps;
  memberByToken(tokenDigest: string): StoredMember | undefined;
  /** Whoever had a name with one of these keys last. */
  memberByName(nameKeys: readonly string[]): StoredMember | undefined;
  /** What the member was answered to this `ref` within the last `MEMORY_OF_MEMBERS_MS`. */
  ack(memberId: string, ref: string, now: number): AckEvent | undefined;
  /** Direct messages to the member that were not confirmed, of the last `DIRECT_WAIT_MS`, oldest first; the newest `limit`. */
  unconfirmed(memberId: string, limit: number, now: number): DirectMessage[];
  /** All that there are. */
  records(): StoredRecord[];
  /**
   * Newest first; of the newest `MAX_AUDIT_ENTRIES` that are trusted, and as many others, of which each room has its newest
   * `MAX_AUDIT_ENTRIES_PER_ROOM`.
   */
  audit(page: AuditPage): AuditEntry[];
  /** Prunes and indexes for about `budgetMs`, with 0 as little as it can; true where there is more to do. */
  maintain(now: number, budgetMs: number): boolean;
  close(): void;
}

/** What may be kept of a room's messages; none of it touches seqs or acknowledgements. */
export interface Retention {
  /** No older than this. */
  readonly maxAgeMs?: number;
  /** No more than this many in each room, changes of messages counted as well; 0 keeps no text at all. */
  readonly maxMessages?: number;
}

/** The store cannot do its work. `message` is a sentence for whoever runs the server: what happened to which file, and what to do next. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
