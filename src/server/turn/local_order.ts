import type { Effect, SessionId } from "../../core/effect.ts";
import type { HubOp } from "../../core/hub_op.ts";
import type { EffectGate } from "../copies/effect_gate.ts";
import type { OpMachine, OpOrder } from "../../core/op_order.ts";

export interface LocalClock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
}

/** The order of a server on its own: ops are applied at once, and stored and shown at the end of the turn, or by a gate later. */
export class LocalOrder<Local> implements OpOrder<Local> {
  readonly incarnation = 0;
  readonly isStalled = false;
  readonly #machine: OpMachine<Local>;
  readonly #clock: LocalClock;
  readonly #gate: EffectGate | undefined;
  #begun = false;

  /** With a gate, what was applied is shown later. */
  constructor(machine: OpMachine<Local>, clock: LocalClock, gate?: EffectGate) {
    this.#machine = machine;
    this.#clock = clock;
    this.#gate = gate;
  }

  submit(op: HubOp, local?: Local): void {
    if (!this.#begun) this.#begin();
    this.#machine.apply(op, local);
  }

  show(effects: readonly Effect[]): void {
    if (!this.#begun) this.#begin();
    this.#machine.show(effects);
  }

  #begin(): void {
    this.#begun = true;
    this.#machine.begin(this.#clock.now(), this.#clock.monotonic(), undefined);
  }

  endTurn(): void {
    if (!this.#begun) return;
    this.#begun = false;
    this.#machine.end();
  }

  settled(): Promise<void> {
    return this.#gate?.settled() ?? SETTLED;
  }

  isPending(_session: SessionId): boolean {
    return this.#gate?.isHolding ?? false;
  }

  tick(): void {
    this.submit(TICK);
    this.endTurn();
  }

  close(): Promise<void> {
    this.#gate?.close();
    return SETTLED;
  }
}

const SETTLED = Promise.resolve();
const TICK: HubOp = { op: "tick" };
