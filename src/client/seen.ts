/** What was received before, so that nothing shows twice and a rejoin asks for what is missing. */

import { isRoomMessage, type JoinedEvent, type Message } from "../protocol/messages.ts";

const MAX_DIRECT_IDS = 1_000;
/** Rooms whose last seq is kept, joined or not. */
const MAX_ROOMS_REMEMBERED = 1_000;

export class Seen {
  readonly #lastSeq = new Map<string, number>();
  readonly #directIds = new Set<string>();

  /** Of another server's rooms nothing was seen. */
  forget(): void {
    this.#lastSeq.clear();
    this.#directIds.clear();
  }

  /** The last seq received in this room. */
  after(room: string): number | undefined {
    return this.#lastSeq.get(room);
  }

  /** Without missed messages the newest counts as seen. A server that has fewer than before has lost some: follow it. */
  joined({ room, seq, missed }: JoinedEvent): void {
    const last = this.#lastSeq.get(room.name);
    if (missed === 0 || (last !== undefined && seq < last)) this.#remember(room.name, seq);
  }

  /** Notes the message. False for one that was noted before. */
  admit(message: Message): boolean {
    if (!isRoomMessage(message)) return this.#admitDirect(message.id);
    const last = this.#lastSeq.get(message.room);
    if (last !== undefined && message.seq <= last) return false;
    this.#remember(message.room, message.seq);
    return true;
  }

  #admitDirect(id: string): boolean {
    if (this.#directIds.has(id)) return false;
    this.#directIds.add(id);
    if (this.#directIds.size > MAX_DIRECT_IDS) dropOldest(this.#directIds);
    return true;
  }

  #remember(room: string, seq: number): void {
    this.#lastSeq.set(room, seq);
    if (this.#lastSeq.size > MAX_ROOMS_REMEMBERED) dropOldest(this.#lastSeq);
  }
}

function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  for (const key of kept.keys()) {
    kept.delete(key);
    return;
  }
}
