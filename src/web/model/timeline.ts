/**
 * The messages and notes of one conversation, oldest first. Each has a position, a whole number that stays the same:
 * older messages that are loaded later get lower positions.
 */

import type { Change, Entry, MemberInfo, Message } from "../../protocol/messages/messages.ts";
import { changedMessage, type ReceivedMessage } from "./reactions.ts";

export type TimelineEntry =
  | ReceivedMessage
  /** A sentence about an event, or an error. */
  | { readonly kind: "note"; readonly text: string; readonly at: string; readonly tone: NoteTone };

/** The entry that a read mark names. */
export interface NewestEntry {
  readonly id: string;
  readonly seq: number;
}

export type NoteTone = "plain" | "error";

/** Entries that are kept. Beyond this the oldest are removed, and can be loaded again. */
export const MAX_ENTRIES = 20_000;

/** Entries among which commands such as `/reply` look for a message. */
const MAX_RECENT = 200;

export class Timeline {
  readonly #max: number;
  #entries: TimelineEntry[] = [];
  #first = 0;
  #seqs = new Set<number>();
  #oldestSeq: number | undefined;
  #newest: NewestEntry = { id: "", seq: 0 };
  #revision = 0;
  #changes = 0;
  #complete = false;
  /** Whether it has messages that are not shown. */
  #hides = false;

  constructor(max = MAX_ENTRIES) {
    this.#max = max;
  }

  /** The position of the oldest entry. */
  get first(): number {
    return this.#first;
  }

  /** The position after the newest entry. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** Increases with each change other than adding entries at either end and removing the oldest. */
  get revision(): number {
    return this.#revision;
  }

  /** Increases when an entry is replaced at its position. */
  get changes(): number {
    return this.#changes;
  }

  /** The seq before which older messages are loaded; `undefined` if there is no message. */
  get oldestSeq(): number | undefined {
    return this.#oldestSeq;
  }

  /** The newest seq of a message or a change; 0 in an empty timeline. */
  get newestSeq(): number {
    return this.#newest.seq;
  }

  /** The newest message or change; `undefined` in an empty timeline. */
  get newest(): NewestEntry | undefined {
    return this.#newest.seq === 0 ? undefined : this.#newest;
  }

