/** What was said in one conversation, oldest first, by positions that stay: older messages get lower ones. */

import { type Change, isRoomMessage, type Message, type RoomMessage } from "../../protocol/messages/messages.ts";
import { type ReceivedMessage, withChange } from "./reactions.ts";

export type TimelineEntry =
  | ReceivedMessage
  /** Something that happened, as a sentence. */
  | { readonly kind: "note"; readonly text: string; readonly at: string; readonly tone: NoteTone };

export type NoteTone = "plain" | "error";

/** Entries that are held; of more the oldest go, and can be loaded again. */
export const MAX_ENTRIES = 20_000;

/** Entries among which a message is meant that is not named. */
const MAX_RECENT = 200;

export class Timeline {
  readonly #max: number;
  #entries: TimelineEntry[] = [];
  #first = 0;
  #seqs = new Set<number>();
  #oldestSeq: number | undefined;
  #newestSeq = 0;
  #revision = 0;
  #changes = 0;
  #complete = false;

  constructor(max = MAX_ENTRIES) {
    this.#max = max;
  }

  /** The position of the oldest entry. */
  get first(): number {
    return this.#first;
  }

  /** One past that of the newest. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** Another number where more has changed than that entries were added at either end, or dropped at the old one. */
  get revision(): number {
    return this.#revision;
  }

  /** Another number where entries are others than before at their positions. */
  get changes(): number {
    return this.#changes;
  }

  /** Where older messages begin. */
  get oldestSeq(): number | undefined {
    return this.#oldestSeq;
  }

  /** Of messages and changes. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  /** Whether there is nothing older, as far as was told. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The last messages of a room that are not deleted, oldest first. */
  get recent(): readonly RoomMessage[] {
    return this.#entries.slice(-MAX_RECENT).flatMap((entry) =>
      entry.kind === "message" && isRoomMessage(entry.message) && !entry.message.deleted ? [entry.message] : []
    );
  }

  /** The message of a room with this seq. */
  messageWithSeq(seq: number): ReceivedMessage | undefined {
    return this.#entries.findLast((entry): entry is ReceivedMessage =>
      entry.kind === "message" && isRoomMessage(entry.message) && entry.message.seq === seq
    );
  }

  get full(): boolean {
    return this.#entries.length >= this.#max;
  }

  at(position: number): TimelineEntry | undefined {
    return this.#entries[position - this.#first];
  }

  /** False for a message that is here already. */
  add(message: Message): boolean {
    if (!isRoomMessage(message)) return this.#append({ kind: "message", message });
    if (this.#seqs.has(message.seq)) return false;
    if (message.seq > this.#newestSeq) this.#append({ kind: "message", message });
    else this.#insert(message);
    this.#note(message.seq);
    return true;
  }

  note(text: string, at: string, tone: NoteTone = "plain"): void {
    this.#append({ kind: "note", text, at, tone });
  }

  /** What becomes of a message, and of those that quote it. One that is not here comes as it is then. */
  change(change: Change): void {
    this.#newestSeq = Math.max(change.seq, this.#newestSeq);
    for (let index = 0; index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      const next = entry.kind === "message" ? withChange(entry, change) : entry;
      if (next === entry) continue;
      this.#entries[index] = next;
      this.#changes++;
    }
  }

  /** A page of older messages, oldest first. */
  addOlder(messages: readonly RoomMessage[], more: boolean): void {
    const fresh = messages.filter(({ seq }) => !this.#seqs.has(seq));
    const older = fresh.filter(({ seq }) => seq < (this.#oldestSeq ?? Infinity));
    for (const message of fresh) if (!older.includes(message)) this.add(message);
    this.#entries = [...older.map((message) => ({ kind: "message" as const, message })), ...this.#entries];
    this.#first -= older.length;
    for (const { seq } of older) this.#note(seq);
    this.#complete = !more;
  }

  /** There is a hole behind what is here: it is loaded anew. */
  clear(): void {
    this.#first = this.end;
    this.#entries = [];
    this.#seqs.clear();
    this.#oldestSeq = undefined;
    this.#newestSeq = 0;
    this.#complete = false;
    this.#revision++;
  }

  #append(entry: TimelineEntry): true {
    this.#entries.push(entry);
    // A tenth at a time, since each time all that is left has to move.
    if (this.#entries.length > this.#max * 1.1) this.#drop(this.#entries.length - this.#max);
    return true;
  }

  #drop(count: number): void {
    for (const entry of this.#entries.splice(0, count)) {
      if (entry.kind === "message" && isRoomMessage(entry.message)) this.#seqs.delete(entry.message.seq);
    }
    this.#first += count;
    this.#complete = false;
    this.#oldestSeq = this.#seqs.size === 0 ? undefined : Math.min(...this.#firstSeqs());
  }

  #firstSeqs(): number[] {
    const entry = this.#entries.find((entry) => entry.kind === "message" && isRoomMessage(entry.message));
    return entry?.kind === "message" && isRoomMessage(entry.message) ? [entry.message.seq] : [];
  }

  /** Before the first that comes behind it. */
  #insert(message: RoomMessage): void {
    const index = this.#entries.findIndex((entry) =>
      entry.kind === "message" && isRoomMessage(entry.message) && entry.message.seq > message.seq
    );
    this.#entries.splice(index < 0 ? this.#entries.length : index, 0, { kind: "message", message });
    this.#revision++;
  }

  #note(seq: number): void {
    this.#seqs.add(seq);
    this.#oldestSeq = Math.min(seq, this.#oldestSeq ?? seq);
    this.#newestSeq = Math.max(seq, this.#newestSeq);
  }
}
