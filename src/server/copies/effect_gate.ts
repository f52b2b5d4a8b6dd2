import type { Effect } from "../../core/effect.ts";
import type { Batch } from "../../history/store.ts";
import type { AckEvent } from "../../protocol/messages/messages.ts";

/** Whether only this server has the message or change with this id so far. */
export type IsAlone = (id: string) => boolean;

/** Decides when the effects of a turn are shown, after they were stored. */
export interface EffectGate {
  /** Calls `show` once, now or later, in the order of the calls. `batch` is what the turn has stored. */
  pass(batch: Batch | undefined, show: (isAlone: IsAlone) => void): void;
  /** Whether effects wait. */
  readonly isHolding: boolean;
  /** Resolves when none of the effects so far waits. */
  settled(): Promise<void>;
  /** Shows all that waits, and everything later at once. */
  close(): void;
}

/** Returns the effects with a note in the acknowledgements of what only this server has. */
export function markAlone(effects: readonly Effect[], isAlone: IsAlone): readonly Effect[] {
  if (!effects.some((effect) => isLonelyAck(effect, isAlone))) return effects;
  return effects.map((effect) =>
    isLonelyAck(effect, isAlone) ? { ...effect, event: { ...effect.event, alone: true } } : effect
  );
}

type AckEffect = Extract<Effect, { type: "send" }> & { readonly event: AckEvent };

function isLonelyAck(effect: Effect, isAlone: IsAlone): effect is AckEffect {
  return effect.type === "send" && effect.event.type === "ack" && isAlone(effect.event.id);
}
