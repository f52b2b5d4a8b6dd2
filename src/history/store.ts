/** The port of the store, which keeps rooms, members, messages and records. It knows nothing of sessions or sockets. */

import type {
  AckEvent,
  AuditEntry,
  ConversationSummary,
  MessageFile,
  Partner,
  ReadMark,
  RoomEntry,
  RoomMessage,
} from "../protocol/messages/messages.ts";
import type { SearchQuery } from "../protocol/text/search_query.ts";

export interface StoredRoom {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  /**
   * Seq of the room's newest message or change; 0 before the
   * first. It never falls, even when messages are pruned.
   */
  readonly seq: number;
}

/** A conversation that begins. Its entries are those of the room with its name, which is that of `conversationName`. */
export interface NewConversation {
  readonly id: string;
  readonly name: string;
  /** With their names at that time, which are used for members whom the store does not know. */
  readonly members: readonly [Partner, Partner];
}

export interface StoredConversation {
  readonly id: string;
  /** With their present names. */
  readonly members: readonly [Partner, Partner];
  readonly seq: number;
  /** The ids of the members who block the other one. */
  readonly blockedBy: readonly string[];
}

export interface StoredMember {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the member's token, or `key` with their public key. The token itself is never stored. */
  readonly tokenDigest: string;
  /** Case-folded forms of the name, by which `memberByName` finds it. */
  readonly nameKeys: readonly string[];
}

export type RecordKind =
  | "account"
  | "token"
  | "devices"
  | "name"
  | "restriction"
  | "role"
  | "invite"
  | "room"
  | "upload";

/** State that the core restores at the next start. `value` is any JSON object; the store does not interpret it. */
export interface StoredRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value: object;
}

/** Saves the record of a kind and key, or removes it if `value` is absent. */
export interface RecordChange {
  readonly kind: RecordKind;
  readonly key: string;
  readonly value?: object;
}

/**
 * Everything that one turn changes. The store keeps all of it or nothing. Lists are applied in the order of
 * the fields.
 */
export interface Batch {
  /**
   * Rooms that have ended. They are removed before the rest of the batch is stored, with their messages, reactions and
   * files and search words, so that a new room of the same name may follow in the same batch. Unknown ids are ignored.
   */
  readonly removed: readonly { readonly id: string; readonly name: string }[];
  /**
   * Channels whose entries with higher seqs are removed, since they or others follow with other seqs. What they made of messages that
   * stay is not undone: these changes must follow again. Their acknowledgements end, and read marks go back. Unknown ones are ignored.
   */
  readonly rewound: readonly { readonly channel: string; readonly after: number }[];
  /** New rooms and new topics. A room's `seq` follows from its messages. */
  readonly rooms: readonly Omit<StoredRoom, "seq">[];
  readonly conversations: readonly NewConversation[];
  /** Members who block the other one of a conversation, or do so no longer. Known before the entries of the batch. */
  readonly blocks: readonly { readonly channel: string; readonly memberId: string; readonly blocked: boolean }[];
  /** New members and new names. */
  readonly members: readonly StoredMember[];
  /**
   * Messages and changes, ordered by seq within each room, with ids that are unique in their room. `ref` is the label
   * that the sender gave, if any.
   * A change also updates its target. If the target was deleted or is not kept, only the change's seq is stored.
   */
  readonly messages: readonly { readonly message: RoomEntry; readonly ref?: string }[];
  /** Up to where a member has read a room or conversation. The last one wins. */
  readonly marks: readonly { readonly memberId: string; readonly channel: string; readonly mark: ReadMark }[];
  /** Applied in order: the last change of a kind and key wins. */
  readonly records: readonly RecordChange[];
  /** Applied in order; the store numbers the entries. */
  readonly audit: readonly NewAuditEntry[];
}

/** A batch under construction. */
export type MutableBatch = { -readonly [K in keyof Batch]: Batch[K][number][] };

