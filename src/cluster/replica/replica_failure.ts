import { EntryForged } from "../sealed_entry.ts";
import { LogLost, LogRefused, LogTrimmed } from "../command_log.ts";
import { UnknownEntry } from "../cluster_op.ts";

/**
 * `trimmed` and `needsCopy`: a copy of another server's data helps. `lost`, `forged`, `otherChat`, `refused`: the operator must
 * look at the engine or the options. `store`: the operator must look at the data folder. `version` and `level`: a newer program helps. `settings`: other options. `removed`: an
 * operator wants it so. `diverged` and `internal`: a fault of the program.
 */
export type FailureKind =
  | "trimmed"
  | "needsCopy"
  | "lost"
  | "forged"
  | "otherChat"
  | "refused"
  | "store"
  | "version"
  | "level"
  | "settings"
  | "removed"
  | "diverged"
  | "internal";

/** Why a server takes no part in its chat any more. `message` is one sentence for the operator. */
export class ReplicaFailure extends Error {
  override readonly name = "ReplicaFailure";
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Returns the failure that an error of the log, of an entry or of the machine is. */
export function failureOf(error: unknown): ReplicaFailure {
  if (error instanceof ReplicaFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof LogTrimmed) {
    return new ReplicaFailure(
      "trimmed",
      `${text}: move the data folder away and start again, so that this server fetches a copy of another one's data`,
      error,
    );
  }
  if (error instanceof LogLost) return new ReplicaFailure("lost", text, error);
  if (error instanceof LogRefused) return new ReplicaFailure("refused", text, error);
  if (error instanceof EntryForged) {
    return new ReplicaFailure(
      "forged",
      `${text}: compare --cluster-key-file and --cluster-name of all servers, and let nobody else write to the engine`,
      error,
    );
  }
  if (error instanceof UnknownEntry) return new ReplicaFailure("version", `${text}: update this server`, error);
  return new ReplicaFailure("internal", `An internal error ends this server: ${text}`, error);
}

export function removedFailure(): ReplicaFailure {
  return new ReplicaFailure(
    "removed",
    "An operator has removed this server from the chat: start it again to let it take part",
  );
}

export function divergence(): ReplicaFailure {
  return new ReplicaFailure(
    "diverged",
    "The state of this server differs from that of the others: keep its data folder for an inspection, and start it again " +
      "with an empty one",
  );
}

export function lowLevel(own: number, level: number): ReplicaFailure {
  return new ReplicaFailure(
    "level",
    `The chat has reached level ${level}, and this program knows ${own}: update this server`,
  );
}

export function otherSettings(): ReplicaFailure {
  return new ReplicaFailure(
    "settings",
    "The options of this server differ from those of the others: start it with the same limits, rooms, access and retention, " +
      "or end all servers before the first one starts with new options",
  );
}
