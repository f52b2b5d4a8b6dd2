import type { ServerEvent } from "../protocol/messages/messages.ts";
import type { Effect, SessionId } from "./effect.ts";
import type { Registry } from "./state/registry.ts";

/** One call of the hub: the state, the time, and the effects so far, in the order in which the server performs them. */
export interface Turn {
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly effects: Effect[];
}

/** Adds a `send` of the event to the session. */
export function send({ effects }: Turn, { id }: { readonly id: SessionId }, event: ServerEvent): void {
  effects.push({ type: "send", session: id, event });
}
