import type { Effect, SessionId } from "../../core/effect.ts";
import { SIGNAL_OUTBOX_BYTES, SIGNAL_TURN_EFFECTS } from "../../protocol/limits.ts";
import type { Peer } from "../connection/peer.ts";
import { SharedChunk } from "./shared_chunk.ts";

type Signal = Extract<Effect, { readonly type: "signal" }>;

/**
 * The signals of one turn, such as that a member is writing. They are worth little and soon wrong, so they go out after all else,
 * and are dropped where the turn or the receiver has much to do. People on nc get none.
 */
export class SignalQueue {
  readonly #peers: ReadonlyMap<SessionId, Peer>;
  #signals: Signal[] = [];
  /** Number of effects of this turn. */
  #effects = 0;

  constructor(peers: ReadonlyMap<SessionId, Peer>) {
    this.#peers = peers;
  }

  add(signal: Signal): void {
    this.#signals.push(signal);
  }

  noteEffects(count: number): void {
    this.#effects += count;
  }

  /** Drops the signals of a member whose message follows them. */
  dropOf(memberId: string): void {
    if (this.#signals.length === 0) return;
    this.#signals = this.#signals.filter(({ event }) => event.member.id !== memberId);
  }

  /** Ends the turn: puts its signals into the outboxes. */
  send(): void {
    const signals = this.#effects > SIGNAL_TURN_EFFECTS ? [] : this.#signals;
    this.#effects = 0;
    this.#signals = [];
    for (const signal of signals) this.#sendOne(signal);
  }

  #sendOne({ sessions, event }: Signal): void {
    const shared = new SharedChunk(event);
    for (const session of sessions) {
      const peer = this.#peers.get(session);
      if (peer?.format.name !== "json" || peer.outbox.queuedBytes > SIGNAL_OUTBOX_BYTES) continue;
      peer.sendChunk(shared.in(peer.format));
    }
  }
}
