import { isServerOp, parseEntry } from "../cluster_op.ts";
import type { CommandLog, PlacedEntry } from "../command_log.ts";
import { EntryForged, type EntrySealer, SealVersionUnknown } from "../sealed_entry.ts";
import { ClusterState } from "./cluster_state.ts";

/** A checkpoint of a server, and what reads the log after it. */
export interface ReplayStart {
  readonly log: Pick<CommandLog, "follow">;
  readonly sealer: Pick<EntrySealer, "open">;
  readonly position: number;
  /** The state of the replica in the checkpoint. */
  readonly state: string;
}

/**
 * Resolves with true if the chat has gone by other options than those of this digest since the checkpoint, and a server with them
 * can take part now. It cannot apply the entries in between, so that only a copy of another server's data helps. Rejects as
 * `CommandLog.follow` does.
 */
export async function hasForeignPast(start: ReplayStart, settings: string, signal: AbortSignal): Promise<boolean> {
  const state = new ClusterState(JSON.parse(start.state));
  const { record } = state;
  let isForeign = false;
  const end = new AbortController();
  const take = (entry: PlacedEntry) => {
    const before = record.settings;
    applyServerOps(state, entry, start.sealer);
    if (record.settings !== before && record.settings !== settings) isForeign = true;
  };
  await start.log.follow(start.position, take, () => end.abort(), AbortSignal.any([signal, end.signal]));
  signal.throwIfAborted();
  return isForeign && (record.servers.length === 0 || record.settings === settings);
}

/** Applies what an entry means for the servers, as `EntryApplier` does. */
function applyServerOps(state: ClusterState, entry: PlacedEntry, sealer: Pick<EntrySealer, "open">): void {
  const content = contentOf(entry, sealer);
  if (content === undefined) return;
  if (state.begin(entry.s, entry.n, content) === undefined) {
    for (const op of content.ops) if (isServerOp(op)) state.apply(entry.s, op);
  }
  state.evict();
}

/** `undefined` for an entry that counts on no server. */
function contentOf(entry: PlacedEntry, sealer: Pick<EntrySealer, "open">) {
  try {
    return parseEntry(sealer.open(entry));
  } catch (error) {
    if (error instanceof EntryForged || error instanceof SealVersionUnknown) return undefined;
    throw error;
  }
}
