import type { HubOp } from "../../core/hub_op.ts";
import type { OrderCheckpoint } from "../../core/op_order.ts";
import type { ServerFacts } from "../cluster_op.ts";
import type { CommandLog } from "../command_log.ts";
import type { EntrySealer } from "../sealed_entry.ts";
import type { SkipReason } from "./cluster_state.ts";
import type { ServerEnd } from "./entry_applier.ts";
import type { ReplicaFailure } from "./replica_failure.ts";

/** An event that a replica reports to the operator. */
export type ReplicaEvent =
  /** A server takes part, perhaps this one. */
  | { readonly type: "joined"; readonly incarnation: number; readonly server: ServerFacts }
  /** A server does not take part any more. */
  | { readonly type: "ended"; readonly incarnation: number; readonly why: ServerEnd["why"] }
  /** This server is out, has cut its connections, and comes back by itself. */
  | { readonly type: "lost"; readonly incarnation: number; readonly why: "evicted" | "taken" }
  /** This server's clock is wrong by at least so many milliseconds, behind if negative. It writes nothing until that is 0. */
  | { readonly type: "clock"; readonly difference: number }
  /** An entry does not count. */
  | {
    readonly type: "skipped";
    readonly position: number;
    readonly s: number;
    readonly n: number;
    readonly reason: SkipReason;
  }
  /** The machine has failed to apply an op, which is dropped. All servers drop it. */
  | { readonly type: "fault"; readonly op: HubOp["op"]; readonly error: unknown }
  /** Entries could not be removed from the log. It is tried again. */
  | { readonly type: "not trimmed"; readonly error: unknown };

export interface ReplicaOptions {
  readonly log: CommandLog;
  readonly sealer: Pick<EntrySealer, "seal" | "open">;
  /** The id of the chat's data. */
  readonly chat: string;
  /** The last checkpoint of the store; the machine has been restored from its image. `undefined` for data that were never in a cluster. */
  readonly checkpoint: OrderCheckpoint | undefined;
  readonly facts: ServerFacts;
  /** Time between two checkpoints, at least; tests need short ones. */
  readonly checkpointMs?: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
  /** Returns 32 new random bytes in hexadecimal. */
  readonly newSeed: () => string;
  /** Calls back once after so many milliseconds, unless the signal aborts first. */
  readonly after: (ms: number, callback: () => void, signal: AbortSignal) => void;
  /** Must not throw. */
  readonly report: (event: ReplicaEvent) => void;
  /** Called at most once: this server takes no part any more, and the caller drains it. */
  readonly failed: (failure: ReplicaFailure) => void;
  /** Called when other servers take part than before, or the level has risen. */
  readonly serversChanged?: () => void;
}
