/** The network between the servers and the engine of the log, with all its faults. */

import type { LogMessage, LogNetwork } from "../../src/cluster/memory_log.ts";
import type { Random } from "../helpers/random.ts";
import type { VirtualTime } from "./virtual_time.ts";

/** How long a server waits for an answer before it asks again. */
const TIMEOUT_MS = 400;
const LOSS = 0.02;
const LATE = 0.03;

/** One run of a server's program, which dies once. */
export interface NetworkClient {
  isDead: boolean;
  /** Whether nothing comes from it or to it. */
  isCut: boolean;
  /** Additional milliseconds of each answer. */
  slowness: number;
  /** The share of answers that are lost besides. */
  answerLoss: number;
  /** Runs the work when the program is not frozen. */
  readonly whenAwake: (work: () => void) => void;
}

export class FaultyNetwork {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #clients = new Map<string, NetworkClient>();
  /** The engine answers nothing before this time. */
  pausedUntil = 0;
  /** Whether messages are lost, late or out of order. */
  isFaulty = true;

  constructor(time: VirtualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  add(name: string, client: NetworkClient): void {
    this.#clients.set(name, client);
  }

  readonly carry: LogNetwork = (message, arrive, lose) => {
    const client = this.#clients.get(message.client)!;
    if (client.isDead && message.isAnswer) return;
    if (this.#isLost(client, message)) return this.#lose(client, lose);
    this.#time.after(this.#delay(message, client), () => {
      if (client.isCut) return this.#lose(client, lose);
      if (!message.isAnswer) return arrive();
      client.whenAwake(() => {
        if (!client.isDead) arrive();
      });
    });
  };

  #isLost(client: NetworkClient, { isAnswer }: LogMessage): boolean {
    if (isAnswer && client.answerLoss > 0 && this.#random.next() < client.answerLoss) return true;
    return client.isCut || (this.isFaulty && this.#random.next() < LOSS);
  }

  #lose(client: NetworkClient, lose: () => void): void {
    this.#time.after(TIMEOUT_MS, () =>
      client.whenAwake(() => {
        if (!client.isDead) lose();
      }));
  }

  #delay(message: LogMessage, client: NetworkClient): number {
    const { now } = this.#time;
    const delay = this.#random.between(1, 4) +
      (message.isAnswer ? client.slowness : Math.max(0, this.pausedUntil - now));
    return this.isFaulty && this.#random.next() < LATE ? delay + this.#random.between(50, 1_500) : delay;
  }
}
