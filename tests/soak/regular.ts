import { Client } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/client_event.ts";
import type { Clock } from "../../src/client/clock.ts";
import { isOfRoom, type RoomMessage } from "../../src/protocol/messages/messages.ts";
import { dialTcp } from "../../src/transports/tcp.ts";
import type { Participant } from "../chaos/pace.ts";
import type { Random } from "../helpers/random.ts";
import { type Ledger, ROOM } from "./ledger.ts";

export interface RegularOptions {
  readonly name: string;
  readonly port: number;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly clock: Clock;
}

/** A member who stays all the time with the real client, and reconnects after each cut. */
export class Regular implements Participant {
  readonly received: RoomMessage[] = [];
  readonly name: string;
  readonly #client: Client;
  readonly #ledger: Ledger;
  readonly #joined = Promise.withResolvers<void>();

  constructor({ name, port, ledger, random, clock }: RegularOptions) {
    this.name = name;
    this.#ledger = ledger;
    this.#client = new Client({
      dial: (signal) => dialTcp("127.0.0.1", port, signal),
      name,
      acceptSuggestion: false,
      rooms: [ROOM],
      clock,
      random: () => random.next(),
      retryFirst: true,
      onEvent: (event) => this.#note(event),
    });
  }

  get pending(): number {
    return this.#client.pending.length;
  }

  /** Resolves when the member has joined the room. */
  async join(): Promise<void> {
    this.#client.start();
    await this.#joined.promise;
  }

  say(chars: number): void {
    this.#client.send({ room: ROOM }, this.#ledger.newText(this.name, chars));
  }

  whisper(to: string): void {
    this.#client.send({ to }, this.#ledger.newDirect(this.name));
  }

  /** Exported for the tests of failing runs. */
  async end(): Promise<void> {
    await this.#client.close();
  }

  #note(event: ClientEvent): void {
    if (event.type === "acknowledged") {
      this.#ledger.acknowledged(event.message.text, event.ack);
    } else if (event.type === "failed") {
      throw new Error(`${this.name} failed to send ${event.message.text}: ${event.error.message}`);
    } else if (event.type === "status" && event.status.kind === "closed" && event.status.cause !== "left") {
      throw new Error(`${this.name} has given up: ${event.status.reason}`);
    } else if (event.type === "received" && event.event?.type === "joined") {
      this.#joined.resolve();
    } else if (event.type === "received" && event.event?.type === "message") {
      if (isOfRoom(event.event)) this.received.push(this.#ledger.intern(event.event));
      else if (event.event.from.name !== this.name) this.#ledger.shownDirect(event.event);
    }
  }
}
