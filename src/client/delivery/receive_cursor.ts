/**
 * The newest entry received in each room and conversation, so that no message shows twice and the missed ones are asked for.
 * A conversation has the key of `placeKey`.
 */

import { MAX_REF_CHARS } from "../../protocol/limits.ts";
import { type Entry, type JoinCommand, type JoinedEvent, placeKey } from "../../protocol/messages/messages.ts";

/** Maximum number of rooms and conversations with a known seq. */
export const MAX_ROOMS_REMEMBERED = 1_000;

/** A room, the last seq received in it, and the id of that entry, if it is known. */
export type LastSeq = readonly [room: string, seq: number, id?: string];

/** The messages that a join asks for. */
export type RoomPosition = Pick<JoinCommand, "after" | "seq">;

/** The last entry received in a room. */
interface Position {
  readonly seq: number;
  readonly id?: string | undefined;
}

/** An id that no entry has: the server replays everything that it keeps. */
const UNKNOWN_ID = "";

/** A room and its id. */
export type RoomId = readonly [room: string, id: string];

export class ReceiveCursor {
  readonly #positions = new Map<string, Position>();
  /** The ids of the rooms with a position. */
  readonly #roomIds = new Map<string, string>();

  /** Restores the cursors of an earlier client. */
  restore(lastSeqs: readonly LastSeq[], roomIds: readonly RoomId[] = []): void {
    for (const [room, seq, id] of lastSeqs) this.#remember(room, { seq, id });
    for (const [room, id] of roomIds) if (this.#positions.has(room)) this.#roomIds.set(room, id);
  }

  get lastSeqs(): LastSeq[] {
    return Array.from(this.#positions, ([room, { seq, id }]) => id === undefined ? [room, seq] : [room, seq, id]);
  }

  get roomIds(): RoomId[] {
    return [...this.#roomIds];
  }

  /** Forgets everything: another server numbers its messages differently. */
  forget(): void {
    this.#positions.clear();
    this.#roomIds.clear();
  }

  position(room: string): RoomPosition {
    const position = this.#positions.get(room);
    if (position === undefined) return {};
    return position.id === undefined ? { after: UNKNOWN_ID } : { after: position.id, seq: position.seq };
  }

  /** Forgets a removed room: a new room of this name starts at 1. */
  forgetRoom(room: string): void {
    this.#positions.delete(room);
    this.#roomIds.delete(room);
  }

  /** Whether this room replaces another one that had the name when a message was last received there. */
  isAnother({ id, name }: { readonly id: string; readonly name: string }): boolean {
    const known = this.#roomIds.get(name);
    return known !== undefined && known !== id;
  }

  /** The join without what we have received already: a server that does not know our last entry replays everything. */
  withoutReceived(event: JoinedEvent): JoinedEvent {
    const { room, seq, missed, truncated: _, ...rest } = event;
    const last = this.isAnother(room) ? undefined : this.#positions.get(room.name)?.seq;
    const received = last === undefined ? -1 : last - (seq - missed);
    return received < 0 ? event : { ...rest, room, seq, missed: Math.max(0, missed - received) };
  }

  /**
   * Takes a confirmed join. Messages before the `missed` ones that follow will not arrive, so they count as received.
   * A server with fewer messages than before has lost some: the cursor follows it.
   */
  joined({ room, seq, last: id, missed }: JoinedEvent): void {
    const last = this.isAnother(room) ? undefined : this.#positions.get(room.name)?.seq;
    const before = Math.max(0, seq - missed);
    if (missed === 0) this.#remember(room.name, { seq, id });
    else if (last === undefined || before > last || seq < last) this.#remember(room.name, { seq: before });
    this.#roomIds.set(room.name, room.id);
  }

  /**
   * The distance of an entry from the last one received in its place: 1 for the next one, 0 or less for a repeated one.
   */
  distance(entry: Entry): number {
    const last = this.#positions.get(placeKey(entry))?.seq;
    return last === undefined ? 1 : entry.seq - last;
  }

  /** Moves the cursor of the entry's room or conversation to it. */
  advance(entry: Entry): void {
    this.#remember(placeKey(entry), entry);
  }

  /** The seq of the last entry received, if one is remembered. */
  seqOf(key: string): number | undefined {
    return this.#positions.get(key)?.seq;
  }

  /** Notes that nothing up to this seq will arrive any more. */
  pass(key: string, seq: number): void {
    if (seq > (this.seqOf(key) ?? 0)) this.#remember(key, { seq });
  }

  /** Forgets what was received after this seq: it has other seqs now. */
  rewind(key: string, seq: number): void {
    if (seq < (this.seqOf(key) ?? 0)) this.#remember(key, { seq });
  }

  #remember(room: string, { seq, id }: Position): void {
    // A server may send longer ids, but takes none.
    this.#positions.set(room, { seq, id: id !== undefined && id.length <= MAX_REF_CHARS ? id : undefined });
    if (this.#positions.size <= MAX_ROOMS_REMEMBERED) return;
    const [oldest] = this.#positions.keys();
    this.forgetRoom(oldest!);
  }
}
