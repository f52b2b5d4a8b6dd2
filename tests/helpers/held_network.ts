/** A network of a `MemoryLog` that a test holds: messages wait, arrive in any order, or are lost. */

import type { LogMessage } from "../../src/cluster/memory_log.ts";

export interface HeldMessage extends LogMessage {
  /** Lets it arrive. */
  arrive(): void;
  /** Loses it: the client sends it again, in a microtask. */
  lose(): void;
}

export class HeldNetwork {
  /** Messages that wait, the oldest first. */
  readonly held: HeldMessage[] = [];
  #holds: (message: LogMessage) => boolean = () => false;
  #wakes: (() => void)[] = [];

  /** Pass it to `MemoryLog`. What is not held arrives in a microtask. */
  readonly carry = (message: LogMessage, arrive: () => void, lose: () => void): void => {
    if (!this.#holds(message)) return queueMicrotask(arrive);
    const settle = (outcome: () => void) => {
      const at = this.held.indexOf(held);
      if (at < 0) throw new Error("The message has arrived already, or was lost");
      this.held.splice(at, 1);
      queueMicrotask(outcome);
    };
    const held = { ...message, arrive: () => settle(arrive), lose: () => settle(lose) };
    this.held.push(held);
    for (const wake of this.#wakes.splice(0)) wake();
  };

  /** Holds these messages from now on, in place of those of the last call. */
  hold(matches: (message: LogMessage) => boolean): void {
    this.#holds = matches;
  }

  /** Cuts one client off: nothing from it or to it arrives until `release`. */
  cut(client: string): void {
    this.hold((message) => message.client === client);
  }

  /** Holds nothing any more, and lets everything arrive that is held. */
  release(): void {
    this.hold(() => false);
    for (const message of [...this.held]) message.arrive();
  }

  /** Resolves with the first message that is held and matches. */
  async next(matches: (message: LogMessage) => boolean = () => true): Promise<HeldMessage> {
    for (;;) {
      const found = this.held.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
  }
}
