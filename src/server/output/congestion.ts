import { setImmediate } from "node:timers";
import { PUSHBACK_CHECK_MS } from "../../protocol/limits.ts";
import type { RoomSubscribers } from "./room_subscribers.ts";

/** Tells which rooms have receivers that cannot keep up, and when they have caught up. The caller pauses their authors. */
export class Congestion {
  readonly #relieved = new Map<RoomSubscribers, PromiseWithResolvers<void>>();
  #checking = false;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the room's receivers have caught up; `undefined` if they keep up, and after `end`. */
  in(room: RoomSubscribers): Promise<void> | undefined {
    if (this.#ended || !room.congested) return undefined;
    let relieved = this.#relieved.get(room);
    if (relieved === undefined) this.#relieved.set(room, relieved = Promise.withResolvers());
    // A burst often ends with the writes in flight, so the first check is soon.
    if (!this.#checking) setImmediate(this.#check);
    this.#checking = true;
    return relieved.promise;
  }

  /** Resolves all promises: the server drains. */
  end(): void {
    this.#ended = true;
    for (const { resolve } of this.#relieved.values()) resolve();
    this.#relieved.clear();
    clearTimeout(this.#timer);
  }

  readonly #check = (): void => {
    for (const [room, { resolve }] of this.#relieved) {
      if (room.congested) continue;
      this.#relieved.delete(room);
      resolve();
    }
    this.#checking = this.#relieved.size > 0;
    if (this.#checking) this.#timer = setTimeout(this.#check, PUSHBACK_CHECK_MS);
  };
}
