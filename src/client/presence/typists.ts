import { MAX_TYPISTS, TYPING_LAPSE_MS } from "../../protocol/limits.ts";
import type { MemberInfo, ServerEvent, TypingEvent } from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import { dropOldest } from "../state/drop_oldest.ts";

export interface TypistsOptions {
  readonly clock: Clock;
  /** Called after each change that no event of the server caused: a member has stopped typing. */
  readonly changed: () => void;
  readonly signal: AbortSignal;
}

interface Typist {
  readonly member: MemberInfo;
  /** Without a room they write to the user. */
  readonly room: string | undefined;
  readonly until: number;
}

/** The members who are writing now: until their message arrives, or `TYPING_LAPSE_MS` after they were last told of. */
export class Typists {
  readonly #options: TypistsOptions;
  /** By place and id, the one who was told of longest ago first. */
  readonly #typists = new Map<string, Typist>();
  #waiting = false;

  constructor(options: TypistsOptions) {
    this.#options = options;
  }

  /** Those who write in the room. */
  in(room: string): MemberInfo[] {
    return this.#all().filter((typist) => typist.room === room).map(({ member }) => member);
  }

  /** Those who write to the user. */
  direct(): MemberInfo[] {
    return this.#all().filter(({ room }) => room === undefined).map(({ member }) => member);
  }

  received(event: ServerEvent): void {
    switch (event.type) {
      case "typing":
        return this.#add(event);
      case "message":
        return void this.#typists.delete(keyOf("room" in event ? event.room : undefined, event.from.id));
      case "leave":
        return void this.#typists.delete(keyOf(event.room, event.member.id));
      case "rename":
        return this.#rename(event.member);
      case "welcome":
        return this.#typists.clear();
    }
  }

  #add({ room, member }: TypingEvent): void {
    const key = keyOf(room, member.id);
    this.#typists.delete(key);
    this.#typists.set(key, { member, room, until: this.#options.clock.now() + TYPING_LAPSE_MS });
    dropOldest(this.#typists, MAX_TYPISTS);
    this.#wait();
  }

  #rename({ id, name }: MemberInfo): void {
    for (const [key, typist] of this.#typists) {
      if (typist.member.id === id) this.#typists.set(key, { ...typist, member: { id, name } });
    }
  }

  #all(): Typist[] {
    const now = this.#options.clock.now();
    return [...this.#typists.values()].filter(({ until }) => until > now);
  }

  /** One timer waits for the first member to lapse. */
  #wait(): void {
    const [next] = this.#typists.values();
    if (next === undefined || this.#waiting) return;
    const { clock, signal } = this.#options;
    this.#waiting = true;
    clock.after(Math.max(0, next.until - clock.now()), () => this.#lapse(), signal);
  }

  #lapse(): void {
    this.#waiting = false;
    const now = this.#options.clock.now();
    const before = this.#typists.size;
    for (const [key, { until }] of this.#typists) if (until <= now) this.#typists.delete(key);
    if (this.#typists.size < before) this.#options.changed();
    this.#wait();
  }
}

function keyOf(room: string | undefined, id: string): string {
  return room === undefined ? `@${id}` : `#${room} ${id}`;
}
