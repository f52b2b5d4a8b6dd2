import { setImmediate } from "node:timers";
import { PUSHBACK_CHECK_MS } from "../../protocol/limits.ts";
import type { RoomSubscribers } from "./room_subscribers.ts";

/** Holds those back who write to rooms whose receivers cannot keep up: they are read later. */
export class Congestion {
  readonly #relieved = new Map<RoomSubscribers, PromiseWithResolvers<void>>();
  #checking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the room's receivers have caught up; undefined where they keep up. */
  in(audience: RoomSubscribers): Promise<void> | undefined {
    if (!audience.congested) return undefined;
    let relieved = this.#relieved.get(audience);
    if (relieved === undefined) this.#relieved.set(audience, relieved = Promise.withResolvers());
    // Much that was said at once is often gone with the writes that are under way.
    if (!this.#checking) setImmediate(this.#check);
    this.#checking = true;
    return relieved.promise;
  }

  /** Holds nobody back any more. */
  end(): void {
    for (const { resolve } of this.#relieved.values()) resolve();
    this.#relieved.clear();
    clearTimeout(this.#timer);
  }

  readonly #check = (): void => {
    for (const [audience, { resolve }] of this.#relieved) {
      if (audience.congested) continue;
      this.#relieved.delete(audience);
      resolve();
    }
    this.#checking = this.#relieved.size > 0;
    if (this.#checking) this.#timer = setTimeout(this.#check, PUSHBACK_CHECK_MS);
  };
}
