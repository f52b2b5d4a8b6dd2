import type { Batch, RecordChange } from "../../history/store.ts";
import { conversationName, isConversationName } from "../../protocol/conventions.ts";
import { COPIED_RECORDS, type CopyBatch } from "../../protocol/hosts/copy_messages.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import type { CopyAccess } from "./copy_access.ts";

type CopiedRecord = NonNullable<CopyBatch["records"]>[number];

/** The part of the chat that one follower may have: the rooms that its member may read, the member's own conversations, and records without secrets. */
export class CopyShare {
  readonly #memberId: string;
  readonly #access: CopyAccess;

  constructor(memberId: string, access: CopyAccess) {
    this.#memberId = memberId;
    this.#access = access;
  }

  /** Whether the follower may have the entries of the room or conversation. */
  mayHave(channel: string): boolean {
    if (isConversationName(channel)) return channel.split(" ").includes(this.#memberId);
    return this.#access.mayCopyRoom(this.#memberId, channel);
  }

  /** The part of a batch without its entries; `undefined` if there is nothing in it. */
  of({ removed, rooms, conversations, members, records }: Batch): CopyBatch | undefined {
    const share: { -readonly [K in keyof CopyBatch]: CopyBatch[K] } = {};
    if (removed.length > 0) share.removed = removed.map(({ id, name }) => ({ id, name }));
    const readable = rooms.filter(({ name }) => this.mayHave(name));
    if (readable.length > 0) share.rooms = readable.map(({ id, name, topic }) => ({ id, name, topic }));
    const own = conversations.filter(({ members: [a, b] }) => this.mayHave(conversationName(a.id, b.id)));
    if (own.length > 0) {
      share.conversations = own.map(({ id, name, members: [a, b] }) => ({ id, name, members: [named(a), named(b)] }));
    }
    if (members.length > 0) {
      share.members = members.map(({ id, name, tokenDigest, nameKeys }) => ({
        id,
        name,
        tokenDigest,
        nameKeys: [...nameKeys],
      }));
    }
    const copied = records.flatMap((record) => recordShare(record) ?? []);
    if (copied.length > 0) share.records = copied;
    return Object.keys(share).length === 0 ? undefined : share;
  }

  entriesOf(messages: Batch["messages"], has: (entry: RoomEntry) => boolean): RoomEntry[] {
    return messages.flatMap(({ message }) => this.mayHave(message.room) && has(message) ? [message] : []);
  }
}

/** The record as followers get it; `undefined` for a kind that is not copied. Addresses of members stay on this server. */
export function recordShare({ kind, key, value }: RecordChange): CopiedRecord | undefined {
  if (!isCopied(kind)) return undefined;
  if (value === undefined) return { kind, key };
  const { from: _, ...shared } = value as { readonly from?: unknown };
  return { kind, key, value: kind === "room" ? shared : { ...value } };
}

const COPIED: ReadonlySet<string> = new Set(COPIED_RECORDS);

function isCopied(kind: string): kind is CopiedRecord["kind"] {
  return COPIED.has(kind);
}

function named({ id, name }: { readonly id: string; readonly name: string }) {
  return { id, name };
}
