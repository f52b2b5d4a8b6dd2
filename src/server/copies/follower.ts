import type { Batch, HistoryStore, StoredMember, StoredRecord, StoredRoom } from "../../history/store.ts";
import { conversationName, isConversationName } from "../../protocol/conventions.ts";
import type { CopyBatch, KeptChannel } from "../../protocol/hosts/copy_messages.ts";
import { COPY_PAGE_ENTRIES, QUERY_SLICE_MS } from "../../protocol/limits.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";
import type { CopyAccess } from "./copy_access.ts";
import { copyParts } from "./copy_parts.ts";
import { CopyShare, recordShare } from "./copy_share.ts";
import type { Copier } from "./held_effects.ts";

export interface FollowerOptions {
  readonly memberId: string;
  readonly access: CopyAccess;
  readonly history: HistoryStore;
  /** Queues a message for the follower. */
  readonly send: (json: string) => void;
}

const CONVERSATIONS_AT_ONCE = 200;
/** Records of a page: they are short, and few chats have more. */
const RECORDS_AT_ONCE = 500;

/**
 * What one follower has got, and what it lacks. A new entry is sent at once to a follower that has all before it in its channel. What
 * it lacks is read from the store in pages.
 */
export class Follower implements Copier {
  readonly #options: FollowerOptions;
  readonly #share: CopyShare;
  /** By channel: the seq up to which everything was sent. */
  readonly #sent = new Map<string, number>();
  /** By channel: the seq up to which it lacks something. */
  readonly #behind = new Map<string, number>();
  /** Ids of members that were sent. */
  readonly #members = new Set<string>();
  /** Records that are still to be sent, by kind and key; `undefined` after the last page of them. */
  #records: Map<string, StoredRecord> | undefined;
  /** By channel: how the follower drops what it has, before it gets the rest. */
  readonly #dropped = new Map<string, Pick<CopyBatch, "removed" | "rewound">>();
  #rooms: Map<string, StoredRoom> = new Map();
  #hasBegun = false;
  #hasReset = false;
  #n = 0;
  #stored = 0;
  /** The number of the last copy when nothing was behind: once it is stored, the follower is current. */
  #currentAt: number | undefined;
  #isCurrent = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#share = new CopyShare(options.memberId, options.access);
  }

  get memberId(): string {
    return this.#options.memberId;
  }

  get isCurrent(): boolean {
    return this.#isCurrent;
  }

  get stored(): number {
    return this.#stored;
  }

  /** Whether there is something to send in pages. */
  get isBehind(): boolean {
    return this.#hasBegun && (this.#records !== undefined || this.#behind.size > 0);
  }

  has(channel: string): boolean {
    return this.#sent.has(channel) && !this.#behind.has(channel);
  }

  fallBehind(): void {
    this.#isCurrent = false;
    this.#currentAt = this.#n;
  }

  /** The entries of all that the follower may have. */
  get size(): { readonly entries: number; readonly channels: number } {
    const all = [...this.#channels()];
    return { entries: all.reduce((sum, [, seq]) => sum + seq, 0), channels: all.length };
  }

  /** Begins the copy for a follower that has these channels already, and goes back to the seqs of `rewinds` in some of them. */
  begin(kept: readonly KeptChannel[], rewinds: ReadonlyMap<string, number> = new Map()): void {
    const { history } = this.#options;
    this.#rooms = new Map(history.rooms().map((room) => [room.name, room]));
    for (const channel of kept) if (this.#share.mayHave(channel.name)) this.#goOn(channel, rewinds.get(channel.name));
    for (const [channel, seq] of this.#channels()) {
      if ((this.#sent.get(channel) ?? -1) < seq || this.#dropped.has(channel)) this.#behind.set(channel, seq);
    }
    const shared = history.records().filter((record) => recordShare(record) !== undefined);
    this.#records = new Map(shared.map((record) => [recordKey(record), record]));
    this.#hasBegun = true;
  }

  /** Decides from where on the follower gets the channel. */
  #goOn({ id, name, seq, last }: KeptChannel, rewind: number | undefined): void {
    const { history } = this.#options;
    const room = isConversationName(name) ? undefined : this.#rooms.get(name);
    const isOther = room !== undefined && room.id !== id;
    const from = rewind ?? (last !== undefined && history.seqOf(name, last) === seq ? seq : 0);
    // Without the entry that comes next there is a gap.
    const follows = from > 0 && !isOther && history.entries({ room: name, before: from + 2, limit: 1 }).length > 0;
    if (follows) this.#sent.set(name, from);
    if (isOther) this.#dropped.set(name, { removed: [{ id, name }] });
    else if (seq > (follows ? from : 0)) {
      this.#dropped.set(name, { rewound: [{ channel: name, after: follows ? from : 0 }] });
    }
  }

  take(batch: Batch): number | undefined {
    if (!this.#hasBegun) return undefined;
    for (const record of batch.records) this.#records?.delete(recordKey(record));
    for (const room of batch.removed) {
      this.#sent.delete(room.name);
      this.#behind.delete(room.name);
      this.#dropped.delete(room.name);
    }
    for (const { id } of batch.members) this.#members.add(id);
    const share = this.#share.of(batch);
    const entries = this.#share.entriesOf(batch.messages, (entry) => this.#isNext(entry));
    if (share === undefined && entries.length === 0) return undefined;
    return this.#send(entries.length === 0 ? share! : { ...share, messages: entries });
  }

  /** Notes an entry. Returns whether it follows on what was sent; otherwise pages bring it. */
  #isNext({ room, seq }: RoomEntry): boolean {
    const sent = this.#sent.get(room) ?? (seq === 1 ? 0 : undefined);
    if (sent !== undefined && sent + 1 === seq && !this.#behind.has(room)) {
      this.#sent.set(room, seq);
      return true;
    }
    if ((sent ?? 0) < seq) this.#behind.set(room, seq);
    return false;
  }

  confirm(n: number): boolean {
    if (n > this.#n || n < this.#stored) return false;
    this.#stored = n;
    if (!this.#isCurrent && this.#currentAt !== undefined && n >= this.#currentAt && !this.isBehind) {
      this.#isCurrent = true;
    }
    return true;
  }

  /** Sends pages for a few milliseconds. Returns whether there is more. */
  step(now: () => number = () => performance.now()): boolean {
    const end = now() + QUERY_SLICE_MS;
    do this.#sendPage(); while (this.isBehind && now() < end);
    return this.isBehind;
  }

  #sendPage(): void {
    if (this.#records !== undefined) return this.#sendRecords(this.#records);
    const [first] = this.#behind;
    if (first === undefined) return;
    const [channel, until] = first;
    if (!this.#share.mayHave(channel)) this.#behind.delete(channel);
    else this.#sendEntries(channel, until);
    if (!this.isBehind) this.#currentAt = this.#n;
  }

  #sendRecords(records: Map<string, StoredRecord>): void {
    const page = [...records.values().take(RECORDS_AT_ONCE)];
    for (const record of page) records.delete(recordKey(record));
    if (records.size === 0) this.#records = undefined;
    const shared = page.flatMap((record) => recordShare(record) ?? []);
    this.#send({ members: this.#newMembers(shared.map(({ key }) => key)), records: shared }, !this.#hasReset);
    this.#hasReset = true;
    if (!this.isBehind) this.#currentAt = this.#n;
  }

  #sendEntries(channel: string, until: number): void {
    const { history } = this.#options;
    const sent = this.#sent.get(channel);
    const after = sent ?? 0;
    const before = Math.min(after + COPY_PAGE_ENTRIES, until) + 1;
    const messages = history.entries({ room: channel, after, before, limit: COPY_PAGE_ENTRIES });
    this.#sent.set(channel, before - 1);
    if (before > until) this.#behind.delete(channel);
    const members = this.#newMembers(messages.map(({ from }) => from.id));
    const begun = sent === undefined ? this.#introduction(channel) : {};
    const dropped = this.#dropped.get(channel);
    this.#dropped.delete(channel);
    if (messages.length > 0 || sent === undefined || dropped !== undefined) {
      this.#send({ ...dropped, ...begun, members, messages });
    }
  }

  /** The room or conversation itself. */
  #introduction(channel: string): CopyBatch {
    if (!isConversationName(channel)) {
      const { id, name, topic } = this.#rooms.get(channel) ?? this.#newRoom(channel);
      return { rooms: [{ id, name, topic }] };
    }
    const { id, members: [a, b] } = this.#options.history.conversation(channel)!;
    return {
      conversations: [{ id, name: channel, members: [{ id: a.id, name: a.name }, { id: b.id, name: b.name }] }],
    };
  }

  /** A room that the member may read since a moment ago, or that is new. */
  #newRoom(channel: string): StoredRoom {
    this.#rooms = new Map(this.#options.history.rooms().map((room) => [room.name, room]));
    return this.#rooms.get(channel)!;
  }

  #newMembers(ids: readonly string[]): StoredMember[] {
    const members: StoredMember[] = [];
    for (const id of new Set(ids)) {
      if (this.#members.has(id)) continue;
      const member = this.#options.history.memberById(id);
      if (member === undefined) continue;
      this.#members.add(id);
      members.push(member);
    }
    return members;
  }

  /** All rooms and conversations that the follower may have, with the seq of the newest entry of each. */
  *#channels(): Iterable<[string, number]> {
    const { history, memberId } = this.#options;
    for (const { name, seq } of history.rooms()) if (this.#share.mayHave(name)) yield [name, seq];
    let before: string | undefined;
    for (;;) {
      const page = history.conversations({ memberId, before, limit: CONVERSATIONS_AT_ONCE });
      for (const { with: partner, seq } of page) yield [conversationName(memberId, partner.id), seq];
      if (page.length < CONVERSATIONS_AT_ONCE) return;
      before = page.at(-1)!.with.id;
    }
  }

  #send(batch: CopyBatch, reset?: boolean): number {
    const n = ++this.#n;
    for (const json of copyParts({ n, batch, ...reset && { reset } })) this.#options.send(json);
    return n;
  }
}

function recordKey({ kind, key }: Pick<StoredRecord, "kind" | "key">): string {
  return `${kind} ${key}`;
}
