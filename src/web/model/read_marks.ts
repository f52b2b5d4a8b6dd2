/** The newest seq that the user has read in each room, stored over reloads of the page. */

import * as v from "valibot";
import type { Conversation } from "./conversation.ts";
import type { JsonStore } from "./browser_storage.ts";

const KEY = "read";
/** Rooms whose mark is kept. Beyond this the least recently read are removed. */
const MAX_ROOMS = 1_000;

const KEPT = v.object({ server: v.string(), seqs: v.array(v.tuple([v.string(), v.number()])) });

export class ReadMarks {
  readonly #store: JsonStore;
  readonly #seqs = new Map<string, number>();
  #server: string | undefined;

  constructor(store: JsonStore) {
    this.#store = store;
    const kept = v.safeParse(KEPT, store.read(KEY));
    if (!kept.success) return;
    this.#server = kept.output.server;
    for (const [room, seq] of kept.output.seqs) this.#seqs.set(room, seq);
  }

  /** Sets the unread count of a room that was just joined. `seq` is its newest. */
  restore(conversation: Conversation, server: string | undefined, seq: number): void {
    if (server !== this.#server) this.#seqs.clear();
    this.#server = server;
    const read = conversation.partner.kind === "room" ? this.#seqs.get(conversation.partner.room) : undefined;
    if (read === undefined || read >= seq) return;
    conversation.readSeq = read;
    conversation.unread = seq - read;
  }

  /** Marks a room as read up to its newest message. `save` stores it. */
  update({ partner, timeline }: Conversation): void {
    if (partner.kind !== "room" || timeline.newestSeq === 0) return;
    this.#seqs.delete(partner.room);
    this.#seqs.set(partner.room, timeline.newestSeq);
    for (const room of this.#seqs.keys()) {
      if (this.#seqs.size <= MAX_ROOMS) break;
      this.#seqs.delete(room);
    }
  }

  save(): void {
    if (this.#server !== undefined) this.#store.write(KEY, { server: this.#server, seqs: [...this.#seqs] });
  }
}
