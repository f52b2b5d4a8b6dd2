/** Orders of ops for several servers in one process: each op arrives as JSON, one turn of the event loop later. */

import { setImmediate } from "node:timers";
import type { Effect, SessionId } from "../../src/core/effect.ts";
import type { HubOp } from "../../src/core/hub_op.ts";
import type { OpMachine, OpOrder } from "../../src/core/op_order.ts";

interface Item {
  readonly session?: SessionId | undefined;
  readonly json?: string;
  readonly local?: unknown;
  readonly effects?: readonly Effect[];
}

interface DelayedEntry {
  readonly from: DelayedOrder | undefined;
  readonly items: readonly Item[];
}

/** In milliseconds. */
interface EntryTime {
  readonly now: number;
  readonly monotonic: number;
}

/** The one sequence of entries that all servers apply. */
export class OpSequence {
  /** Milliseconds since the epoch. */
  now: () => number = Date.now;
  /** Milliseconds of the clock that times greetings out; by default the same. */
  monotonic: () => number = () => this.now();
  readonly orders: DelayedOrder[] = [];
  readonly faults: unknown[] = [];
  readonly #waiting: DelayedEntry[] = [];
  #isHeld = false;
  #scheduled = false;
  #incarnations = 0;
  #entries = 0;

  /** Makes the order of a server that has the state of all others so far. */
  join(machine: OpMachine): DelayedOrder {
    const order = new DelayedOrder(this, machine, ++this.#incarnations);
    this.orders.push(order);
    return order;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Nothing is decided until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#schedule();
  }

  append(from: DelayedOrder | undefined, items: readonly Item[]): void {
    this.#waiting.push({ from, items });
    this.#schedule();
  }

  /** The other servers give this one up: its sessions end, and it goes on as another incarnation. */
  lose(order: DelayedOrder): void {
    const lost = order.incarnation;
    this.append(undefined, [{ json: JSON.stringify({ op: "closeAll", incarnation: lost } satisfies HubOp) }]);
    order.restart(++this.#incarnations);
  }

  #schedule(): void {
    if (this.#scheduled || this.#isHeld || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#isHeld) return;
      for (const entry of this.#waiting.splice(0)) this.#apply(entry);
      this.#schedule();
    });
  }

  #apply({ from, items }: DelayedEntry): void {
    const seed = (++this.#entries).toString(16).padStart(64, "0");
    const time = { now: this.now(), monotonic: this.monotonic() };
    for (const order of this.orders) order.take(items, order === from, time, seed);
  }
}

export class DelayedOrder implements OpOrder {
  incarnation: number;
  readonly #sequence: OpSequence;
  readonly machine: OpMachine;
  #gathered: Item[] = [];
  #underWay: readonly Item[] | undefined;
  #settling: PromiseWithResolvers<void> | undefined;
  #isClosed = false;

  constructor(sequence: OpSequence, machine: OpMachine, incarnation: number) {
    this.#sequence = sequence;
    this.machine = machine;
    this.incarnation = incarnation;
  }

  get isStalled(): boolean {
    return this.#sequence.isHeld;
  }

  submit(op: HubOp, local?: unknown): void {
    if (this.#isClosed) return;
    this.#gathered.push({ session: "session" in op ? op.session : undefined, json: JSON.stringify(op), local });
  }

  show(effects: readonly Effect[]): void {
    const session = effects.map((effect) => "session" in effect ? effect.session : undefined).find(Boolean);
    if (!this.#isClosed) this.#gathered.push({ session, effects });
  }

  endTurn(): void {
    if (this.#underWay !== undefined || this.#gathered.length === 0) return;
    this.#underWay = this.#gathered;
    this.#gathered = [];
    this.#sequence.append(this, this.#underWay);
  }

  /** Applies an entry. The effects of `show` are only in own ones. */
  take(items: readonly Item[], isOwn: boolean, { now, monotonic }: EntryTime, seed: string): void {
    const isMine = isOwn && items === this.#underWay;
    // Its sessions are void since it was appended.
    const isLost = isOwn && !isMine;
    this.machine.begin(now, monotonic, seed);
    for (const { json, local, effects } of items) {
      if (effects !== undefined && isMine) this.machine.show(effects);
      if (json !== undefined) this.#apply(JSON.parse(json), isLost || !isOwn ? undefined : local);
    }
    if (isMine) this.#underWay = undefined;
    this.machine.end();
    if (isMine) this.#goOn();
  }

  #apply(op: HubOp, local: unknown): void {
    try {
      this.machine.apply(op, local);
    } catch (error) {
      this.#sequence.faults.push(error);
    }
  }

  #goOn(): void {
    if (this.#gathered.length > 0) return this.endTurn();
    this.#settling?.resolve();
    this.#settling = undefined;
  }

  settled(): Promise<void> {
    if (this.#isClosed || this.#underWay === undefined && this.#gathered.length === 0) return Promise.resolve();
    return (this.#settling ??= Promise.withResolvers()).promise;
  }

  isPending(session: SessionId): boolean {
    const isOf = (item: Item) => item.session === session;
    return this.#gathered.some(isOf) || this.#underWay?.some(isOf) === true;
  }

  /** Other servers tick by the time that has passed: here the test says when. */
  tick(): void {
    if (this.#sequence.isHeld) return;
    this.submit({ op: "tick" });
    this.endTurn();
  }

  /** Drops what was on its way. */
  restart(incarnation: number): void {
    this.#gathered = [];
    this.#underWay = undefined;
    this.machine.cutAll();
    this.incarnation = incarnation;
    this.#goOn();
  }

  async close(): Promise<void> {
    if (!this.#sequence.isHeld) await this.settled();
    this.#isClosed = true;
    this.#gathered = [];
    this.#underWay = undefined;
    this.#goOn();
    const { orders } = this.#sequence;
    if (orders.includes(this)) orders.splice(orders.indexOf(this), 1);
  }
}
