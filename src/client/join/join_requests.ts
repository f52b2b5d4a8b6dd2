/**
 * The rooms, name and passwords that this client asks the server for, and the joins that the current link has confirmed.
 * `ClientState` holds the server's side. Sends nothing itself.
 */

import { MAX_REF_CHARS, MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import type { ProofFields } from "../../protocol/identity/join_proof.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import type { JoinCommand, JoinedEvent, LeaveEvent } from "../../protocol/messages/messages.ts";
import { parseRoom } from "../../protocol/text/names.ts";
import type { Target } from "../delivery/message_intent.ts";
import type { RoomPosition } from "../delivery/receive_cursor.ts";

export class JoinRequests {
  /** Wanted rooms and their passwords. */
  readonly #wanted = new Map<string, string | undefined>();
  /** The password in each room's last join on this link. */
  readonly #tried = new Map<string, string | undefined>();
  /** The kind of password that a room's next join on this link needs, if the server has named one. */
  readonly #needed = new Map<string, PasswordKind>();
  /** Rooms whose join is sent but not yet answered. */
  readonly #requested = new Set<string>();
  readonly #joined = new Set<string>();
  #name: string;
  #token: string | undefined;
  /** Whether the server knows this member by the client's key. */
  keyed = false;
  /** Proves this client's key on the current link. */
  proof: ProofFields | undefined;
  /** Describes this device in the list of the member's devices. */
  device: JoinCommand["device"];
  /** The session of the last link, which the server ends when this client joins again. */
  #session: string | undefined;
  /** The server's password, or the secret given at the start. */
  #password: string | undefined;
  /** The password of the account with our name, until it is accepted. */
  #accountPassword: string | undefined;
  /** A requested name that the server has not given yet. */
  #newName: string | undefined;
  #confirmed = false;

  /** `password` is the server's, or an invite's secret. */
  constructor(name: string, rooms: readonly string[], password?: string) {
    this.#name = name;
    this.#password = password;
    for (const room of rooms) this.want(canonicalRoom(room));
  }

  /** The name for the next join: the requested one, and after a join the one that the server gave. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  /** Requests a name for the next link. Until then the server may know this member by another one. */
  requestName(name: string | undefined): void {
    if (name !== undefined) this.#name = name;
    this.#newName = name;
  }

  /** Returns the requested name once, unless the server has already given it. */
  takeNewName(): string | undefined {
    const name = this.#newName;
    this.#newName = undefined;
    return name === this.#name ? undefined : name;
  }

  /** Identifies this member to the server that issued it. */
  get token(): string | undefined {
    return this.#token;
  }

  set token(token: string | undefined) {
    this.#token = token;
  }

  /** Whether this link has confirmed a join, so that the server knows which member it belongs to. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  get wantsNothing(): boolean {
    return this.#wanted.size === 0;
  }

  /** Adds a room that the member entered on another device, up to `MAX_ROOMS_PER_MEMBER`. Ignores an invalid name. */
  follow(room: string): void {
    if (this.#wanted.size < MAX_ROOMS_PER_MEMBER && isRoom(room)) this.want(room);
  }

  /** Wants these rooms, in which the member is, instead of others. Without a valid one nothing changes. */
  moveTo(rooms: readonly string[]): void {
    const valid = rooms.filter(isRoom).slice(0, MAX_ROOMS_PER_MEMBER);
    if (valid.length === 0) return;
    for (const room of this.#wanted.keys()) if (!valid.includes(room)) this.#wanted.delete(room);
    for (const room of valid) this.want(room);
  }

  /** Adds a room. A password is kept until another one is given. */
  want(room: string, password?: string): void {
    this.#wanted.set(room, password ?? this.#wanted.get(room));
  }

  /** Keeps a password and uses it in the room's next join. */
  setPassword(kind: PasswordKind, room: string, password: string): void {
    if (kind === "room") this.#wanted.set(room, password);
    else if (kind === "account") this.#accountPassword = password;
    else this.#password = password;
    this.#needed.set(room, kind);
  }

  /** Forgets a wrong or unneeded password. */
  forgetAccountPassword(): void {
    this.#accountPassword = undefined;
  }

  /** Whether there is a password of this kind that the room's last join did not use. If so, the next one uses it. */
  hasUntriedPassword(kind: PasswordKind, room: string): boolean {
    const password = kind === "room" ? this.#wanted.get(room) : kind === "server" ? this.#password : undefined;
    if (password === undefined || password === this.#tried.get(room)) return false;
    this.#needed.set(room, kind);
    return true;
  }

  /**
   * No longer wants a room. Returns true if the server must be told, since the room is joined or a join is on its way.
   */
  drop(room: string): boolean {
    this.#wanted.delete(room);
    return this.#joined.delete(room) || this.#requested.has(room);
  }

  /**
   * False only while the target is a wanted room that is not joined yet. For other rooms the server itself refuses a
   * message.
   */
  isReady(target: Target): boolean {
    return !("room" in target) || this.#joined.has(target.room) || !this.#wanted.has(target.room);
  }

  linkLost(): void {
    this.#requested.clear();
    this.#joined.clear();
    this.#tried.clear();
    this.#needed.clear();
    this.#confirmed = false;
    this.proof = undefined;
  }

  /** Forgets the token, which is valid only for the server that issued it. */
  forgetIdentity(): void {
    this.#accountPassword = undefined;
    this.#token = this.#session = undefined;
    this.keyed = false;
  }

  /** Joins as the member with this token from now on. */
  become(name: string, token: string): void {
    this.#accountPassword = this.#newName = undefined;
    this.#name = name;
    this.#token = token;
    this.#session = undefined;
    this.keyed = false;
  }

  /**
   * Returns the joins to send now, except for the room `held`. The first join of a link carries name and token and goes
   * alone, since the others would fail with it.
   */
  takeJoins(position: (room: string) => RoomPosition, held?: string): JoinCommand[] {
    const joins: JoinCommand[] = [];
    for (const room of this.#wanted.keys()) {
      if (!this.#confirmed && this.#requested.size > 0) break;
      if (this.#joined.has(room) || this.#requested.has(room) || room === held) continue;
      this.#requested.add(room);
      const password = this.#passwordFor(room);
      this.#tried.set(room, password);
      const identity = this.#confirmed ? {} : {
        name: this.#name,
        token: this.#token,
        session: this.#session,
        ...this.proof,
        ...this.proof === undefined ? {} : { device: this.device },
      };
      joins.push({ type: "join", ref: joinRef(room), room, ...identity, password, ...position(room) });
    }
    return joins;
  }

  /** The first join of a link carries the password of the server, later joins carry that of their room. */
  #passwordFor(room: string): string | undefined {
    const roomPassword = this.#wanted.get(room);
    const needed = this.#needed.get(room) ?? (this.#confirmed ? "room" : "server");
    if (needed === "room") return roomPassword;
    return this.#confirmed ? this.#password : this.#accountPassword ?? this.#password ?? roomPassword;
  }

  joined({ room, you, ref }: JoinedEvent): void {
    this.#requested.delete(room.name);
    // The join may have named the room in another way.
    this.#requested.delete(roomOfJoinRef(ref) ?? room.name);
    this.#needed.delete(room.name);
    if (this.#wanted.has(room.name)) this.#joined.add(room.name);
    this.#confirmed = true;
    this.#accountPassword = undefined;
    this.#token = you.token;
    this.keyed = you.token === undefined;
    this.#session = you.session;
    this.#name = you.name;
  }

  /** Returns the room whose join has this ref, and forgets that the join was sent. */
  takeRequested(ref: string | undefined): string | undefined {
    for (const room of this.#requested) {
      if (joinRef(room) !== ref) continue;
      this.#requested.delete(room);
      return room;
    }
    return undefined;
  }

  /**
   * Takes our own `leave`. A room that we were removed from, that was removed, or that was left on another device, is no
   * longer wanted. `asked`: this client asked for it, and may have joined the room again since.
   */
  left({ room, reason }: LeaveEvent, asked: boolean): void {
    this.#joined.delete(room);
    if (reason === "kicked" || reason === "removed" || (reason === "left" && !asked)) this.#wanted.delete(room);
  }
}

/** Whether this is the server's spelling of a valid name. */
function isRoom(room: string): boolean {
  try {
    return parseRoom(room) === room;
  } catch {
    return false;
  }
}

/** The room's name in the server's spelling. An invalid name is returned unchanged. */
export function canonicalRoom(room: string): string {
  try {
    return parseRoom(room);
  } catch {
    return room;
  }
}

const JOIN_REF_PREFIX = "join ";

/**
 * The `ref` of a join, which names the room. Every valid room fits; an invalid room is cut, and the server refuses it.
 */
export function joinRef(room: string): string {
  return (JOIN_REF_PREFIX + room).slice(0, MAX_REF_CHARS);
}

/** The room that the `ref` of a join names; `undefined` for any other ref. */
export function roomOfJoinRef(ref: string | undefined): string | undefined {
  return ref?.startsWith(JOIN_REF_PREFIX) ? ref.slice(JOIN_REF_PREFIX.length) : undefined;
}
