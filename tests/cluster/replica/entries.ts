/** Entries as servers write them, for tests of the rules. */

import type { ClusterOp, EntryContent, ServerFacts, StateCheck } from "../../../src/cluster/cluster_op.ts";
import { isServerOp } from "../../../src/cluster/cluster_op.ts";
import { ClusterState, type SkipReason } from "../../../src/cluster/replica/cluster_state.ts";

export const START = Date.parse("2026-01-02T03:04:05.000Z");

export function facts(more: Partial<ServerFacts> = {}): ServerFacts {
  return { name: "one", addresses: ["one:5050"], level: 1, unicode: "16", settings: "same", version: "1.0", ...more };
}

export function contentOf(t: number, ...ops: ClusterOp[]): EntryContent {
  return { v: 1, t, r: "0".repeat(64), ops };
}

/** Takes entries in the order of the calls, and numbers them. */
export class EntrySource {
  readonly state = ClusterState.found({ v: 1, chat: "chat", nonce: "nonce" });
  readonly #numbers = new Map<number, number>();
  /** Incarnations that have ended, in order. */
  readonly ended: number[] = [];
  now = START;

  /** Adds the entry, with the writer's next number unless another is given, and applies its ops. */
  add(s: number, ops: readonly ClusterOp[], n = (this.#numbers.get(s) ?? 0) + 1, t = this.now): SkipReason | undefined {
    const reason = this.state.begin(s, n, contentOf(t, ...ops));
    if (reason === undefined) {
      this.#numbers.set(s, n);
      for (const op of ops) if (isServerOp(op)) this.#note(this.state.apply(s, op));
    }
    for (const ended of this.state.evict()) this.#note(ended);
    return reason;
  }

  hello(s: number, more: Partial<ServerFacts> = {}): SkipReason | undefined {
    return this.add(s, [{ op: "hello", server: facts(more), kept: 0 }], 1);
  }

  clock(s: number, clock = this.now, check?: StateCheck): SkipReason | undefined {
    return this.add(s, [{ op: "clock", clock, kept: 0, at: 0, delay: 0, addresses: [], check }], undefined, clock);
  }

  get live(): number[] {
    return this.state.record.servers.map(({ s }) => s);
  }

  /** The chat's time since the start. */
  get time(): number {
    return this.state.record.time - START;
  }

  #note(ended: number | undefined): void {
    if (ended !== undefined) this.ended.push(ended);
  }
}
