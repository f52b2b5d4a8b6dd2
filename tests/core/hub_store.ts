/** A store for a hub, made of plain lists: performs the effects that store, and feeds the next hub. */

import { filePartsOf } from "../../src/history/memory/memory_files.ts";
import type { Effect, KeptRecord, KnownMember } from "../../src/core/effect.ts";
import type { FileReader, HistoryReader, KnownConversation } from "../../src/core/hub_options.ts";
import type { ConversationStart } from "../../src/core/effect.ts";
import { MEMORY_OF_MEMBERS_MS } from "../../src/protocol/limits.ts";
import type {
  AckEvent,
  AuditEntry,
  ReadMark,
  RoomChange,
  RoomEntry,
  RoomMessage,
} from "../../src/protocol/messages/messages.ts";

export interface StoredRoom {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly seq: number;
}

interface StoredMember extends KnownMember {
  readonly nameKeys: readonly string[];
}

interface Page {
  readonly room: string;
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

export class HubStore implements HistoryReader {
  readonly keepsAcks = true;
  keepsText = true;
  /** Messages and changes, as they were published. */
  readonly stored: RoomEntry[] = [];
  /** Each stored version of each member, in order. */
  readonly members: StoredMember[] = [];
  /** Names of the reader's methods that the hub has called. */
  readonly calls: string[] = [];
  /** `stored` by room, in order. */
  readonly #byRoom = new Map<string, RoomEntry[]>();
  readonly #rooms = new Map<string, Omit<StoredRoom, "seq">>();
  readonly #records = new Map<string, KeptRecord>();
  readonly audit: AuditEntry[] = [];
  readonly #conversations = new Map<string, ConversationStart>();
  readonly #blocks = new Set<string>();
  /** By member and channel. */
  readonly #marks = new Map<string, ReadMark>();
  readonly #acks: { readonly memberId: string; readonly ack: AckEvent }[] = [];

  get rooms(): StoredRoom[] {
    return [...this.#rooms.values()].map((room) => ({ ...room, seq: this.#lastSeq(room.name) }));
  }

  /** The records after a round trip through JSON, as on disk. */
  get records(): KeptRecord[] {
    return JSON.parse(JSON.stringify([...this.#records.values()]));
  }

  /** All conversations, each as its two members and the texts of its messages. */
  get conversations(): string[] {
    return Array.from(this.#conversations.values(), ({ name, members }) => {
      const texts = this.read({ room: name, limit: Infinity }).map(({ text }) => text);
      return `${members.map((member) => member.name).join(" and ")}: ${texts.join(", ")}`;
    });
  }

  keep(effect: Effect): void {
    if (effect.type === "keepRoom") this.#rooms.set(effect.room.name, effect.room);
    else if (effect.type === "removeRoom") this.#removeRoom(effect.room.name);
    else if (effect.type === "keepMember") this.members.push(effect.member);
    else if (effect.type === "append") this.#append(effect.message, effect.ref);
    else if (effect.type === "keepConversation") this.#conversations.set(effect.conversation.name, effect.conversation);
    else if (effect.type === "keepBlock") this.#keepBlock(effect);
    else if (effect.type === "keepMark") this.#marks.set(`${effect.memberId} ${effect.channel}`, effect.mark);
    else if (effect.type === "audit") this.audit.push({ nth: this.audit.length + 1, ...effect.entry });
    else if (effect.type === "keepRecord") this.#keepRecord(effect);
  }

  /** The files of messages that are not deleted. */
  readonly files: FileReader = {
    byId: (id) => this.#filesOf().find(({ file }) => file.id === id),
  };

  /** Bytes of the files that the member has sent since. */
  bytesOf(memberId: string, sinceMs: number): number {
    return this.#filesOf().filter(({ author, at }) => author === memberId && at >= sinceMs)
      .reduce((sum, { file }) => sum + file.size, 0);
  }

  #filesOf() {
    return this.stored.filter((entry) => entry.type === "message").flatMap((message) => {
      const { room, from, at, file } = this.#changesOf(message).reduce(withChange, message);
      const about = { room, author: from.id, at: Date.parse(at) };
      return file === undefined ? [] : filePartsOf(file).map((part) => ({ ...about, file: part }));
    });
  }

  memberByToken(tokenDigest: string): KnownMember | undefined {
    this.calls.push("memberByToken");
    const found = this.members.findLast((member) => member.tokenDigest === tokenDigest);
    return this.members.findLast(({ id }) => id === found?.id)?.tokenDigest === tokenDigest ? found : undefined;
  }

  memberByName(nameKeys: readonly string[]): KnownMember | undefined {
    this.calls.push("memberByName");
    const found = this.members.findLast((member) => member.nameKeys.some((key) => nameKeys.includes(key)));
    return found && this.members.findLast(({ id }) => id === found.id);
  }

  ack(memberId: string, ref: string, now: number): AckEvent | undefined {
    this.calls.push("ack");
    return this.#acksOf(memberId, now).find((ack) => ack.ref === ref);
  }

  memberById(id: string): KnownMember | undefined {
    this.calls.push("memberById");
    return this.members.findLast((member) => member.id === id);
  }

  conversation(name: string): KnownConversation | undefined {
    this.calls.push("conversation");
    const found = this.#conversations.get(name);
    if (found === undefined) return undefined;
    const { id, members } = found;
    const seq = this.#lastSeq(name);
    const blockedBy = members.map((member) => member.id).filter((id) => this.#blocks.has(`${id} ${name}`));
    return { id, members, seq, blockedBy };
  }

  conversationCount(memberId?: string): number {
    const all = [...this.#conversations.values()];
    return all.filter(({ members }) => memberId === undefined || members.some(({ id }) => id === memberId)).length;
  }

  readMark(memberId: string, channel: string): ReadMark | undefined {
    return this.#marks.get(`${memberId} ${channel}`);
  }

  /** Reads messages, and applies all of their changes on every call. */
  read({ limit, ...page }: Page): RoomMessage[] {
    return this.#inRange(page).filter((entry) => entry.type === "message").slice(-limit).map((message) =>
      withOwnAuthor(this.#changesOf(message).reduce(withChange, message))
    );
  }

  /** Messages and changes, as they were published. */
  entries({ limit, ...page }: Page): RoomEntry[] {
    return this.#inRange(page).slice(-limit).map(withOwnAuthor);
  }

  #inRange({ room, after = 0, before = Infinity }: Omit<Page, "limit">): RoomEntry[] {
    return this.#entriesOf(room).filter(({ seq }) => seq > after && seq < before);
  }

  #entriesOf(room: string): readonly RoomEntry[] {
    return this.#byRoom.get(room) ?? [];
  }

  #lastSeq(room: string): number {
    return this.#entriesOf(room).at(-1)?.seq ?? 0;
  }

  seqOf(room: string, id: string): number | undefined {
    return this.#entriesOf(room).find((entry) => entry.id === id)?.seq;
  }

  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean {
    const last = this.#entriesOf(room).findLast((entry) =>
      entry.type === "reacted" && entry.of.seq === seq && entry.emoji === emoji && entry.from.id === memberId
    );
    return last?.type === "reacted" && last.removed !== true;
  }

