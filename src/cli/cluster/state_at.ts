import type { Checkpoint } from "../../history/store.ts";
import type { SavedState } from "../../server/turn/hub_machine.ts";

/** The state of a server in a cluster at a place in its log. */
export type StateAt = SavedState & Pick<Checkpoint, "position">;

/** Parses a checkpoint of the store; `undefined` without one. */
export function readState(checkpoint: Checkpoint | undefined): StateAt | undefined {
  if (checkpoint === undefined) return undefined;
  const saved: SavedState = JSON.parse(checkpoint.state);
  return { ...saved, position: checkpoint.position };
}
