import { type EntrySignature, withSignature } from "../../protocol/identity/entry_signature.ts";
import type { Quote, Reaction, RoomChange, RoomEntry, RoomMessage } from "../../protocol/messages/messages.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";
import type { MemoryFiles } from "./memory_files.ts";
import { messageWords } from "../search_words.ts";

/** UTF-16 units of search words that the rooms of one store may still cache. */
export interface WordBudget {
  left: number;
}

/** UTF-16 units that an entry counts in addition to its text. */
const ENTRY_CHARS = 256;

/** UTF-16 units of the three fields of a signature, and of a file with a thumbnail. */
const SIGNATURE_CHARS = 160;
const FILE_CHARS = 512;

/** Ids of members by emoji; emoji are in the order of their first use. */
type EmojiReactions = Map<string, Set<string>>;

/** The messages and changes of one room. Seqs have no gaps, so an entry's index follows from its seq. */
export class MemoryRoom {
  readonly id: string;
  readonly name: string;
  topic: string;
  seq = 0;
  readonly #entries: RoomEntry[] = [];
  /** Seqs by id of the entries up to `#indexedTo`. An entry costs this only once an id is looked up after it. */
  readonly #seqs = new Map<string, number>();
  #indexedTo = 0;
  #chars = 0;
  /** Reactions by the seq of the message. */
  readonly #reactions = new Map<number, EmojiReactions>();
  /** The seq of a message's last edit, by the seq of the message. */
  readonly #lastEdits = new Map<number, number>();
  /**
   * Search words by seq, cached at their first search, because
   * folding a text takes longer than searching it.
   */
  readonly #words = new Map<number, string>();
  readonly #budget: WordBudget;
  readonly #files: MemoryFiles;

