import { isConversationName } from "../../protocol/conventions.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { KeptChannel } from "../../protocol/hosts/copy_messages.ts";
import type { HistoryStore } from "../../history/store.ts";
import type { RoomEntry } from "../../protocol/messages/messages.ts";

/** A room or conversation of which a follower has another order. */
export class DivergedChannel {
  readonly kept: KeptChannel;
  /** Up to this seq both orders are the same. Set before entries are given. */
  common = 0;
  /** Entries of the follower that this host has got, and those that were left out. */
  added = 0;
  left = 0;
  /** The seq to which the follower goes back; `undefined` if it has nothing else than this host. */
  rewind: number | undefined;
  readonly #history: HistoryStore;
  /** The seq of the host's newest entry when the channel was first asked about. */
  readonly #hostSeq: number;
  /** The lowest seq of the ids, then the highest of the entries that came. */
  #at: number;
  #isGiving = false;

  constructor(kept: KeptChannel, history: HistoryStore) {
    this.kept = kept;
    this.#history = history;
    this.#at = kept.seq + 1;
    const { name } = kept;
    const seq = isConversationName(name)
      ? history.conversation(name)?.seq
      : history.rooms().find((room) => room.name === name)?.seq;
    this.#hostSeq = seq ?? 0;
  }

  /** Takes ids, newest first. Returns before which seq others are wanted, or the seq up to which both orders are the same. */
  takeIds(ids: readonly (readonly [seq: number, id: string])[], more: boolean): { before: number } | { after: number } {
    if (this.#isGiving) throw outOfOrder();
    for (const [seq] of ids) {
      if (seq >= this.#at) throw outOfOrder();
      this.#at = seq;
    }
    let same: number | undefined;
    for (const [seq, id] of ids.toReversed()) {
      if (!this.#isSame(seq, id)) break;
      same = seq;
    }
    if (same === undefined && more) {
      if (ids.length === 0) throw outOfOrder();
      return { before: this.#at };
    }
    this.#isGiving = true;
    this.common = this.#at = same ?? 0;
    if (this.common < this.kept.seq) this.rewind = this.common;
    return { after: this.common };
  }

  /** Entries that the host has let go count as the same: it knows nothing of them. */
  #isSame(seq: number, id: string): boolean {
    const { name } = this.kept;
    if (this.#history.seqOf(name, id) === seq) return true;
    return seq <= this.#hostSeq && this.#history.entries({ room: name, before: seq + 1, limit: 1 }).length === 0;
  }

  /** Takes the seqs of given entries, which rise. */
  takeSeqs(seqs: readonly number[], more: boolean): void {
    if (!this.#isGiving || seqs.length === 0 && more) throw outOfOrder();
    for (const seq of seqs) {
      if (seq <= this.#at || seq > this.kept.seq) throw outOfOrder();
      this.#at = seq;
    }
  }

  /**
   * Notes how many entries were added, and which were left out. If these have changed messages from before both orders parted, the
   * follower gets those messages again.
   */
  note(left: readonly RoomEntry[], added: number): void {
    this.added += added;
    this.left += left.length;
    for (const entry of left) {
      if (entry.type === "message" || entry.of.seq > this.rewind!) continue;
      this.rewind = Math.max(0, entry.of.seq - 1);
    }
  }
}

function outOfOrder(): ProtocolError {
  return new ProtocolError("bad_frame", "The follower's offer is not in the order of its seqs");
}
