/** What was received before, so that nothing shows twice and a rejoin asks for what is missing. */

import type { JoinedEvent, RoomEntry } from "../../protocol/messages/messages.ts";

export const MAX_DIRECT_IDS = 1_000;
/** Rooms whose last seq is kept, joined or not. */
export const MAX_ROOMS_REMEMBERED = 1_000;

/** A room and the last seq received in it. */
export type LastSeq = readonly [room: string, seq: number];

/** A room and its id. */
export type RoomId = readonly [room: string, id: string];

export class ReceiveCursor {
  readonly #lastSeqs = new Map<string, number>();
  /** Ids of the rooms whose last seqs these are. */
  readonly #roomIds = new Map<string, string>();
  readonly #directIds = new Set<string>();

  /** Takes over what was seen before this client began. */
  restore(
    lastSeqs: readonly LastSeq[],
    directIds: readonly string[],
    unread: readonly LastSeq[] = [],
    roomIds: readonly RoomId[] = [],
  ): void {
    for (const [room, seq] of lastSeqs) this.#remember(room, seq);
    for (const [room, id] of roomIds) if (this.#lastSeqs.has(room)) this.#roomIds.set(room, id);
    // What nobody has read yet is to come again.
    for (const [room, seq] of unread) this.#remember(room, Math.min(seq - 1, this.#lastSeqs.get(room) ?? Infinity));
    for (const id of directIds) this.admitDirect(id);
  }

  get lastSeqs(): LastSeq[] {
    return [...this.#lastSeqs];
  }

  get roomIds(): RoomId[] {
    return [...this.#roomIds];
  }

  /** Oldest first. */
  get directIds(): string[] {
    return [...this.#directIds];
  }

  /** Of another server's rooms nothing was seen. */
  forget(): void {
    this.#lastSeqs.clear();
    this.#roomIds.clear();
    this.#directIds.clear();
  }

  /** The last seq received in this room. */
  after(room: string): number | undefined {
    return this.#lastSeqs.get(room);
  }

  /** The id of the room whose last seq `after` gives. */
  roomId(room: string): string | undefined {
    return this.#roomIds.get(room);
  }

  /** The room was removed: another room of its name begins at 1. */
  forgetRoom(room: string): void {
    this.#lastSeqs.delete(room);
    this.#roomIds.delete(room);
  }

  /** Whether another room had this name when something was last received there. */
  isAnother({ id, name }: { readonly id: string; readonly name: string }): boolean {
    const known = this.#roomIds.get(name);
    return known !== undefined && known !== id;
  }

  /**
   * What lies before the missed messages that follow will not come, and counts as seen.
   * A server that has fewer messages than before has lost some: follow it.
   */
  joined({ room, seq, missed }: JoinedEvent): void {
    const last = this.isAnother(room) ? undefined : this.#lastSeqs.get(room.name);
    const before = Math.max(0, seq - missed);
    if (last === undefined || before > last || seq < last) this.#remember(room.name, before);
    this.#roomIds.set(room.name, room.id);
  }

  /** Where the message, or the change of one, stands behind the last of its room: 1 for the next, 0 or less for one that was seen. */
  distance({ room, seq }: RoomEntry): number {
    const last = this.#lastSeqs.get(room);
    return last === undefined ? 1 : seq - last;
  }

  /** From now on everything up to this seq was seen. */
  note(room: string, seq: number): void {
    this.#remember(room, seq);
  }

  /** Notes a direct message. False for one that was noted before. */
  admitDirect(id: string): boolean {
    if (this.#directIds.has(id)) return false;
    this.#directIds.add(id);
    if (this.#directIds.size > MAX_DIRECT_IDS) dropOldest(this.#directIds);
    return true;
  }

  #remember(room: string, seq: number): void {
    this.#lastSeqs.set(room, seq);
    if (this.#lastSeqs.size <= MAX_ROOMS_REMEMBERED) return;
    const [oldest] = this.#lastSeqs.keys();
    this.forgetRoom(oldest!);
  }
}

function dropOldest(kept: Set<string>): void {
  for (const key of kept) {
    kept.delete(key);
    return;
  }
}
