/** Calls members, and enters, declines and leaves calls. */

import type { CallEvent, ServerEvent } from "../../src/protocol/messages/messages.ts";
import type { ActivityHost, ClientActivity } from "./client_activity.ts";

export class ClientCalls implements ClientActivity {
  readonly #host: ActivityHost;
  /** The calls that this session knows to be on. */
  readonly #known = new Map<string, CallEvent>();

  constructor(host: ActivityHost) {
    this.#host = host;
  }

  act(room: string): void {
    const { random, counts } = this.#host;
    const calls = [...this.#known.keys()];
    if (calls.length === 0 || random.next() < 0.2) {
      counts.add("call");
      const target = random.next() < 0.5 ? { room } : { to: `member${random.between(0, 4)}` };
      this.#host.say({ type: "call", ...target, ...random.next() < 0.5 ? { audio: true } : {} });
      return;
    }
    const call = calls[random.between(0, calls.length - 1)]!;
    const way = random.next();
    counts.add(way < 0.6 ? "call entered" : way < 0.75 ? "call declined" : "call left");
    if (way < 0.75) this.#host.say({ type: "answer", call, ...way < 0.6 ? {} : { decline: true } });
    else this.#host.say({ type: "hangup", call });
  }

  take(event: ServerEvent): void {
    if (event.type !== "call") return;
    if (event.ended) this.#known.delete(event.id);
    else this.#known.set(event.id, event);
  }

  end(): void {
    this.#known.clear();
  }
}
