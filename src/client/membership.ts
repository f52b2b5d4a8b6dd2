/** Who we are and in which rooms: those we want, and those that the link there is now has confirmed. It sends nothing itself. */

import type { JoinCommand, JoinedEvent, LeaveEvent } from "../protocol/messages.ts";
import { parseRoom } from "../protocol/names.ts";
import type { Target } from "./client_event.ts";
import { joinRef, roomOfJoinRef } from "./join_ref.ts";

export class Membership {
  /** Room → its password. */
  readonly #wanted = new Map<string, string | undefined>();
  readonly #asked = new Set<string>();
  readonly #joined = new Set<string>();
  #name: string;
  #id: string | undefined;
  #token: string | undefined;
  #confirmed = false;

  constructor(name: string, rooms: readonly string[]) {
    this.#name = name;
    for (const room of rooms) this.want(canonicalRoom(room));
  }

  /** As we want to be called; as the server calls us once it has said so. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  /** Proves to the server that gave it who we are. */
  get token(): string | undefined {
    return this.#token;
  }

  set token(token: string | undefined) {
    this.#token = token;
  }

  /** Whether this link has confirmed a join, and so knows who we are. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  get wantsNothing(): boolean {
    return this.#wanted.size === 0;
  }

  /** A password once given stays until another one is. */
  want(room: string, password?: string): void {
    this.#wanted.set(room, password ?? this.#wanted.get(room));
  }

  /** Whether the server has to be told: the room is joined, or may be about to be. */
  drop(room: string): boolean {
    this.#wanted.delete(room);
    return this.#joined.delete(room) || this.#asked.has(room);
  }

  /** False only while the room is wanted and not joined: what the server does not let us into it may refuse by itself. */
  isReady(target: Target): boolean {
    return !("room" in target) || this.#joined.has(target.room) || !this.#wanted.has(target.room);
  }

  linkLost(): void {
    this.#asked.clear();
    this.#joined.clear();
    this.#confirmed = false;
  }

  /** A token is good for the server that gave it, and for no other one. */
  forgetIdentity(): void {
    this.#token = undefined;
    this.#id = undefined;
  }

  /** The joins to ask for now. The first one of a link says who we are and goes alone, since the others fail if it does. */
  takeJoins(after: (room: string) => number | undefined): JoinCommand[] {
    const joins: JoinCommand[] = [];
    for (const [room, password] of this.#wanted) {
      if (!this.#confirmed && this.#asked.size > 0) break;
      if (this.#joined.has(room) || this.#asked.has(room)) continue;
      this.#asked.add(room);
      const who = this.#confirmed ? {} : { name: this.#name, token: this.#token };
      joins.push({ type: "join", ref: joinRef(room), room, ...who, password, after: after(room) });
    }
    return joins;
  }

  joined({ room, you, ref }: JoinedEvent): void {
    this.#asked.delete(room.name);
    this.#asked.delete(roomOfJoinRef(ref) ?? room.name);
    if (this.#wanted.has(room.name)) this.#joined.add(room.name);
    this.#confirmed = true;
    this.#id = you.id;
    this.#token = you.token;
  }

  /** The room whose join this ref is of, which from now on counts as not asked for. */
  takeAsked(ref: string | undefined): string | undefined {
    for (const room of this.#asked) {
      if (joinRef(room) !== ref) continue;
      this.#asked.delete(room);
      return room;
    }
    return undefined;
  }

  /** Notes that we are out of a room; one we were put out of is wanted no longer. */
  left({ room, member, reason }: LeaveEvent): void {
    if (!this.isMe(member.id)) return;
    this.#joined.delete(room);
    if (reason === "kicked") this.#wanted.delete(room);
  }

  isMe(id: string): boolean {
    return id === this.#id;
  }
}

/** As the server will call it; what cannot be a room stays as it is. */
export function canonicalRoom(room: string): string {
  try {
    return parseRoom(room);
  } catch {
    return room;
  }
}
