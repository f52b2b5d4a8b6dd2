/** Runs a real hub for a replica, with a store in memory and clients without sockets. */

import type { Effect, SessionId } from "../../src/core/effect.ts";
import { Hub } from "../../src/core/hub.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { HubOptions } from "../../src/core/hub_options.ts";
import type { OpMachine, OrderCheckpoint } from "../../src/core/op_order.ts";
import { type Disk, KeptEffects } from "./kept_effects.ts";

/** The client's end of a session. */
export interface SessionEnd {
  take(effect: Effect): void;
  /** The connection is cut, or the server is dead. */
  cut(): void;
}

export class SimulatedMachine implements OpMachine {
  readonly kept: KeptEffects;
  readonly hub: Hub;
  readonly #sessions = new Map<SessionId, SessionEnd>();
  /** The sessions in each room that this server tells. */
  readonly #rooms = new Map<string, Set<SessionId>>();
  #now = 0;
  readonly #options: HubOptions;
  readonly #save: (disk: Disk) => void;

  constructor(options: Pick<HubOptions, "server">, disk: Disk | undefined, save: (disk: Disk) => void) {
    this.#save = save;
    this.kept = new KeptEffects(disk);
    const { rooms, records } = this.kept.reader;
    const all = this.#options = {
      ...options,
      rate: undefined,
      seed: "0".repeat(64),
      rooms,
      records,
      historyReader: this.kept.reader,
    };
    this.hub = disk === undefined ? new Hub(all) : Hub.restore(all, JSON.parse(JSON.stringify(disk.image)));
  }

  attach(session: SessionId, end: SessionEnd): void {
    this.#sessions.set(session, end);
  }

  detach(session: SessionId): void {
    this.#sessions.delete(session);
    for (const sessions of this.#rooms.values()) sessions.delete(session);
  }

  begin(now: number, _monotonic: number, seed: string | undefined): void {
    this.#now = now;
    if (seed !== undefined) this.hub.reseed(seed);
  }

  apply(op: HubOp): void {
    for (const effect of this.hub.apply(op, this.#now)) {
      this.kept.keep(effect);
      this.#show(effect);
    }
  }

  changeRules(now: number): void {
    this.hub.changeRules(this.#options, now);
  }

  show(effects: readonly Effect[]): void {
    for (const effect of effects) this.#show(effect);
  }

  end(): void {}

  image(): object {
    return this.hub.image();
  }

  get weight(): number {
    return this.hub.weight;
  }

  checkpoint(checkpoint: OrderCheckpoint): void {
    const { effects } = this.kept;
    this.#save({ effects, count: effects.length, image: this.image(), checkpoint });
  }

  cutAll(): void {
    const ends = [...this.#sessions.values()];
    this.#sessions.clear();
    this.#rooms.clear();
    for (const end of ends) end.cut();
  }

  #show(effect: Effect): void {
    switch (effect.type) {
      case "enter":
        if (this.#sessions.has(effect.session)) this.#subscribers(effect.room).add(effect.session);
        return;
      case "exit":
        return void this.#rooms.get(effect.room)?.delete(effect.session);
      case "publish":
        for (const session of this.#rooms.get(effect.room) ?? []) this.#sessions.get(session)?.take(effect);
        return;
      case "close": {
        const end = this.#sessions.get(effect.session);
        this.detach(effect.session);
        return end?.cut();
      }
      case "send":
      case "replay":
        return this.#sessions.get(effect.session)?.take(effect);
    }
  }

  #subscribers(room: string): Set<SessionId> {
    let sessions = this.#rooms.get(room);
    if (sessions === undefined) this.#rooms.set(room, sessions = new Set());
    return sessions;
  }
}
