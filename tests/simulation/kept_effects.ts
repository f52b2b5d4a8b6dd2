/** The store of a simulated server: all effects that it has stored, in order, up to its last checkpoint on the disk. */

import type { Effect } from "../../src/core/effect.ts";
import type { OrderCheckpoint } from "../../src/core/op_order.ts";
import { HubStore } from "../core/hub_store.ts";

const KEPT: ReadonlySet<Effect["type"]> = new Set<Effect["type"]>(
  [
    "append",
    "keepConversation",
    "keepBlock",
    "keepMark",
    "keepRoom",
    "removeRoom",
    "keepMember",
    "keepRecord",
    "audit",
  ],
);

/** What is on the disk. */
export interface Disk {
  /** More may follow after those that count. */
  readonly effects: readonly Effect[];
  readonly count: number;
  /** As plain JSON, which nobody changes. */
  readonly image: object;
  readonly checkpoint: OrderCheckpoint;
}

export class KeptEffects {
  /** Reads what was stored, for the hub. */
  readonly reader = new HubStore();
  readonly effects: Effect[] = [];

  constructor(disk: Disk | undefined) {
    for (const effect of disk?.effects.slice(0, disk.count) ?? []) this.keep(effect);
  }

  keep(effect: Effect): void {
    if (!KEPT.has(effect.type)) return;
    this.effects.push(effect);
    this.reader.keep(effect);
  }
}
