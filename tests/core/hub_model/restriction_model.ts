/** Rules for joining, writing and moderating, kept simple on purpose. Members are ids; the room "" is the whole server. */

export type RestrictionKind = "ban" | "mute" | "allow";

interface Lock {
  readonly password: string | undefined;
  /** Members who were inside when the room was locked, or were admitted since. */
  readonly admitted: Set<string>;
}

export interface ModelInvite {
  readonly secret: string;
  readonly room: string;
  readonly uses: number;
  used: number;
}

export class RestrictionModel {
  /** Rooms that survive a restart. */
  readonly storedRooms = new Set<string>();
  /** Stored rooms that remain without members, because they have messages or were prepared. */
  readonly lastingRooms = new Set<string>();
  readonly invites: ModelInvite[] = [];
  lockdown = false;
  /** End of each restriction, by kind and by `room id`. */
  readonly #restrictions = {
    ban: new Map<string, number>(),
    mute: new Map<string, number>(),
    allow: new Map<string, number>(),
  };
  /** Moderators by room, with the id of their appointer: `undefined` for the owner and for the room's creator. */
  readonly #moderators = new Map<string, Map<string, string | undefined>>();
  readonly #heldNames = new Map<string, string>();
  /** Bans and mutes by the owner and moderators of all rooms, which only they may end: `kind room id`. */
  readonly #trusted = new Set<string>();
  readonly #locks = new Map<string, Lock>();
  readonly #slow = new Map<string, number>();
  /** Time of each member's last message in slow mode, by `room id`. */
  readonly #slowTurns = new Map<string, number>();

  /** All restrictions and roles in force, as `kind room id`. */
  get list(): string[] {
    const timed = Object.entries(this.#restrictions).flatMap(([kind, keys]) =>
      [...keys.keys()].map((key) => `${kind} ${key}`)
    );
    const roles = [...this.#moderators].flatMap(([room, ids]) =>
      [...ids.keys()].map((id) => `moderator ${room} ${id}`)
    );
    const locks = [...this.#locks.keys()].map((room) => `lock ${room} `);
    const slow = [...this.#slow.keys()].map((room) => `slow ${room} `);
    return [...timed, ...roles, ...locks, ...slow, ...this.lockdown ? ["lockdown  "] : []].sort();
  }

  /** 3 for the owner, whose id is undefined, 2 for moderators of all rooms, 1 for those of the room. */
  rank(id: string | undefined, room: string): number {
    if (id === undefined) return 3;
    if (this.#moderators.get("")?.has(id)) return 2;
    return room !== "" && this.#moderators.get(room)?.has(id) ? 1 : 0;
  }

  /** Whether the member moderates there; a muted member does not. The owner (`undefined`) is never muted. */
  moderates(id: string | undefined, room: string): boolean {
    if (id !== undefined && this.isMuted(id, room)) return false;
    return this.rank(id, room) >= (room === "" ? 2 : 1);
  }

  has(kind: RestrictionKind, room: string, id: string): boolean {
    return this.#restrictions[kind].has(`${room} ${id}`);
  }

  isMuted(id: string, room: string): boolean {
    return this.has("mute", "", id) || this.has("mute", room, id);
  }

  /** Notes the name under which the member is muted, which they keep there. */
  holdName(room: string, id: string, name: string): void {
    this.#heldNames.set(`${room} ${id}`, name);
  }

  /** Names that the member must keep in order to be in all of these rooms, because of mutes. */
  heldNames(id: string, rooms: Iterable<string>): string[] {
    return [...rooms].flatMap((room) => {
      const place = this.has("mute", "", id) ? "" : room;
      return this.has("mute", place, id) ? [this.#heldNames.get(`${place} ${id}`)!] : [];
    });
  }

  /** Whether `by` may end or replace the restriction; also true if none is in force. */
  mayEnd(by: string | undefined, kind: "ban" | "mute", room: string, id: string): boolean {
    return !this.has(kind, room, id) || !this.#trusted.has(`${kind} ${room} ${id}`) || this.rank(by, "") >= 2;
  }

  noteTrust(by: string | undefined, kind: "ban" | "mute", room: string, id: string): void {
    if (this.rank(by, "") >= 2) this.#trusted.add(`${kind} ${room} ${id}`);
    else this.#trusted.delete(`${kind} ${room} ${id}`);
  }

  /** Adds a restriction. An existing room is stored from then on. */
  add(kind: RestrictionKind, room: string, id: string, exists: boolean, until = Infinity): void {
    this.#restrictions[kind].set(`${room} ${id}`, until);
    if (exists) this.storedRooms.add(room);
  }

  /** Removes the restrictions whose time is over. */
  expire(now: number): void {
    for (const ends of Object.values(this.#restrictions)) {
      for (const [key, until] of ends) if (until <= now) ends.delete(key);
    }
  }

  remove(kind: RestrictionKind, room: string, id: string): void {
    this.#restrictions[kind].delete(`${room} ${id}`);
  }

  /** A member has created the room by joining it. */
  createRoom(room: string, id: string): void {
    this.#moderators.set(room, new Map([[id, undefined]]));
  }

  appoint(by: string | undefined, room: string, id: string): void {
    const ids = this.#moderators.get(room) ?? new Map<string, string | undefined>();
    this.#moderators.set(room, ids.set(id, by));
    if (room !== "") this.storedRooms.add(room);
  }

  /** Returns false if `by` may not end the role, or the member has no role. */
  dismiss(by: string | undefined, room: string, id: string): boolean {
    const ids = this.#moderators.get(room);
    if (ids === undefined || !ids.has(id)) return false;
    const mayAlways = by === id || by === undefined || ids.get(id) === by;
    if (!mayAlways && this.rank(by, room) <= this.rank(id, room)) return false;
    ids.delete(id);
    return true;
  }

  lock(room: string, password: string | undefined, inside: readonly string[]): void {
    this.#locks.set(room, { password, admitted: new Set(inside) });
    this.storedRooms.add(room);
  }

  unlock(room: string): boolean {
    return this.#locks.delete(room);
  }

  setSlowMode(room: string, seconds: number): boolean {
    if (seconds === 0) return this.#slow.delete(room);
    this.#slow.set(room, seconds);
    this.storedRooms.add(room);
    return true;
  }

  /** A restriction or topic by an owner, a moderator of all rooms or an account keeps the room without members. */
  prepare(by: string | undefined, room: string, hasAccount: boolean): void {
    if (hasAccount || this.rank(by, "") >= 2) this.lastingRooms.add(room);
  }

  /** A restart has ended a room that was not stored. Restrictions made before the room was created remain. */
  loseRoom(room: string): void {
    this.#moderators.delete(room);
  }

  /** The room has ended, and its restrictions and roles with it. */
  endRoom(room: string): void {
    this.storedRooms.delete(room);
    this.#moderators.delete(room);
    this.#locks.delete(room);
    this.#slow.delete(room);
    for (const keys of [...Object.values(this.#restrictions), this.#slowTurns]) {
      for (const key of keys.keys()) if (key.startsWith(`${room} `)) keys.delete(key);
    }
  }

  /** Forgets the state that only the process held. */
  restart(): void {
    this.#slowTurns.clear();
  }

  isLocked(room: string): boolean {
    return this.#locks.has(room);
  }

  /** Whether the member may join; `id` is `undefined` for a new member. With `open` the lock does not apply. */
  admits(id: string | undefined, room: string, isMember: boolean, open: boolean): boolean {
    if (id === undefined) return !this.lockdown && (open || !this.#locks.has(room));
    if (this.has("ban", "", id) || this.has("ban", room, id)) return false;
    const lock = this.#locks.get(room);
    if (lock === undefined || open || isMember || this.rank(id, room) > 0) return true;
    return lock.admitted.has(id) || this.has("allow", room, id);
  }

  /** Whether the password opens the room's lock. */
  opensLock(room: string, password: string): boolean {
    return this.#locks.get(room)?.password === password;
  }

  passLock(room: string, id: string): void {
    this.#locks.get(room)?.admitted.add(id);
  }

  /** Whether the member may write in the room; with "", send direct messages. */
  mayWrite(id: string, room: string, hasAccount: boolean): boolean {
    if (this.isMuted(id, room)) return false;
    return !this.lockdown || hasAccount || this.rank(id, room) > 0;
  }

  /** Whether slow mode allows a message now; if so, notes its time. */
  takeSlowModeTurn(id: string, room: string, now: number): boolean {
    const seconds = this.#slow.get(room);
    if (seconds === undefined || this.rank(id, room) > 0) return true;
    const key = `${room} ${id}`;
    if ((this.#slowTurns.get(key) ?? -Infinity) + 1_000 * seconds > now) return false;
    this.#slowTurns.set(key, now);
    return true;
  }
}
