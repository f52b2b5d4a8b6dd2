import type { Batch } from "../../history/store.ts";
import type { EffectGate, IsAlone } from "./effect_gate.ts";
import { COPY_PATIENCE_MS } from "../../protocol/limits.ts";

/** A follower as the gate sees it. */
export interface Copier {
  /** Whether it has all that it may have, as far as was known when it last said so. Only then effects wait for it. */
  readonly isCurrent: boolean;
  /** The number of the last copy that it has stored. */
  readonly stored: number;
  /** Sends what the follower may have of the batch. Returns the number of that copy; `undefined` if it may have nothing of it. */
  take(batch: Batch): number | undefined;
  /** Whether the follower has the entries of this room or conversation. */
  has(channel: string): boolean;
  /** Effects no longer wait for it until it has caught up. */
  fallBehind(): void;
}

/** Copies that an entry of one channel may be in: of each follower the number of the copy. */
type Copies = Map<Copier, number>;

interface Held {
  /** By channel. */
  readonly copies: ReadonlyMap<string, Copies>;
  /** Ids of messages and changes with their channels. */
  readonly channels: ReadonlyMap<string, string>;
  readonly show: (isAlone: IsAlone) => void;
  /** In milliseconds of a monotonic clock. */
  readonly since: number;
}

export interface HeldEffectsOptions {
  readonly followers: () => Iterable<Copier>;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Called after effects were shown that had waited. */
  readonly shown: () => void;
}

/**
 * Holds the effects of each turn until one follower has stored the entries of each channel in it. A channel without a current
 * follower waits for nobody: its entries are alone on this server.
 */
export class HeldEffects implements EffectGate {
  readonly #options: HeldEffectsOptions;
  #held: Held[] = [];
  #settling: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  constructor(options: HeldEffectsOptions) {
    this.#options = options;
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  pass(batch: Batch | undefined, show: (isAlone: IsAlone) => void): void {
    if (this.#isClosed) return show(isAlways);
    const held = this.#hold(batch, show);
    if (this.#held.length === 0 && isCopied(held)) held.show((id) => isAlone(held, id));
    else this.#held.push(held);
  }

  #hold(batch: Batch | undefined, show: Held["show"]): Held {
    const copies = new Map<string, Copies>();
    const channels = new Map<string, string>();
    const since = this.#options.monotonic();
    if (batch === undefined) return { copies, channels, show, since };
    for (const { message } of batch.messages) {
      channels.set(message.id, message.room);
      if (!copies.has(message.room)) copies.set(message.room, new Map());
    }
    for (const follower of this.#options.followers()) {
      const n = follower.take(batch);
      if (n === undefined || !follower.isCurrent) continue;
      for (const [channel, followers] of copies) if (follower.has(channel)) followers.set(follower, n);
    }
    return { copies, channels, show, since };
  }

  /** Called when a follower has stored a copy, no longer keeps up, or is gone. */
  check(): void {
    let shown = 0;
    for (; shown < this.#held.length && isCopied(this.#held[shown]!); shown++) {
      const held = this.#held[shown]!;
      held.show((id) => isAlone(held, id));
    }
    if (shown === 0) return;
    this.#held.splice(0, shown);
    this.#options.shown();
    if (this.#held.length === 0) this.#settle();
  }

  /** Called once a second: a follower that takes too long is not waited for. */
  tick(): void {
    const limit = this.#options.monotonic() - COPY_PATIENCE_MS;
    for (const { copies, since } of this.#held) {
      if (since > limit) break;
      for (const followers of copies.values()) {
        for (const [follower, n] of followers) if (follower.stored < n) follower.fallBehind();
      }
    }
    this.check();
  }

  settled(): Promise<void> {
    if (!this.isHolding) return SETTLED;
    return (this.#settling ??= Promise.withResolvers()).promise;
  }

  close(): void {
    this.#isClosed = true;
    const held = this.#held;
    this.#held = [];
    for (const each of held) each.show((id) => isAlone(each, id));
    if (held.length > 0) this.#options.shown();
    this.#settle();
  }

  #settle(): void {
    this.#settling?.resolve();
    this.#settling = undefined;
  }
}

const SETTLED = Promise.resolve();
const isAlways = () => true;

/** Whether a follower has stored the entries of each channel that has a current follower. */
function isCopied({ copies }: Held): boolean {
  for (const followers of copies.values()) {
    let waits = false;
    for (const [follower, n] of followers) {
      if (follower.stored >= n) {
        waits = false;
        break;
      }
      waits ||= follower.isCurrent;
    }
    if (waits) return false;
  }
  return true;
}

function isAlone({ copies, channels }: Held, id: string): boolean {
  const channel = channels.get(id);
  if (channel === undefined) return false;
  for (const [follower, n] of copies.get(channel)!) if (follower.stored >= n) return false;
  return true;
}
