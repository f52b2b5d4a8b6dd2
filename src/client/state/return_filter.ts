/** Whose return is no news: when a link breaks or a server crashes, nobody is told that the others went. */

import { GRACE_MS } from "../../protocol/limits.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import type { RoomState } from "./room_state.ts";

type Coming = Extract<ServerEvent, { type: "join" | "leave" }>;

export class ReturnFilter {
  /** Rooms → ids of those who were there when the last link ended. */
  #awaited: ReadonlyMap<string, Set<string>> = new Map();
  #until = 0;
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A link begins. The rooms are as they were known before. */
  begin(rooms: ReadonlyMap<string, RoomState>): void {
    this.#awaited = new Map(Array.from(rooms, ([name, { members }]) => [name, new Set(members.keys())]));
    this.#until = this.#now() + GRACE_MS;
  }

  /** False once for each who comes as soon as the server would have waited for them. */
  isNews({ type, room, member }: Coming): boolean {
    if (this.#now() > this.#until) this.#awaited = new Map();
    const wasThere = this.#awaited.get(room)?.delete(member.id) ?? false;
    return type === "leave" || !wasThere;
  }
}
