import { createHash } from "node:crypto";
import type { HubOp } from "../../core/hub_op.ts";
import type { OpMachine } from "../../core/op_order.ts";
import { type EntryContent, isServerOp } from "../cluster_op.ts";
import type { LogEntry } from "../command_log.ts";
import type { ClusterState, SkipReason } from "./cluster_state.ts";
import type { OwnItem, OwnOps } from "./own_ops.ts";

/** The ends of servers that an entry caused. */
export interface ServerEnd {
  readonly s: number;
  readonly why: "left" | "removed" | "evicted";
}

export interface EntryOutcome {
  /** Why the entry did not count. */
  readonly skipped: SkipReason | undefined;
  readonly ends: readonly ServerEnd[];
  /** Whether the state must be checked now. */
  readonly isCheck: boolean;
}

type Fault = (op: HubOp["op"], error: unknown) => void;

export interface EntryApplierParts<Local> {
  readonly state: ClusterState;
  readonly machine: OpMachine<Local>;
  readonly own: OwnOps<Local>;
  /** The digest of this server's own options. */
  readonly settings: string;
  readonly fault: Fault;
}

/** Applies entries to the state of the cluster and to the machine: the same on all servers, except for what it shows. */
export class EntryApplier<Local> {
  readonly #state: ClusterState;
  readonly #machine: OpMachine<Local>;
  readonly #own: OwnOps<Local>;
  /** The digest of this server's own options. */
  readonly #settings: string;
  readonly #fault: Fault;

  constructor({ state, machine, own, settings, fault }: EntryApplierParts<Local>) {
    this.#state = state;
    this.#machine = machine;
    this.#own = own;
    this.#settings = settings;
    this.#fault = fault;
  }

  /** Whether the chat goes on by other options than this server's from this entry on, so that this server cannot apply it. */
  hasOtherSettings({ s, n }: LogEntry, content: EntryContent): boolean {
    const settings = this.#state.newSettings(s, n, content);
    return settings !== undefined && settings !== this.#settings;
  }

  /** Applies the next entry of the log, which has no other settings. `items` are what this server had put into it. */
  apply({ s, n }: LogEntry, content: EntryContent, items: readonly OwnItem<Local>[]): EntryOutcome {
    const state = this.#state;
    const { settings } = state.record;
    const skipped = state.begin(s, n, content);
    const isNewSettings = state.record.settings !== settings;
    const ends: ServerEnd[] = skipped === undefined ? [] : state.evict().map(evicted);
    if (skipped !== undefined && ends.length === 0) return { skipped, ends, isCheck: false };
    const { time } = state.record;
    this.#machine.begin(time, time, content.r);
    if (isNewSettings) this.#machine.changeRules(time);
    if (skipped === undefined) this.#applyOps(s, content, items, ends);
    else this.#closeAll(ends);
    this.#own.finish(items);
    this.#machine.end();
    this.#own.settle();
    return { skipped, ends, isCheck: skipped === undefined && state.takeCheck(this.#machine.weight) };
  }

  /** Shows effects outside of entries. */
  show(items: readonly OwnItem<Local>[]): void {
    const { time } = this.#state.record;
    this.#machine.begin(time, time, undefined);
    this.#show(items, 0);
    this.#machine.end();
    this.#own.settle();
  }

  #applyOps(s: number, { ops }: EntryContent, items: readonly OwnItem<Local>[], ends: ServerEnd[]): void {
    let next = this.#show(items, 0);
    for (const op of ops) {
      if (!isServerOp(op)) {
        const item = items[next];
        this.#apply(op, item !== undefined && "op" in item ? item.local : undefined);
        next = this.#show(items, next + 1);
        continue;
      }
      const ended = this.#state.apply(s, op);
      if (ended === undefined) continue;
      ends.push({ s: ended, why: op.op === "remove" ? "removed" : "left" });
      this.#closeAll(ends.slice(-1));
    }
    const silent = this.#state.evict().map(evicted);
    this.#closeAll(silent);
    ends.push(...silent);
    if (this.#state.takeTick()) this.#apply({ op: "tick" }, undefined);
  }

  /** Shows the effects from this item on. Returns the place of the next op. */
  #show(items: readonly OwnItem<Local>[], from: number): number {
    let next = from;
    for (let item = items[next]; item !== undefined && "effects" in item; item = items[++next]) {
      this.#machine.show(item.effects);
    }
    return next;
  }

  #closeAll(ends: readonly ServerEnd[]): void {
    for (const { s } of ends) this.#apply({ op: "closeAll", incarnation: s }, undefined);
  }

  /** An op that fails fails on all servers. What it had changed until then is the same on all of them, too. */
  #apply(op: HubOp, local: Local | undefined): void {
    try {
      this.#machine.apply(op, local);
    } catch (error) {
      this.#fault(op.op, error);
    }
  }

  /** SHA-256, in hexadecimal, of all that must be equal on all servers of one version. */
  stateHash(): string {
    const hash = createHash("sha256");
    hash.update(JSON.stringify(this.#machine.image())).update("\n").update(JSON.stringify(this.#state.record));
    return hash.digest("hex");
  }
}

function evicted(s: number): ServerEnd {
  return { s, why: "evicted" };
}
