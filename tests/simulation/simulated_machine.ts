/** Runs a real hub for a replica, with a store in memory and clients without sockets. */

import type { Effect, Hashed, SessionId } from "../../src/core/effect.ts";
import { Hub } from "../../src/core/hub.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { HubOptions } from "../../src/core/hub_options.ts";
import type { OpMachine, OrderCheckpoint } from "../../src/core/op_order.ts";
import type { LocalSecret } from "./client_activity.ts";
import { type Disk, KeptEffects } from "./kept_effects.ts";

/** The client's end of a session. */
export interface SessionEnd {
  take(effect: Effect): void;
  /** The connection is cut, or the server is dead. */
  cut(): void;
}

/** The disk takes nothing any more. */
export class DiskFull extends Error {}

/** What a machine does outside of itself. */
export interface MachineHost {
  save(disk: Disk): void;
  /** A password of an own command was hashed. The outcome comes into the log after a while. */
  hashed(ticket: number, hashed: Hashed): void;
  /** The bytes of an upload are removed: those with this hash, or those of an upload that is not complete. */
  dropped(id: string, sha256: string | undefined): void;
}

export class SimulatedMachine implements OpMachine<LocalSecret> {
  readonly kept: KeptEffects;
  readonly hub: Hub;
  readonly #sessions = new Map<SessionId, SessionEnd>();
  /** The sessions in each room that this server tells. */
  readonly #rooms = new Map<string, Set<SessionId>>();
  #now = 0;
  readonly #options: HubOptions;
  readonly #host: MachineHost;
  #failure: Error | undefined;
  /** Who has a token for a media connection: the call and the stream, by the member's id. */
  readonly seats = new Map<string, string>();

  constructor(options: HubOptions, disk: Disk | undefined, host: MachineHost) {
    this.#host = host;
    this.kept = new KeptEffects(disk);
    const { rooms, records } = this.kept.reader;
    const all = this.#options = {
      ...options,
      rooms,
      records,
      historyReader: this.kept.reader,
    };
    this.hub = disk === undefined ? new Hub(all) : Hub.restore(all, JSON.parse(JSON.stringify(disk.image)));
    for (const { call, memberId, stream } of this.hub.seats()) this.seats.set(memberId, `${call} ${stream}`);
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

  apply(op: HubOp, local: LocalSecret | undefined): void {
    if (this.#failure !== undefined) return;
    for (const effect of this.hub.apply(op, this.#now)) {
      this.kept.keep(effect);
      if (effect.type === "hash" && local !== undefined) this.#host.hashed(effect.ticket, local.hash(effect.against));
      this.#show(effect);
    }
  }

  /** Its disk is full: nothing that is decided from here on is stored or shown. */
  fail(): void {
    this.#failure = new DiskFull("The disk is full");
  }

  changeRules(now: number): void {
    this.hub.changeRules(this.#options, now);
  }

  show(effects: readonly Effect[]): void {
    for (const effect of effects) this.#show(effect);
  }

  end(): void {}

  image(): object {
    if (this.#failure !== undefined) throw this.#failure;
    return this.hub.image();
  }

  get weight(): number {
    return this.hub.weight;
  }

  checkpoint(checkpoint: OrderCheckpoint): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { effects } = this.kept;
    this.#host.save({ effects, count: effects.length, image: this.image(), checkpoint });
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
      case "broadcast":
        for (const session of effect.sessions) {
          this.#sessions.get(session)?.take({ type: "send", session, event: effect.event });
        }
        return;
      case "admit":
        return void this.seats.set(effect.memberId, `${effect.call} ${effect.stream}`);
      case "dismiss":
        return void this.seats.delete(effect.memberId);
      case "dropUpload":
        return this.#host.dropped(effect.id, effect.sha256);
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
