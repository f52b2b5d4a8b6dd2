/** How far the reader has read each room, over reloads of the page. */

import * as v from "valibot";
import type { Conversation } from "./conversation.ts";
import type { JsonStore } from "./browser_storage.ts";

const KEY = "read";
/** Rooms whose mark is kept; the longest unread goes first. */
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

  /** Counts what a room just joined has seen since; `seq` is its newest. */
  restore(conversation: Conversation, server: string | undefined, seq: number): void {
    if (server !== this.#server) this.#seqs.clear();
    this.#server = server;
    const read = conversation.partner.kind === "room" ? this.#seqs.get(conversation.partner.room) : undefined;
    if (read === undefined || read >= seq) return;
    conversation.readSeq = read;
    conversation.unread = seq - read;
  }

  /** Kept with the next `save`. */
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