export function emptyBatch(): MutableBatch {
  return {
    ...{ removed: [], rewound: [], rooms: [], conversations: [], blocks: [], members: [] },
    ...{ messages: [], marks: [], records: [], audit: [] },
  };
}

/**
 * An entry of the audit log. It is `trusted` if an owner or a moderator of all rooms caused it; entries without a room
 * are always trusted. The number of untrusted entries is limited per room, and they are removed with their room.
 */
export type NewAuditEntry = Omit<AuditEntry, "nth"> & { readonly trusted?: true };

export interface AuditPage {
  /** Only entries about this room, and none about an earlier room of the same name. */
  readonly room?: string;
  /** Only entries with a lower `nth`. */
  readonly before?: number;
  /** The maximum number of entries; the newest are returned. */
  readonly limit: number;
}

export interface MessagePage {
  readonly room: string;
  /** Only entries with a higher seq. */
  readonly after?: number;
  /** Only entries with a lower seq. */
  readonly before?: number;
  /** The maximum number of entries; the newest are returned. */
  readonly limit: number;
}

export interface ConversationPage {
  readonly memberId: string;
  /** Only conversations that follow the one with the member of this id; none if there is no such one. */
  readonly before?: string;
  /** The maximum number; the newest are returned. */
  readonly limit: number;
}

/** A file of a message that is kept. */
export interface StoredFile {
  /** The room of the message, or the name of its conversation. */
  readonly room: string;
  /** The id of the message's author. */
  readonly author: string;
  /** A thumbnail has its own id, size, type and hash here, and `THUMBNAIL_NAME` as its name. */
  readonly file: Omit<MessageFile, "thumbnail">;
}

/** The name of all thumbnails, as files of their own. */
export const THUMBNAIL_NAME = "thumbnail";

/**
 * The files that kept messages have. Their bytes are elsewhere: the store names those that may go. Messages of the same bytes
 * have the same hash.
 */
export interface FileReferences {
  /** The file or thumbnail with this id; `undefined` once its message was deleted or pruned, or the file has expired. */
  byId(id: string): StoredFile | undefined;
  /** Bytes of the files and thumbnails that the member has sent since, as far as their messages are kept. */
  bytesOf(memberId: string, sinceMs: number): number;
  /** Whether a message has a file or thumbnail with this hash that has not expired. */
  has(sha256: string): boolean;
  /** At most `limit` hashes of files that were in `byId` and are in no message now. */
  unused(limit: number): string[];
  /** Drops these from the list of `unused`, because their bytes are gone. */
  forget(hashes: readonly string[]): void;
}

/**
 * A running search. Each `next()` works for a few milliseconds at most and keeps nothing open, so the caller may drop
 * the iterator at any point. The final result is the matching messages, newest first, without messages that were
 * deleted meanwhile. `next(true)` ends the search early and returns the messages found so far.
 */
export type SearchSteps = Iterator<void, RoomMessage[], boolean | void>;

/**
 * Keeps history. All calls are synchronous: when a call returns, its work is done. A call that fails throws a
 * `StoreError` and has changed nothing. The opener closes the store; no call is allowed after `close`.
 */
