/** Who may go where, speak and decide, by rules that are simple enough to believe. People are ids; the room "" is the whole server. */

export type OrderKind = "ban" | "mute" | "allow";

interface Lock {
  readonly password: string | undefined;
  /** Who was inside or was let in since. */
  readonly admitted: Set<string>;
}

export interface InviteModel {
  readonly secret: string;
  readonly room: string;
  readonly uses: number;
  used: number;
}

export class OrderModel {
  /** Rooms that outlive the process. */
  readonly kept = new Set<string>();
  /** Of these, rooms that stay while nobody is in them: something was said there, or somebody prepared them. */
  readonly lasting = new Set<string>();
  readonly invites: InviteModel[] = [];
  lockdown = false;
  /** By room and id, with when they end. */
  readonly #orders = {
    ban: new Map<string, number>(),
    mute: new Map<string, number>(),
    allow: new Map<string, number>(),
  };
  /** By room, and who made them one: undefined for the owner, and for those who made the room. */
  readonly #moderators = new Map<string, Map<string, string | undefined>>();
  readonly #heldNames = new Map<string, string>();
  /** Bans and mutes by the owner and moderators of all rooms, which only they end: kind, room, id. */
  readonly #trusted = new Set<string>();
  readonly #locks = new Map<string, Lock>();
  readonly #slow = new Map<string, number>();
  /** When somebody spoke last in a room that was slow. */
  readonly #spoke = new Map<string, number>();

  /** What is said elsewhere about each of them: kind, room, id. */
  get list(): string[] {
    const standing = Object.entries(this.#orders).flatMap(([kind, keys]) =>
      [...keys.keys()].map((key) => `${kind} ${key}`)
    );
    const roles = [...this.#moderators].flatMap(([room, ids]) =>
      [...ids.keys()].map((id) => `moderator ${room} ${id}`)
    );
    const locks = [...this.#locks.keys()].map((room) => `lock ${room} `);
    const slow = [...this.#slow.keys()].map((room) => `slow ${room} `);
    return [...standing, ...roles, ...locks, ...slow, ...this.lockdown ? ["lockdown  "] : []].sort();
  }

  /** 3 for the owner, whose id is undefined, 2 for moderators of all rooms, 1 for those of the room. */
  rank(id: string | undefined, room: string): number {
    if (id === undefined) return 3;
    if (this.#moderators.get("")?.has(id)) return 2;
    return room !== "" && this.#moderators.get(room)?.has(id) ? 1 : 0;
  }

  /** A member who is muted there decides nothing there. The owner, whose id is undefined, is never muted. */
  moderates(id: string | undefined, room: string): boolean {
    if (id !== undefined && this.isMuted(id, room)) return false;
    return this.rank(id, room) >= (room === "" ? 2 : 1);
  }

  has(kind: OrderKind, room: string, id: string): boolean {
    return this.#orders[kind].has(`${room} ${id}`);
  }

  isMuted(id: string, room: string): boolean {
    return this.has("mute", "", id) || this.has("mute", room, id);
  }

  /** The member is muted under this name, and stays it where that is seen. */
  holdName(room: string, id: string, name: string): void {
    this.#heldNames.set(`${room} ${id}`, name);
  }

  /** Names that the member must have in order to be in all of these rooms, for they are muted there. */
  heldNames(id: string, rooms: Iterable<string>): string[] {
    return [...rooms].flatMap((room) => {
      const place = this.has("mute", "", id) ? "" : room;
      return this.has("mute", place, id) ? [this.#heldNames.get(`${place} ${id}`)!] : [];
    });
  }

  /** Whether they may end or replace what is in force, if anything is. */
  mayEnd(by: string | undefined, kind: "ban" | "mute", room: string, id: string): boolean {
    return !this.has(kind, room, id) || !this.#trusted.has(`${kind} ${room} ${id}`) || this.rank(by, "") >= 2;
  }

  noteTrust(by: string | undefined, kind: "ban" | "mute", room: string, id: string): void {
    if (this.rank(by, "") >= 2) this.#trusted.add(`${kind} ${room} ${id}`);
    else this.#trusted.delete(`${kind} ${room} ${id}`);
  }

  /** A room that is there outlives the process from here on. */
  lay(kind: OrderKind, room: string, id: string, isThere: boolean, until = Infinity): void {
    this.#orders[kind].set(`${room} ${id}`, until);
    if (isThere) this.kept.add(room);
  }

  /** Those whose time is over. */
  end(now: number): void {
    for (const orders of Object.values(this.#orders)) {
      for (const [key, until] of orders) if (until <= now) orders.delete(key);
    }
  }

  lift(kind: OrderKind, room: string, id: string): void {
    this.#orders[kind].delete(`${room} ${id}`);
  }

  /** Into a room that was not there before. */
  found(room: string, id: string): void {
    this.#moderators.set(room, new Map([[id, undefined]]));
  }

  appoint(by: string | undefined, room: string, id: string): void {
    const ids = this.#moderators.get(room) ?? new Map<string, string | undefined>();
    this.#moderators.set(room, ids.set(id, by));
    if (room !== "") this.kept.add(room);
  }

  /** False where they may not, or there is nothing to take back. */
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
    this.kept.add(room);
  }

  unlock(room: string): boolean {
    return this.#locks.delete(room);
  }

  slowDown(room: string, seconds: number): boolean {
    if (seconds === 0) return this.#slow.delete(room);
    this.#slow.set(room, seconds);
    this.kept.add(room);
    return true;
  }

  /** Whoever laid something down in a room prepares it, if they are the owner, a moderator of all rooms or have an account. */
  prepare(by: string | undefined, room: string, hasAccount: boolean): void {
    if (hasAccount || this.rank(by, "") >= 2) this.lasting.add(room);
  }

  /** The process died, and with it a room of which nothing was kept. What was laid down there before it was made stays. */
  lose(room: string): void {
    this.#moderators.delete(room);
  }

  /** The room has ended, and with it all that was laid down there. */
  drop(room: string): void {
    this.kept.delete(room);
    this.#moderators.delete(room);
    this.#locks.delete(room);
    this.#slow.delete(room);
    for (const keys of [...Object.values(this.#orders), this.#spoke]) {
      for (const key of keys.keys()) if (key.startsWith(`${room} `)) keys.delete(key);
    }
  }

  /** What only the process knew. */
  restart(): void {
    this.#spoke.clear();
  }

  isShut(room: string): boolean {
    return this.#locks.has(room);
  }

  /** Whether they may come in; `id` is undefined for somebody new. With `open` the lock is no hindrance. */
  admits(id: string | undefined, room: string, isMember: boolean, open: boolean): boolean {
    if (id === undefined) return !this.lockdown && (open || !this.#locks.has(room));
    if (this.has("ban", "", id) || this.has("ban", room, id)) return false;
    const lock = this.#locks.get(room);
    if (lock === undefined || open || isMember || this.rank(id, room) > 0) return true;
    return lock.admitted.has(id) || this.has("allow", room, id);
  }

  /** Whether the lock would have kept them out, but for what they showed. */
  isOpener(room: string, password: string): boolean {
    return this.#locks.get(room)?.password === password;
  }

  passLock(room: string, id: string): void {
    this.#locks.get(room)?.admitted.add(id);
  }

  /** Whether they may write there; with "" to anybody. */
  hears(id: string, room: string, hasAccount: boolean): boolean {
    if (this.isMuted(id, room)) return false;
    return !this.lockdown || hasAccount || this.rank(id, room) > 0;
  }

  /** Whether the room is not too slow for it; it is noted. */
  takesTurn(id: string, room: string, now: number): boolean {
    const seconds = this.#slow.get(room);
    if (seconds === undefined || this.rank(id, room) > 0) return true;
    const key = `${room} ${id}`;
    if ((this.#spoke.get(key) ?? -Infinity) + 1_000 * seconds > now) return false;
    this.#spoke.set(key, now);
    return true;
  }
}
