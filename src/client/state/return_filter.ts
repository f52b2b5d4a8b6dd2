/**
 * Hides the joins of members who were present before the link broke: after a server crash, no leave was announced
 * either.
 */

import { GRACE_MS } from "../../protocol/limits.ts";
import type { ServerEvent } from "../../protocol/messages/messages.ts";
import type { RoomState } from "./room_state.ts";

type JoinOrLeave = Extract<ServerEvent, { type: "join" | "leave" }>;

export class ReturnFilter {
  /** Rooms, each with the ids of the members present when the last link ended. */
  #awaited: ReadonlyMap<string, Set<string>> = new Map();
  #until = 0;
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins a new link. `rooms` is the state before it. */
  begin(rooms: ReadonlyMap<string, RoomState>): void {
    this.#awaited = new Map(Array.from(rooms, ([name, { members }]) => [name, new Set(members.keys())]));
    this.#until = this.#now() + GRACE_MS;
  }

  /** False for the first join of each previously present member within the server's grace period. */
  isNews({ type, room, member }: JoinOrLeave): boolean {
    if (this.#now() > this.#until) this.#awaited = new Map();
    const wasThere = this.#awaited.get(room)?.delete(member.id) ?? false;
    return type === "leave" || !wasThere;
  }
}
