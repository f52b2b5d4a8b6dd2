/** The newest message received in each room, so that no message shows twice and a rejoin asks for the missed ones. */

import type { JoinCommand, JoinedEvent, RoomEntry } from "../../protocol/messages/messages.ts";

/** Maximum number of remembered ids of direct messages. The oldest is dropped first. */
export const MAX_DIRECT_IDS = 1_000;
/** Maximum number of rooms with a known seq, joined or not. */
export const MAX_ROOMS_REMEMBERED = 1_000;

/** A room and the last seq received in it. */
export type LastSeq = readonly [room: string, seq: number];

/** The last seq received in a room, and the id of the room that it counts in. */
export type RoomPosition = Pick<JoinCommand, "after" | "roomId">;

/** A room and its id. */
export type RoomId = readonly [room: string, id: string];

export class ReceiveCursor {
  readonly #lastSeqs = new Map<string, number>();
  /** The ids of the rooms in `lastSeqs`. */
  readonly #roomIds = new Map<string, string>();
  readonly #directIds = new Set<string>();

  /** Restores the cursors of an earlier client. */
  restore(
    lastSeqs: readonly LastSeq[],
    directIds: readonly string[],
    unread: readonly LastSeq[] = [],
    roomIds: readonly RoomId[] = [],
  ): void {
    for (const [room, seq] of lastSeqs) this.#remember(room, seq);
    for (const [room, id] of roomIds) if (this.#lastSeqs.has(room)) this.#roomIds.set(room, id);
    // Unread messages are requested again.
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

  /** Forgets everything: another server numbers its messages differently. */
  forget(): void {
    this.#lastSeqs.clear();
    this.#roomIds.clear();
    this.#directIds.clear();
  }

  position(room: string): RoomPosition {
    return { after: this.#lastSeqs.get(room), roomId: this.#roomIds.get(room) };
  }

  /** Forgets a removed room: a new room of this name starts at 1. */
  forgetRoom(room: string): void {
    this.#lastSeqs.delete(room);
    this.#roomIds.delete(room);
  }

  /** Whether this room replaces another one that had the name when a message was last received there. */
  isAnother({ id, name }: { readonly id: string; readonly name: string }): boolean {
    const known = this.#roomIds.get(name);
    return known !== undefined && known !== id;
  }

  /**
   * Takes a confirmed join. Messages before the `missed` ones that follow will not arrive, so they count as received.
   * A server with fewer messages than before has lost some: the cursor follows it.
   */
  joined({ room, seq, missed }: JoinedEvent): void {
    const last = this.isAnother(room) ? undefined : this.#lastSeqs.get(room.name);
    const before = Math.max(0, seq - missed);
    if (last === undefined || before > last || seq < last) this.#remember(room.name, before);
    this.#roomIds.set(room.name, room.id);
  }

  /**
   * The distance of an entry from the last one received in its room: 1 for the next one, 0 or less for a repeated one.
   */
  distance({ room, seq }: RoomEntry): number {
    const last = this.#lastSeqs.get(room);
    return last === undefined ? 1 : seq - last;
  }

  /** Moves the room's cursor to this seq. */
  advance(room: string, seq: number): void {
    this.#remember(room, seq);
  }

  /** Records a direct message. False if it was received before. */
  admitDirect(id: string): boolean {
    if (this.#directIds.has(id)) return false;
    this.#directIds.add(id);
    if (this.#directIds.size > MAX_DIRECT_IDS) this.#directIds.delete(this.#directIds.values().next().value!);
    return true;
  }

  #remember(room: string, seq: number): void {
    this.#lastSeqs.set(room, seq);
    if (this.#lastSeqs.size <= MAX_ROOMS_REMEMBERED) return;
    const [oldest] = this.#lastSeqs.keys();
    this.forgetRoom(oldest!);
  }
}
