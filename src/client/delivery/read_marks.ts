/** Tells the server up to where the user has read: a little later, and once for several messages. */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { ClientCommand, ReadMark } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";

export interface ReadMarksOptions {
  readonly clock: Clock;
  readonly send: (command: ClientCommand) => void;
  /** The mark that the server has told for the room or conversation with this key. */
  readonly marked: (key: string) => ReadMark | undefined;
}

/** How long marks wait for further ones. */
const WAIT_MS = 400;
/** Places whose marks wait. Further ones are dropped: reading there again marks them. */
const MAX_PLACES = 2 * MAX_ROOMS_PER_MEMBER;

export class ReadMarks {
  readonly #options: ReadMarksOptions;
  /** By key: the marks that the server does not have. */
  readonly #unsent = new Map<string, Required<ReadMark>>();
  #signal: AbortSignal | undefined;
  #scheduled = false;

  constructor(options: ReadMarksOptions) {
    this.#options = options;
  }

  /** Notes that the user has read up to this entry of the room or conversation. `key` is that of `placeKey`. */
  read(key: string, { id, seq }: { readonly id: string; readonly seq: number }): void {
    if (seq <= (this.#unsent.get(key)?.seq ?? this.#options.marked(key)?.seq ?? 0)) return;
    if (this.#unsent.size >= MAX_PLACES && !this.#unsent.has(key)) return;
    this.#unsent.set(key, { id, seq });
    this.#schedule();
  }

  /** Sends on the link that is online until `signal` ends. */
  resume(signal: AbortSignal): void {
    this.#signal = signal;
    if (this.#unsent.size > 0) this.#schedule();
  }

  /** Sends nothing until `resume`. */
  pause(): void {
    this.#signal = undefined;
    this.#scheduled = false;
  }

  /** Sends at once what waits, if there is a link. */
  flush(): void {
    if (this.#signal !== undefined) this.#flush(this.#signal);
  }

  #schedule(): void {
    const signal = this.#signal;
    if (this.#scheduled || signal === undefined) return;
    this.#scheduled = true;
    this.#options.clock.after(WAIT_MS, () => this.#flush(signal), signal);
  }

  #flush(signal: AbortSignal): void {
    if (signal !== this.#signal) return;
    this.#scheduled = false;
    for (const [key, { id }] of this.#unsent) {
      this.#options.send({ type: "read", ...key.startsWith("@") ? { to: key.slice(1) } : { room: key }, id });
    }
    this.#unsent.clear();
  }
}
