import type { Effect, SessionId } from "./effect.ts";
import type { HubOp } from "./hub_op.ts";

/** A state from which a server can go on: the position in the log that it contains, and what the order keeps with it. */
export interface OrderCheckpoint {
  readonly position: number;
  readonly state: string;
}

/**
 * Performs ops: the hub, the secrets, the store and the peers of one server. Its order calls it, also from within `submit`, `show`
 * and `endTurn`. `Local` is what the server keeps of its own ops for itself, such as secrets; an order never looks into it.
 */
export interface OpMachine<Local = unknown> {
  /**
   * Begins an entry: all ops until `end` are decided at this time, with ids from this seed (32 bytes in hexadecimal). Without
   * a seed the hub goes on with its own. `monotonic` is the time of the clock that times greetings out.
   */
  begin(now: number, monotonic: number, seed: string | undefined): void;
  /**
   * Applies an op. `local` is what `submit` was given with it; `undefined` for ops of other servers. Throws only for an
   * internal fault, which is the same on all servers: the caller logs it, drops the op, and goes on.
   */
  apply(op: HubOp, local: Local | undefined): void;
  /** Adds effects that only this server sees, in their place between the ops. */
  show(effects: readonly Effect[]): void;
  /** Decides by the rules of this server's own options from here on. */
  changeRules(now: number): void;
  /** Ends the entry: stores it, then shows it. By then `isPending` no longer counts the ops of the entry. */
  end(): void;
  /** The whole volatile state of the hub as plain JSON. Throws if the store has failed, as `checkpoint` does. */
  image(): object;
  /** Grows with the time that `image` takes. */
  readonly weight: number;
  /** Stores the checkpoint and commits everything so far. Throws if the store has failed: then the order must end. */
  checkpoint(checkpoint: OrderCheckpoint): void;
  /** All sessions of this server are void: says goodbye to their clients, who may come back at once, and forgets them. */
  cutAll(): void;
}

/** Brings ops into an order and has them applied. A server has one. */
export interface OpOrder<Local = unknown> {
  /** Adds an op. It is applied at once, or later in the place that all servers agree on. */
  submit(op: HubOp, local?: Local): void;
  /** Shows the effects after what was submitted before, on this server only. */
  show(effects: readonly Effect[]): void;
  /** The turn of the event loop is over: what was submitted may go on its way, or is stored and shown. */
  endTurn(): void;
  /**
   * Resolves when everything so far was applied and shown, or dropped because all sessions were cut. It stays open while nothing can be
   * decided, and resolves when the order is closed.
   */
  settled(): Promise<void>;
  /** Whether ops or effects of this session are on their way. Its next frames may wait for them. */
  isPending(session: SessionId): boolean;
  /** The first half of new ids of sessions. It changes only in `cutAll`. */
  readonly incarnation: number;
  /** Whether nothing can be decided now. Newcomers are told to come back later. */
  readonly isStalled: boolean;
  /** Called once a second. */
  tick(): void;
  /** Ends the order: brings in what was submitted, as far as that is possible in a short time. No other call may follow. */
  close(): Promise<void>;
}
