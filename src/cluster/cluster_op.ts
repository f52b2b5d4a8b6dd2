/** The content of the log's entries: ops of the hub, and what servers say about themselves. */

import type { HubOp } from "../core/hub_op.ts";

/** The newest level of rules that this program knows. It rises when entries have another effect than before. */
export const CHAT_LEVEL = 1;

/** The facts that a server announces when it joins. */
export interface ServerFacts {
  /** For people. */
  readonly name: string;
  /** Addresses for clients, best first. */
  readonly addresses: readonly string[];
  /** The newest rules of entries that its program knows. */
  readonly level: number;
  /** The version of the tables of Unicode in its runtime. */
  readonly unicode: string;
  /** A digest of all options that decide. It is equal on all servers of a chat. */
  readonly settings: string;
  /** The version of the program. */
  readonly version: string;
}

/** The hash of the whole state after the entry with this index. */
export interface StateCheck {
  readonly index: number;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

/** The report that each server writes once a second. */
export interface ClockOp {
  readonly op: "clock";
  /** Its time, in milliseconds since the epoch. */
  readonly clock: number;
  /** The position of its last checkpoint. */
  readonly kept: number;
  /** The index of the last entry that it had applied. */
  readonly at: number;
  /** How long its last own entry took until it was applied, in milliseconds. */
  readonly delay: number;
  /** As in its hello, which the log may not have any more: a new server learns here whom to ask for a copy. */
  readonly addresses: readonly string[];
  readonly check?: StateCheck;
}

/** An op about the servers themselves. */
export type ServerOp =
  /** The only op of the first entry of an incarnation. `kept` is the position from which it can start again. */
  | { readonly op: "hello"; readonly server: ServerFacts; readonly kept: number }
  | ClockOp
  /** Raises the level of the chat, if all live servers have it. */
  | { readonly op: "level"; readonly level: number }
  /** The writer ends. */
  | { readonly op: "leave" }
  /** An operator ends another server. */
  | { readonly op: "remove"; readonly s: number };

/** The ops of the hub that are logged. All others follow from the entries. */
export type LoggedHubOp = Exclude<HubOp, { readonly op: "tick" | "closeAll" | "merge" }>;

export type ClusterOp = LoggedHubOp | ServerOp;

/** One entry of the log, decrypted. */
export interface EntryContent {
  readonly v: 1;
  /** The writer's time, in milliseconds since the epoch. */
  readonly t: number;
  /** The seed of the ids that follow from the ops: 32 bytes in hexadecimal. */
  readonly r: string;
  readonly ops: readonly ClusterOp[];
}

const SERVER_OPS = { hello: true, clock: true, level: true, leave: true, remove: true } satisfies Record<
  ServerOp["op"],
  true
>;
const HUB_OPS = {
  open: true,
  say: true,
  close: true,
  hashed: true,
  uploaded: true,
  cancelUpload: true,
} satisfies Record<
  LoggedHubOp["op"],
  true
>;

export function isServerOp(op: ClusterOp): op is ServerOp {
  return Object.hasOwn(SERVER_OPS, op.op);
}

/** An entry of this chat that this version of the program cannot read. `message` is one sentence for the operator. */
export class UnknownEntry extends Error {
  override readonly name = "UnknownEntry";
}

/** Reads the text of an entry. Throws `UnknownEntry` for an entry of another version. */
export function parseEntry(json: string): EntryContent {
  const entry = parsed(json);
  if (entry?.v !== 1) {
    throw new UnknownEntry(`An entry has the form ${String(entry?.v)}, and this program reads form 1`);
  }
  if (!Number.isSafeInteger(entry.t) || typeof entry.r !== "string" || !Array.isArray(entry.ops)) {
    throw new UnknownEntry("An entry of form 1 lacks its time, its seed or its ops");
  }
  for (const op of entry.ops as readonly { readonly op?: unknown }[]) {
    const name = String(op?.op);
    if (!Object.hasOwn(HUB_OPS, name) && !Object.hasOwn(SERVER_OPS, name)) {
      throw new UnknownEntry(`An entry has the op ${JSON.stringify(name)}, which this program does not know`);
    }
  }
  return entry as EntryContent;
}

function parsed(json: string): Partial<Record<keyof EntryContent, unknown>> | undefined {
  try {
    return JSON.parse(json) ?? undefined;
  } catch {
    throw new UnknownEntry("An entry is not JSON");
  }
}
