import { type ClusterOp, parseEntry } from "../cluster_op.ts";
import { type CommandLog, LogTrimmed, type PlacedEntry } from "../command_log.ts";
import { EntryForged, type EntrySealer, SealVersionUnknown } from "../sealed_entry.ts";

/** The log as a server without data of the chat finds it. */
export interface LogSurvey {
  /** Whether nothing was ever written. Then the server may found the chat. */
  readonly isEmpty: boolean;
  /** Addresses of the servers that have told them in the entries that are left: of the one that wrote last first. */
  readonly addresses: readonly string[];
}

/** Reads the log to its end, for a server that needs a copy of another one's data. Throws as `CommandLog.follow` does. */
export async function surveyLog(
  log: Pick<CommandLog, "follow">,
  sealer: Pick<EntrySealer, "open">,
  signal: AbortSignal,
): Promise<LogSurvey> {
  const byServer = new Map<number, readonly string[]>();
  const take = (entry: PlacedEntry) => {
    for (const op of opsIn(sealer, entry)) {
      const addresses = op.op === "hello" ? op.server.addresses : op.op === "clock" ? op.addresses : undefined;
      if (addresses === undefined) continue;
      byServer.delete(entry.s);
      byServer.set(entry.s, addresses);
    }
  };
  const trimmed = await readAll(log, 0, take, signal);
  if (trimmed !== undefined) await readAll(log, trimmed, take, signal);
  return {
    isEmpty: trimmed === undefined && byServer.size === 0,
    addresses: [...new Set([...byServer.values()].reverse().flat())],
  };
}

/** Nothing in an entry that another key has sealed. */
function opsIn(sealer: Pick<EntrySealer, "open">, entry: PlacedEntry): readonly ClusterOp[] {
  try {
    return parseEntry(sealer.open(entry)).ops;
  } catch (error) {
    if (error instanceof EntryForged || error instanceof SealVersionUnknown) return [];
    throw error;
  }
}

/** Returns where the log begins if that is after `position`. */
async function readAll(
  log: Pick<CommandLog, "follow">,
  position: number,
  take: (entry: PlacedEntry) => void,
  signal: AbortSignal,
): Promise<number | undefined> {
  const end = new AbortController();
  try {
    await log.follow(position, take, () => end.abort(), AbortSignal.any([signal, end.signal]));
  } catch (error) {
    if (error instanceof LogTrimmed) return error.trimmed;
    throw error;
  }
  signal.throwIfAborted();
}
