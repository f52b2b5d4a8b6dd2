/** Counts what each receiver got and how late. It finds lost and duplicate messages. */

import { Latencies } from "./latencies.ts";
import { PROBE } from "./marks.ts";

export interface TallyOptions {
  readonly senders: number;
  /** Without receivers, each sender gets its own messages and no others. */
  readonly receivers: number;
  /** Deliveries of all phases. */
  readonly messages: number;
}

export class Tally {
  readonly latencies = new Latencies();
  deliveries = 0;
  doubled = 0;
  /** Received numbers that were never sent, or not to that receiver. */
  strange = 0;
  sent = 0;
  /** Number of messages that reached all receivers. */
  completed = 0;
  lastDeliveryMs = 0;
  /** Messages in flight, by sender. */
  readonly outstanding: Int32Array;
  readonly probed: Uint8Array;
  readonly #copies: number;
  readonly #alone: boolean;
  readonly #missing: Uint32Array;
  readonly #senders: Uint16Array;
  readonly #sentAtMs: Float64Array;
  /** One bit for each message and receiver; a row per message. */
  readonly #got: Uint8Array;
  readonly #rowBytes: number;
  #first = 0;

  constructor({ senders, receivers, messages }: TallyOptions) {
    this.#alone = receivers === 0;
    this.#copies = this.#alone ? 1 : receivers;
    const rows = this.#alone ? senders : receivers;
    this.outstanding = new Int32Array(senders);
    this.probed = new Uint8Array(rows);
    this.#missing = new Uint32Array(messages);
    this.#senders = new Uint16Array(messages);
    this.#sentAtMs = new Float64Array(messages);
    this.#rowBytes = (messages + 7) >> 3;
    this.#got = new Uint8Array(rows * this.#rowBytes);
  }

  /** Starts a new phase with counts of zero. */
  begin(): void {
    this.#first = this.sent;
    this.deliveries = this.doubled = this.strange = 0;
    this.latencies.clear();
  }

  /** Returns the number for the sender's next message. */
  send(sender: number, nowMs: number): number {
    const message = this.sent++;
    this.#senders[message] = sender;
    this.#missing[message] = this.#copies;
    this.#sentAtMs[message] = nowMs;
    this.outstanding[sender] = this.outstanding[sender]! + 1;
    return message;
  }

  arrived(receiver: number, message: number, nowMs: number): void {
    if (message === PROBE) {
      this.probed[receiver] = 1;
      return;
    }
    // NaN compares as false.
    if (!(message < this.sent) || this.#alone && this.#senders[message] !== receiver) {
      this.strange++;
      return;
    }
    const at = receiver * this.#rowBytes + (message >> 3);
    const bit = 1 << (message & 7);
    if ((this.#got[at]! & bit) !== 0) {
      this.doubled++;
      return;
    }
    this.#got[at] = this.#got[at]! | bit;
    if (message >= this.#first) this.#count(message, nowMs);
    const missing = this.#missing[message]! - 1;
    this.#missing[message] = missing;
    if (missing === 0) this.#complete(message);
  }

  #count(message: number, nowMs: number): void {
    this.deliveries++;
    this.lastDeliveryMs = nowMs;
    this.latencies.add(nowMs - this.#sentAtMs[message]!);
  }

  #complete(message: number): void {
    this.completed++;
    const sender = this.#senders[message]!;
    this.outstanding[sender] = this.outstanding[sender]! - 1;
  }

  /** Latencies of this phase. */
  get messages(): number {
    return this.sent - this.#first;
  }

  get lost(): number {
    return this.messages * this.#copies - this.deliveries;
  }
}
