/** The start of the new messages for a user who comes back: after the last one that they have read on any device. */

import { counted } from "../../presentation/sentences/markup.ts";
import { dropOldest } from "../../client/state/drop_oldest.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { type ConversationsEvent, type Entry, type JoinedEvent, placeKey } from "../../protocol/messages/messages.ts";
import { MAX_CONVERSATIONS_KNOWN } from "../../protocol/limits.ts";
import { placeName } from "../render/place_name.ts";

/** The entries of one place that came while the user was away. */
interface Missed {
  /** The seq of the last entry that the user has read, and of the last that they have missed. */
  readonly after: number;
  readonly last: number;
  readonly count: number;
}

/** By key of their room or conversation. Each is removed with its first entry, or the first one after it. */
export class NewMessages {
  readonly #missed = new Map<string, Missed>();

  /** Takes a room that has become the current one with its join. */
  joined({ room: { name }, seq, missed, mark }: JoinedEvent): void {
    const after = mark?.seq ?? seq - missed;
    this.#missed.delete(name);
    if (after < seq) this.#set(name, { after, last: seq, count: seq - after });
  }

  /** Takes the list of conversations that the server tells at the start of a session. */
  listed({ ref, conversations }: ConversationsEvent): void {
    if (ref !== undefined) return;
    for (const { seq, mark, unread, ...place } of conversations) {
      if (unread > 0) this.#set(placeKey(place), { after: mark?.seq ?? 0, last: seq, count: unread });
    }
  }

  /** The text of the separator before this entry; `undefined` for none. */
  before(entry: Entry, state: ClientState): string | undefined {
    const key = placeKey(entry);
    const missed = this.#missed.get(key);
    if (missed === undefined || entry.seq <= missed.after) return undefined;
    this.#missed.delete(key);
    if (entry.seq > missed.last) return undefined;
    const where = key.startsWith("@") ? ` with ${placeName(key, state)}` : "";
    return `${counted(missed.count)} new${where} since you left`;
  }

  #set(key: string, missed: Missed): void {
    this.#missed.set(key, missed);
    dropOldest(this.#missed, MAX_CONVERSATIONS_KNOWN);
  }

  /** Forgets everything. Call it when the server is another one. */
  reset(): void {
    this.#missed.clear();
  }
}
