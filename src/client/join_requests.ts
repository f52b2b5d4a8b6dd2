/** Who we are and in which rooms: those we want, and those that the link there is now has confirmed. It sends nothing itself. */

import { MAX_REF_CHARS } from "../protocol/limits.ts";
import type { PasswordKind } from "../protocol/errors.ts";
import type { JoinCommand, JoinedEvent, LeaveEvent } from "../protocol/messages/messages.ts";
import { parseRoom } from "../protocol/text/names.ts";
import type { Target } from "./delivery/outgoing_message.ts";

export class JoinRequests {
  /** Room → its password. */
  readonly #wanted = new Map<string, string | undefined>();
  /** Room → the password that its last join on this link has shown. */
  readonly #shown = new Map<string, string | undefined>();
  /** Room → whose password its next join on this link shows, where the server has said which it needs. */
  readonly #needed = new Map<string, PasswordKind>();
  readonly #asked = new Set<string>();
  readonly #joined = new Set<string>();
  #name: string;
  #token: string | undefined;
  /** Of the server, or whichever was given at the start. */
  #password: string | undefined;
  /** Of the account whose name we want, until it has let us in. */
  #accountPassword: string | undefined;
  #newName: string | undefined;
  #confirmed = false;

  /** `password` is the server's, or whichever else lets us in. */
  constructor(name: string, rooms: readonly string[], password?: string) {
    this.#name = name;
    this.#password = password;
    for (const room of rooms) this.want(canonicalRoom(room));
  }

  /** As we want to be called; as the server calls us once it has said so. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  /** What to be called as soon as there is a link: the server may know us by another name until then. */
  wishName(name: string | undefined): void {
    if (name !== undefined) this.#name = name;
    this.#newName = name;
  }

  /** The name that was wished for and that the server has not given us; once. */
  takeWish(): string | undefined {
    const name = this.#newName;
    this.#newName = undefined;
    return name === this.#name ? undefined : name;
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

  /** Keeps a password, which the room's next join shows. */
  setPassword(kind: PasswordKind, room: string, password: string): void {
    if (kind === "room") this.#wanted.set(room, password);
    else if (kind === "account") this.#accountPassword = password;
    else this.#password = password;
    this.#needed.set(room, kind);
  }

  /** It was not right, or not what was needed. */
  forgetAccountPassword(): void {
    this.#accountPassword = undefined;
  }

  /** Whether there is a password of that kind that the room's last join has not shown; its next one shows it. */
  hasOther(kind: PasswordKind, room: string): boolean {
    const password = kind === "room" ? this.#wanted.get(room) : kind === "server" ? this.#password : undefined;
    if (password === undefined || password === this.#shown.get(room)) return false;
    this.#needed.set(room, kind);
    return true;
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
    this.#shown.clear();
    this.#needed.clear();
    this.#confirmed = false;
  }

  /** A token is good for the server that gave it, and for no other one. */
  forgetIdentity(): void {
    this.#accountPassword = undefined;
    this.#token = undefined;
  }

  /** From the next join on we are the member whom this token is of. */
  become(name: string, token: string): void {
    this.#accountPassword = this.#newName = undefined;
    this.#name = name;
    this.#token = token;
  }

  /**
   * The joins to ask for now, but that of the room `held`. The first one of a link says who we are and goes alone, since
   * the others fail if it does.
   */
  takeJoins(
    after: (room: string) => number | undefined,
    held?: string,
    idOf: (room: string) => string | undefined = () => undefined,
  ): JoinCommand[] {
    const joins: JoinCommand[] = [];
    for (const room of this.#wanted.keys()) {
      if (!this.#confirmed && this.#asked.size > 0) break;
      if (this.#joined.has(room) || this.#asked.has(room) || room === held) continue;
      this.#asked.add(room);
      const password = this.#passwordFor(room);
      this.#shown.set(room, password);
      const who = this.#confirmed ? {} : { name: this.#name, token: this.#token };
      const roomId = idOf(room);
      const since = { after: after(room), ...roomId === undefined ? {} : { roomId } };
      joins.push({ type: "join", ref: joinRef(room), room, ...who, password, ...since });
    }
    return joins;
  }

  /** The first join of a link comes with what lets us into the server, a further one with what lets us into the room. */
  #passwordFor(room: string): string | undefined {
    const ofRoom = this.#wanted.get(room);
    const needed = this.#needed.get(room) ?? (this.#confirmed ? "room" : "server");
    if (needed === "room") return ofRoom;
    return this.#confirmed ? this.#password : this.#accountPassword ?? this.#password ?? ofRoom;
  }

  joined({ room, you, ref }: JoinedEvent): void {
    this.#asked.delete(room.name);
    this.#needed.delete(room.name);
    this.#asked.delete(roomOfJoinRef(ref) ?? room.name);
    if (this.#wanted.has(room.name)) this.#joined.add(room.name);
    this.#confirmed = true;
    this.#accountPassword = undefined;
    this.#token = you.token;
    this.#name = you.name;
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

  /** Takes our own `leave`. A room that we were removed from, or that was removed, is no longer wanted. */
  left({ room, reason }: LeaveEvent): void {
    this.#joined.delete(room);
    if (reason === "kicked" || reason === "removed") this.#wanted.delete(room);
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

const JOIN_REF_PREFIX = "join ";

/** The `ref` of a join, which names the room. Every valid room fits; an invalid room is cut, and the server refuses it. */
export function joinRef(room: string): string {
  return (JOIN_REF_PREFIX + room).slice(0, MAX_REF_CHARS);
}

/** The room that the `ref` of a join names; `undefined` for any other ref. */
export function roomOfJoinRef(ref: string | undefined): string | undefined {
  return ref?.startsWith(JOIN_REF_PREFIX) ? ref.slice(JOIN_REF_PREFIX.length) : undefined;
}