  constructor(
    { id, name, topic }: { readonly id: string; readonly name: string; readonly topic: string },
    budget: WordBudget,
    files: MemoryFiles,
  ) {
    this.#budget = budget;
    this.#files = files;
    this.id = id;
    this.name = name;
    this.topic = topic;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The approximate size of all entries, in UTF-16 units. */
  get chars(): number {
    return this.#chars;
  }

  add(entry: RoomEntry): void {
    this.#entries.push(entry);
    this.#chars += charsOf(entry);
    if (entry.type !== "message") this.#apply(entry);
    else if (entry.file !== undefined) this.#files.add(entry, entry.file);
  }

  /** Entries with seqs between the two, both exclusive, oldest first; see `HistoryStore.entries`. */
  *entries(after: number, before: number): Generator<RoomEntry> {
    for (let index = this.#indexOf(after + 1); index < this.#indexOf(before); index++) {
      yield this.#current(this.#entries[index]!);
    }
  }

  /** The seq of the entry with this id; see `HistoryStore.seqOf`. */
  seqOf(id: string): number | undefined {
    for (let index = this.#indexOf(this.#indexedTo + 1); index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      this.#seqs.set(entry.id, entry.seq);
      this.#indexedTo = entry.seq;
    }
    return this.#seqs.get(id);
  }

  /** Messages with seqs between the two, both exclusive, newest first; see `HistoryStore.read`. */
  *newest(after: number, before: number): Generator<RoomMessage> {
    for (let index = this.#indexOf(before) - 1; index >= this.#indexOf(after + 1); index--) {
      const entry = this.#entries[index]!;
      if (entry.type !== "message") continue;
      const reactions = this.#reactionsTo(entry.seq);
      const message = this.#withQuote(entry);
      yield reactions.length === 0 ? message : { ...message, reactions };
    }
  }

  /** The seq of the oldest entry; 1 without entries. */
  get firstSeq(): number {
    return this.#entries[0]?.seq ?? 1;
  }

  messageAt(seq: number): RoomMessage | undefined {
    const entry = this.#entries[seq - this.firstSeq];
    return entry?.type === "message" ? entry : undefined;
  }

  hasReacted(seq: number, emoji: string, memberId: string): boolean {
    return this.#reactions.get(seq)?.get(emoji)?.has(memberId) ?? false;
  }

  /** Search words of the message; empty if the seq belongs to no message. */
  wordsAt(seq: number): string {
    const known = this.#words.get(seq);
    if (known !== undefined) return known;
    const message = this.messageAt(seq);
    const words = messageWords(message?.text ?? "", message?.file?.name);
    if (this.#budget.left < words.length) return words;
    this.#budget.left -= words.length;
    this.#words.set(seq, words);
    return words;
  }

  /** The message as a search returns it; `undefined` if it was deleted or dropped. */
  searchResult(seq: number): RoomMessage | undefined {
    const message = this.messageAt(seq);
    return message === undefined || message.deleted ? undefined : this.#withQuote(message);
  }

  /** Drops entries from before `sinceMs`, and all but the newest `maxEntries`. */
  prune(sinceMs: number, maxEntries: number): void {
    const firstKept = this.#entries.findIndex(({ at }) => Date.parse(at) >= sinceMs);
    this.dropOldest(Math.max(firstKept < 0 ? this.#entries.length : firstKept, this.#entries.length - maxEntries));
  }

  dropOldest(count: number): void {
    for (const entry of this.#entries.splice(0, Math.max(0, count))) this.#drop(entry);
  }

  #drop(entry: RoomEntry): void {
    const { id, seq } = entry;
    if (seq <= this.#indexedTo) this.#seqs.delete(id);
    this.#chars -= charsOf(entry);
    this.#reactions.delete(seq);
    this.#lastEdits.delete(seq);
    this.#forgetWords(seq);
    if (entry.type === "message" && entry.file !== undefined) this.#files.remove(entry.file);
  }

  /** Removes the entries with higher seqs; see `Batch.rewound`. Returns the time of the newest entry that is left. */
  rewind(after: number): string | undefined {
    for (const entry of this.#entries.splice(this.#indexOf(after + 1))) this.#drop(entry);
    for (const [seq, edit] of this.#lastEdits) if (edit > after) this.#lastEdits.delete(seq);
    this.#indexedTo = Math.min(this.#indexedTo, after);
    this.seq = Math.min(this.seq, after);
    return this.#entries.at(-1)?.at;
  }

  /** The id of the entry with this seq. */
  idAt(seq: number): string | undefined {
    return this.#entries[seq - this.firstSeq]?.id;
  }

  #apply(change: RoomChange): void {
    const { seq } = change.of;
    const target = this.messageAt(seq);
    if (target === undefined || target.deleted) return;
    if (change.type === "reacted") return this.#react(seq, change);
    if (change.type === "deleted") {
      this.#reactions.delete(seq);
      this.#lastEdits.delete(seq);
      const { edited: _, file, ...rest } = unsigned(target);
      if (file !== undefined) this.#files.remove(file);
      this.#replace({ ...rest, text: "", deleted: true });
    } else if (change.text !== undefined) {
      this.#lastEdits.set(seq, change.seq);
      const edited = { ...unsigned(target), text: change.text, edited: true as const };
      const isSigned = change.signature !== undefined;
      this.#replace(isSigned ? { ...withSignature(edited, change), edit: change.id } : edited);
    }
  }

  #react(seq: number, { emoji, removed, from }: Extract<RoomChange, { type: "reacted" }>): void {
    const reacted: EmojiReactions = this.#reactions.get(seq) ?? new Map();
    const members = reacted.get(emoji) ?? new Set();
    if (removed) members.delete(from.id);
    else members.add(from.id);
    if (members.size === 0) reacted.delete(emoji);
    else reacted.set(emoji, members);
    if (reacted.size === 0) this.#reactions.delete(seq);
    else this.#reactions.set(seq, reacted);
  }

  /** The entry in its current state: quotes, texts and counts may have changed since it was added. */
  #current(entry: RoomEntry): RoomEntry {
    switch (entry.type) {
      case "message":
        return this.#withQuote(entry);
      case "edited": {
        const isLast = this.#lastEdits.get(entry.of.seq) === entry.seq;
        const of = this.#authorOf(entry.of);
        if (isLast) return { ...entry, of };
        const { text: _, ...change } = unsigned(entry);
        return { ...change, of };
      }
      case "deleted":
        return { ...entry, of: this.#authorOf(entry.of) };
      case "reacted": {
        const { seq } = entry.of;
        return { ...entry, of: this.#quote(entry.of), count: this.#reactions.get(seq)?.get(entry.emoji)?.size ?? 0 };
      }
      default:
        return entry satisfies never;
    }
  }

  #withQuote(message: RoomMessage): RoomMessage {
    return message.reply === undefined ? message : { ...message, reply: this.#quote(message.reply) };
  }

  #quote({ id, seq }: Quote): Quote {
    const message = this.messageAt(seq);
    return message === undefined ? { id, seq } : quoteOf(message);
  }

  #authorOf(quote: Quote): Quote {
    const { text: _, ...author } = this.#quote(quote);
    return author;
  }

  #reactionsTo(seq: number): Reaction[] {
    return Array.from(this.#reactions.get(seq) ?? [], ([emoji, members]) => ({ emoji, count: members.size }));
  }

  #replace(message: RoomMessage): void {
    const index = message.seq - this.firstSeq;
    this.#chars += charsOf(message) - charsOf(this.#entries[index]!);
    this.#entries[index] = message;
    this.#forgetWords(message.seq);
  }

  #forgetWords(seq: number): void {
    this.#budget.left += this.#words.get(seq)?.length ?? 0;
    this.#words.delete(seq);
  }

  #indexOf(seq: number): number {
    return Math.min(this.#entries.length, Math.max(0, seq - this.firstSeq));
  }
}

/** The entry without its signature. */
function unsigned<E extends RoomEntry>(entry: E): Omit<E, keyof EntrySignature | "edit"> {
  const { signature: _signature, key: _key, time: _time, edit: _edit, ...rest } = entry as E & { edit?: string };
  return rest;
}

function charsOf(entry: RoomEntry): number {
  const signed = entry.signature === undefined ? 0 : SIGNATURE_CHARS;
  const file = entry.type === "message" && entry.file !== undefined ? FILE_CHARS : 0;
  return ENTRY_CHARS + signed + file + ("text" in entry ? entry.text?.length ?? 0 : 0);
}