  #changesOf({ room, seq }: RoomMessage): RoomChange[] {
    return this.#entriesOf(room).filter((entry) => entry.type !== "message").filter((change) => change.of.seq === seq);
  }

  #keepRecord({ kind, key, value }: Extract<Effect, { type: "keepRecord" }>): void {
    if (value === undefined) this.#records.delete(`${kind} ${key}`);
    else this.#records.set(`${kind} ${key}`, { kind, key, value });
  }

  #removeRoom(name: string): void {
    this.#rooms.delete(name);
    this.#byRoom.delete(name);
    const others = this.stored.filter(({ room }) => room !== name);
    this.stored.splice(0, this.stored.length, ...others);
  }

  #append(message: RoomEntry, ref: string | undefined): void {
    const { id, room, seq, from, at } = message;
    if (!this.#rooms.has(room) && !this.#conversations.has(room)) {
      throw new Error(`Room ${room} has a message but was never stored`);
    }
    this.stored.push(message);
    const ofRoom = this.#byRoom.get(room);
    if (ofRoom === undefined) this.#byRoom.set(room, [message]);
    else ofRoom.push(message);
    if (ref !== undefined) this.#acks.push({ memberId: from.id, ack: { type: "ack", ref, id, seq, at } });
  }

  #keepBlock({ channel, memberId, blocked }: Extract<Effect, { type: "keepBlock" }>): void {
    if (blocked) this.#blocks.add(`${memberId} ${channel}`);
    else this.#blocks.delete(`${memberId} ${channel}`);
  }

  #acksOf(memberId: string, now: number): AckEvent[] {
    const isRecent = ({ at }: AckEvent) => Date.parse(at) > now - MEMORY_OF_MEMBERS_MS;
    return this.#acks.filter((stored) => stored.memberId === memberId && isRecent(stored.ack)).map(({ ack }) => ack);
  }
}

/** The author is an object of its own, as after a reading from a disk: what the hub quotes is then the same in all images. */
function withOwnAuthor<E extends RoomEntry>(entry: E): E {
  return { ...entry, from: { ...entry.from } };
}

function withChange(message: RoomMessage, change: RoomChange): RoomMessage {
  if (change.type === "edited") return { ...message, text: change.text!, edited: true };
  if (change.type === "deleted") {
    const { edited: _, reactions: __, file: ___, ...rest } = message;
    return { ...rest, text: "", deleted: true };
  }
  const others = (message.reactions ?? []).filter(({ emoji }) => emoji !== change.emoji);
  return { ...message, reactions: change.count === 0 ? others : [...others, change] };
}
