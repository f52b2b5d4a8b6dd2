import type { ClusterState, LiveServer } from "./cluster_state.ts";

/** A server that takes part, for people. */
export interface ServerStatus {
  readonly incarnation: number;
  readonly name: string;
  readonly addresses: readonly string[];
  readonly version: string;
  readonly level: number;
  readonly unicode: string;
  readonly isSelf: boolean;
  /** Whether it removes old entries from the log. */
  readonly trims: boolean;
  /** Entries that it had not applied yet when it told its clock last. */
  readonly lag: number;
  /** Milliseconds until it had applied its last own entry. */
  readonly delay: number;
  /** How far its clock was ahead of the chat's time when it told it last, in milliseconds. */
  readonly ahead: number;
  /** The position of its last checkpoint. */
  readonly kept: number;
}

/** The state of a server and of its cluster, for people. */
export interface ReplicaStatus {
  /** `undefined` while it does not take part. */
  readonly incarnation: number | undefined;
  readonly isStalled: boolean;
  /** How far its clock is ahead at least, in milliseconds, or behind if negative, if it is too wrong to write. */
  readonly clockDifference: number;
  /** Entries that counted, and those that did not. */
  readonly index: number;
  readonly skipped: number;
  /** The place in the log of the last entry that was applied, and of the last checkpoint. */
  readonly position: number;
  readonly kept: number;
  /** The chat's time, in milliseconds since the epoch. */
  readonly time: number;
  readonly level: number;
  /** Milliseconds until its last own entry was applied. */
  readonly delay: number;
  /** Bytes of ops that wait for an entry. */
  readonly queuedBytes: number;
  readonly servers: readonly ServerStatus[];
}

export function serverStatus(state: ClusterState, server: LiveServer, own: number | undefined): ServerStatus {
  const { s, facts, lag, delay, clock, kept } = server;
  const { name, addresses, version, level, unicode } = facts;
  const about = { incarnation: s, name, addresses, version, level, unicode };
  return { ...about, isSelf: s === own, trims: s === state.first, lag, delay, ahead: clock - state.record.time, kept };
}
