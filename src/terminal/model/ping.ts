/** How long it takes to the server and back. */

import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";

const REF = "ping-";

export class Ping {
  readonly #now: () => number;
  #count = 0;
  #ref: string | undefined;
  #askedAt = 0;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The answer to one before it is no longer waited for. */
  ask(): ClientCommand {
    this.#ref = `${REF}${this.#count++}`;
    this.#askedAt = this.#now();
    return { type: "ping", ref: this.#ref };
  }

  /** What to say of the answer; undefined for anything else. */
  answered(event: ServerEvent): string | undefined {
    if (event.type !== "pong" || event.ref === undefined || event.ref !== this.#ref) return undefined;
    this.#ref = undefined;
    return `The server answered in ${Math.max(0, Math.round(this.#now() - this.#askedAt))} ms`;
  }
}
