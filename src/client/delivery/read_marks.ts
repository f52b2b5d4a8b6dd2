/** Tells the server up to where the user has read: at once, and then at most once in `INTERVAL_MS` for all messages together. */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import {
  type ClientCommand,
  type ErrorEvent,
  type MarkEvent,
  placeKey,
  type ReadMark,
} from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";

export interface ReadMarksOptions {
  readonly clock: Clock;
  readonly send: (command: ClientCommand) => void;
  /** The mark that the server has told for the room or conversation with this key. */
  readonly marked: (key: string) => ReadMark | undefined;
}

/** Least time from one sending to the next. Marks of that time wait for its end, and only the last one of each place is sent. */
const INTERVAL_MS = 400;
/** Places whose marks wait. Further ones are dropped: reading there again marks them. */
const MAX_PLACES = 2 * MAX_ROOMS_PER_MEMBER;

/** The `ref` of this client's own `read`: a mark without it comes from another device of the member. */
const READ_REF = "read";

interface Unconfirmed extends Required<ReadMark> {
  sent: boolean;
}

export class ReadMarks {
  readonly #options: ReadMarksOptions;
  /** By key: the marks that the server has not confirmed. */
  readonly #unconfirmed = new Map<string, Unconfirmed>();
  /** The keys of the marks that were sent on this link and have no reply yet. Replies come in this order. */
  #unanswered: string[] = [];
  #signal: AbortSignal | undefined;
  #scheduled = false;
  /** When marks were sent last. */
  #sentAt = -Infinity;
  /** Before, the server would refuse them. */
  #notBefore = -Infinity;

  constructor(options: ReadMarksOptions) {
    this.#options = options;
  }

  /** Notes that the user has read up to this entry of the room or conversation. `key` is that of `placeKey`. */
  read(key: string, { id, seq }: { readonly id: string; readonly seq: number }): void {
    const before = this.#unconfirmed.get(key);
    if (seq <= (before?.seq ?? this.#options.marked(key)?.seq ?? 0)) return;
    if (this.#unconfirmed.size >= MAX_PLACES && before === undefined) return;
    this.#unconfirmed.set(key, { id, seq, sent: false });
    this.#schedule();
  }

  /** Takes a mark of the server: the reply to our own `read` ends it. */
  received({ ref, room, with: partner }: MarkEvent): void {
    if (ref !== READ_REF) return;
    const key = room ?? (partner && placeKey({ with: partner }));
    const at = key === undefined ? -1 : this.#unanswered.indexOf(key);
    if (at < 0) return;
    this.#unanswered.splice(at, 1);
    this.#confirm(key!);
  }

  /** Takes an error: false unless it refuses a `read`. One that came too fast is sent again. */
  failed({ ref, retryAfter }: ErrorEvent): boolean {
    const key = ref === READ_REF ? this.#unanswered.shift() : undefined;
    if (key === undefined) return false;
    const mark = this.#unconfirmed.get(key);
    if (retryAfter === undefined) this.#confirm(key);
    else if (mark !== undefined && !this.#unanswered.includes(key)) {
      mark.sent = false;
      this.#notBefore = this.#options.clock.now() + retryAfter * 1_000;
      this.#schedule();
    }
    return true;
  }

  /** The last reply about a place is that to the mark that waits, if it was sent. */
  #confirm(key: string): void {
    if (this.#unconfirmed.get(key)?.sent && !this.#unanswered.includes(key)) this.#unconfirmed.delete(key);
  }

  /** Sends on the link that is online until `signal` ends. */
  resume(signal: AbortSignal): void {
    this.#signal = signal;
    this.#schedule();
  }

  /** Sends nothing until `resume`. What the server has not confirmed is sent again then. */
  pause(): void {
    this.#signal = undefined;
    this.#scheduled = false;
    this.#unanswered = [];
    for (const mark of this.#unconfirmed.values()) mark.sent = false;
  }

  /** Sends at once what waits, if there is a link. */
  flush(): void {
    if (this.#signal !== undefined) this.#flush(this.#signal);
  }

  #schedule(): void {
    const signal = this.#signal;
    if (this.#scheduled || signal === undefined || this.#unconfirmed.values().every(({ sent }) => sent)) return;
    this.#scheduled = true;
    const { clock } = this.#options;
    // Also without a wait, one mark is for all messages that have arrived together.
    const wait = Math.max(0, Math.max(this.#sentAt + INTERVAL_MS, this.#notBefore) - clock.now());
    clock.after(wait, () => this.#flush(signal), signal);
  }

  #flush(signal: AbortSignal): void {
    if (signal !== this.#signal) return;
    this.#scheduled = false;
    for (const [key, mark] of this.#unconfirmed) {
      if (mark.sent) continue;
      mark.sent = true;
      this.#unanswered.push(key);
      // A server that never replies must not make it grow.
      if (this.#unanswered.length > MAX_PLACES) this.#unanswered.shift();
      this.#sentAt = this.#options.clock.now();
      const place = key.startsWith("@") ? { to: key.slice(1) } : { room: key };
      this.#options.send({ type: "read", ref: READ_REF, ...place, id: mark.id });
    }
  }
}