export interface HistoryStore extends Partial<Checkpoints> {
  /** False if `ack` always returns `undefined`. */
  readonly keepsAcks: boolean;
  /** False if the retention keeps no text. */
  readonly keepsText: boolean;
  /** Identifies the data. When it changes, clients discard what they remember of this server. */
  readonly serverId: string;
  /** All rooms except conversations, in no particular order. */
  rooms(): StoredRoom[];
  append(batch: Batch): void;
  /**
   * Messages in their current state with their reactions, oldest first. Changes are not listed.
   * A deleted message has an empty text and `deleted: true`.
   */
  read(page: MessagePage): RoomMessage[];
  /**
   * Messages and changes, oldest first: everything that has a seq. Messages are in their current state, without reactions.
   * Only the last edit of a message has a text.
   */
  entries(page: MessagePage): RoomEntry[];
  /** The seq of the message or change with this id, if it is kept. */
  seqOf(room: string, id: string): number | undefined;
  /** True if the member has reacted to the message with this emoji. */
  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean;
  /** Searches for the newest `limit` messages that match. */
  search(room: string, query: SearchQuery, limit: number): SearchSteps;
  memberByToken(tokenDigest: string): StoredMember | undefined;
  memberById(id: string): StoredMember | undefined;
  /** The member that most recently took a name with one of these keys. */
  memberByName(nameKeys: readonly string[]): StoredMember | undefined;
  /** The acknowledgement that the member's `ref` received within the last `MEMORY_OF_MEMBERS_MS`. */
  ack(memberId: string, ref: string, now: number): AckEvent | undefined;
  conversation(name: string): StoredConversation | undefined;
  /** The number of all conversations, or of the member's. */
  conversationCount(memberId?: string): number;
  /** The member's conversations that have entries and are not blocked by them, newest first. */
  conversations(page: ConversationPage): ConversationSummary[];
  /** Up to where the member has read the room or conversation. */
  readMark(memberId: string, channel: string): ReadMark | undefined;
  readonly files: FileReferences;
  /** All records, in no particular order. */
  records(): StoredRecord[];
  /**
   * Audit entries, newest first. The store keeps the newest `MAX_AUDIT_ENTRIES` trusted entries and as many untrusted
   * ones, of which each room has its newest `MAX_AUDIT_ENTRIES_PER_ROOM`.
   */
  audit(page: AuditPage): AuditEntry[];
  /**
   * Prunes and indexes for about `budgetMs`; 0 does the smallest possible step. Returns true if there is
   * more to do.
   */
  maintain(now: number, budgetMs: number): boolean;
  close(): void;
}

/** A position in the log of a cluster, and what a server needs to go on from there beside the history of that moment. */
export interface Checkpoint {
  readonly position: number;
  readonly state: string;
}

/**
 * What only a store that was opened with checkpoints has. Only checkpoints are kept for good: a crash, and `close`, too, goes back to
 * the last one. Other processes see the last one, and the store itself sees everything.
 */
export interface Checkpoints {
  /** Keeps everything so far, with this checkpoint. After an error everything since the last one is lost: no later change succeeds. */
  checkpoint(checkpoint: Checkpoint): void;
  /** `undefined` before the first one. */
  lastCheckpoint(): Checkpoint | undefined;
  /**
   * Reads what the retention keeps at the time `now` returns, which never falls. So stores with the same changes give the same answers,
   * whenever `maintain` was called, if that was not with a later time.
   */
  retained(now: () => number): RetainedHistory;
  /** Forgets some members that such readers know. All stores must do it between the same changes, with the same time. */
  upkeep(now: number): void;
  /** Lets the retention of the options count; until then that of the last checkpoint does. All stores must do it like `upkeep`. */
  changeRetention(now: number): void;
}

/** The reads on which the decisions of a server depend. */
export type RetainedHistory =
  & Pick<HistoryStore, "keepsAcks" | "keepsText" | "read" | "entries" | "seqOf" | "hasReacted" | "ack">
  & Pick<HistoryStore, "memberByToken" | "memberById" | "memberByName">
  & Pick<HistoryStore, "conversation" | "conversationCount" | "readMark">
  & { readonly files: Pick<FileReferences, "byId"> };

/** Limits on the messages that are kept. They do not affect seqs or acknowledgements. */
export interface Retention {
  /** Maximum age of a message, in milliseconds. */
  readonly maxAgeMs?: number;
  /** Maximum number of messages and changes in each room; 0 keeps no text at all. */
  readonly maxMessages?: number;
  /** Maximum age of a file, in milliseconds. Its message stays as it is. */
  readonly maxFileAgeMs?: number;
}

/** The store failed. `message` is one sentence for the operator: what happened to which file, and what to do next. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}