  /** Messages of others after this seq that are not deleted. */
  countAfter(seq: number, you: MemberInfo | undefined): number {
    return this.#entries.filter((entry) =>
      entry.kind === "message" && entry.message.seq > seq && !entry.message.deleted && entry.message.from.id !== you?.id
    ).length;
  }

  /** Whether the server has no older messages. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The last messages that are not deleted, oldest first. */
  get recent(): readonly Message[] {
    return this.#entries.slice(-MAX_RECENT).flatMap((entry) =>
      entry.kind === "message" && !entry.message.deleted ? [entry.message] : []
    );
  }

  messageWithSeq(seq: number): ReceivedMessage | undefined {
    const position = this.positionOf(seq);
    return position === undefined ? undefined : this.at(position) as ReceivedMessage;
  }

  /** The position of the message with this seq; `undefined` if it is not here. */
  positionOf(seq: number): number | undefined {
    const index = this.#entries.findLastIndex((entry) => entry.kind === "message" && entry.message.seq === seq);
    return index < 0 ? undefined : this.#first + index;
  }

  /** Whether no older messages can bring the one with this seq: they are all here, or the oldest one is older. */
  reaches(seq: number): boolean {
    return this.#complete || this.full || (this.#oldestSeq ?? Infinity) <= seq;
  }

  get full(): boolean {
    return this.#entries.length >= this.#max;
  }

  at(position: number): TimelineEntry | undefined {
    return this.#entries[position - this.#first];
  }

  /** Returns `false` if the timeline has the message already. One that is not `shown` only counts as received. */
  add(message: Message, shown = true): boolean {
    if (this.#seqs.has(message.seq)) return false;
    if (!shown) this.#hides = true;
    else if (message.seq > this.#newest.seq) this.#append({ kind: "message", message });
    else this.#insert(message);
    this.#track(message);
    return true;
  }

  note(text: string, at: string, tone: NoteTone = "plain"): void {
    this.#append({ kind: "note", text, at, tone });
  }

  /**
   * Applies a change to its message and to the messages that quote it. Messages that are not here are loaded with their
   * changes.
   */
  change(change: Change): void {
    if (change.seq > this.#newest.seq) this.#newest = { id: change.id, seq: change.seq };
    for (let index = 0; index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      const next = entry.kind === "message" ? changedMessage(entry, change) : entry;
      if (next === entry) continue;
      this.#entries[index] = next;
      this.#changes++;
    }
  }

  /** Marks the message whose signature, or that of its last edit, is false. Returns `false` if it is not here. */
  markFalse(entry: Entry): boolean {
    const isMarked = ({ message }: ReceivedMessage) =>
      message.id === entry.id || (entry.type === "edited" && message.edit === entry.id);
    const index = this.#entries.findLastIndex((each) => each.kind === "message" && isMarked(each));
    const found = this.#entries[index];
    if (found?.kind !== "message") return false;
    this.#entries[index] = { ...found, isFalse: true };
    this.#changes++;
    return true;
  }

  /** Adds a page of older messages, oldest first. `more` says whether the server has older ones. */
  addOlder(messages: readonly Message[], more: boolean, isShown: (message: Message) => boolean = () => true): void {
    const fresh = messages.filter(({ seq }) => !this.#seqs.has(seq));
    const older = fresh.filter(({ seq }) => seq < (this.#oldestSeq ?? Infinity));
    for (const message of fresh) if (!older.includes(message)) this.add(message, isShown(message));
    const shown = older.filter(isShown);
    if (shown.length < older.length) this.#hides = true;
    this.#entries = [...shown.map((message) => ({ kind: "message" as const, message })), ...this.#entries];
    this.#first -= shown.length;
    for (const message of older) this.#track(message);
    this.#complete = !more;
  }

  /** Hides the messages that are no longer to be shown. */
  hide(isShown: (message: Message) => boolean): void {
    const shown = this.#entries.filter((entry) => entry.kind === "note" || isShown(entry.message));
    if (shown.length === this.#entries.length) return;
    this.#first = this.end - shown.length;
    this.#entries = shown;
    this.#hides = true;
    this.#revision++;
  }

  /** Clears a timeline with hidden messages, so that they are loaded again. */
  reveal(): void {
    if (this.#hides) this.clear();
  }

  /** Removes all entries, because messages after them are missing. They can be loaded again. */
  clear(): void {
    this.#first = this.end;
    this.#entries = [];
    this.#seqs.clear();
    this.#oldestSeq = undefined;
    this.#newest = { id: "", seq: 0 };
    this.#complete = false;
    this.#hides = false;
    this.#revision++;
  }

  #append(entry: TimelineEntry): true {
    this.#entries.push(entry);
    // Removes a tenth at a time, because each removal moves all remaining entries.
    if (this.#entries.length > this.#max * 1.1) this.#drop(this.#entries.length - this.#max);
    return true;
  }

  #drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      if (entry.kind === "message") this.#seqs.delete(entry.message.seq);
    }
    this.#first += count;
    this.#complete = false;
    const oldest = this.#entries.find((entry) => entry.kind === "message");
    this.#oldestSeq = oldest?.kind === "message" ? oldest.message.seq : undefined;
  }

  /** Inserts a late message before the first one with a higher seq. */
  #insert(message: Message): void {
    const index = this.#entries.findIndex((entry) => entry.kind === "message" && entry.message.seq > message.seq);
    this.#entries.splice(index < 0 ? this.#entries.length : index, 0, { kind: "message", message });
    this.#revision++;
  }

  #track({ id, seq }: Message): void {
    this.#seqs.add(seq);
    this.#oldestSeq = Math.min(seq, this.#oldestSeq ?? seq);
    if (seq > this.#newest.seq) this.#newest = { id, seq };
  }
}
