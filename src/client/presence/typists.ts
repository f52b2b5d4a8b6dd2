import { MAX_TYPISTS, TYPING_LAPSE_MS } from "../../protocol/limits.ts";
import { type MemberInfo, placeKey, type ServerEvent, type TypingEvent } from "../../protocol/messages/messages.ts";
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
  /** The key of the room or conversation, from `placeKey`. */
  readonly place: string;
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

  /** The members who write in the room or conversation with this key. */
  in(place: string): MemberInfo[] {
    return this.#all().filter((typist) => typist.place === place).map(({ member }) => member);
  }

  /** The members who write to the user. */
  direct(): MemberInfo[] {
    return this.#all().filter(({ place, member }) => place === placeKey({ with: member })).map(({ member }) => member);
  }

  received(event: ServerEvent): void {
    switch (event.type) {
      case "typing":
        return this.#add(event);
      case "message":
        return void this.#typists.delete(keyOf(placeKey(event), event.from.id));
      case "leave":
        return void this.#typists.delete(keyOf(event.room, event.member.id));
      case "rename":
        return this.#rename(event.member);
      case "welcome":
        return this.#typists.clear();
    }
  }

  #add({ room, with: partner, member }: TypingEvent): void {
    const place = room ?? (partner && placeKey({ with: partner }));
    if (place === undefined) return;
    const key = keyOf(place, member.id);
    this.#typists.delete(key);
    this.#typists.set(key, { member, place, until: this.#options.clock.now() + TYPING_LAPSE_MS });
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

function keyOf(place: string, id: string): string {
  return `${place} ${id}`;
}
