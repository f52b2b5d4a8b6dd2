/** Who is called and who is in which call, kept simple on purpose. Members are ids; a call without a room is of a conversation. */

import { GRACE_MS, MAX_CALL_MEMBERS, RING_MS, RING_PAUSE_MS } from "../../../src/protocol/limits.ts";

export interface ModelPlace {
  readonly id: string;
  /** `undefined` while the member is only asked. */
  stream?: number;
  /** The session that is in the call; `undefined` while their connection is lost. */
  session?: number | undefined;
  /** When the question, or the time to come back, is over. */
  until?: number | undefined;
}

export interface ModelCall {
  readonly id: string;
  /** The room, or both ids of a conversation. */
  readonly key: string;
  readonly room: string | undefined;
  readonly by: string;
  /** In the order in which they were asked or entered. */
  places: ModelPlace[];
  /** Members of the conversation who were not told of the last change. */
  untold: ReadonlySet<string>;
}

export class CallModel {
  readonly #now: () => number;
  /** All calls that are on, oldest first. */
  all: ModelCall[] = [];
  /** When one member last asked another one. */
  readonly #rings = new Map<string, number>();
  /** Pairs of which the first one blocks the second one. */
  readonly #blocks = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  at(key: string): ModelCall | undefined {
    return this.all.find((call) => call.key === key);
  }

  /** The call that the member is in. */
  of(id: string): ModelCall | undefined {
    return this.all.find(({ places }) => places.some((place) => place.id === id && isIn(place)));
  }

  blocks(id: string, other: string): boolean {
    return this.#blocks.has(`${id} ${other}`);
  }

  /** Blocks a member, which ends their call in the conversation, or stops that. */
  block(id: string, other: string, on: boolean): void {
    const call = this.at(pairOf(id, other));
    if (on && !this.blocks(id, other) && call !== undefined) this.remove(call, id);
    if (on) this.#blocks.add(`${id} ${other}`);
    else this.#blocks.delete(`${id} ${other}`);
  }

  /** Those of the members who may be asked now; notes that they are. */
  ring(by: string, others: readonly string[]): string[] {
    const now = this.#now();
    const asked = others.filter((id) => now - (this.#rings.get(`${by} ${id}`) ?? -Infinity) >= RING_PAUSE_MS);
    for (const id of asked) this.#rings.set(`${by} ${id}`, now);
    return asked;
  }

  start(call: Pick<ModelCall, "id" | "key" | "room" | "by">, session: number, asked: readonly string[]): void {
    const until = this.#now() + RING_MS;
    const places = [{ id: call.by, stream: 0, session }, ...asked.map((id) => ({ id, until }))];
    const started = { ...call, places, untold: new Set<string>() };
    this.all.push(started);
    this.#tell(started);
  }

  /** Puts the session into the call; false if the call is full. */
  enter(call: ModelCall, id: string, session: number): boolean {
    const known = call.places.find((place) => place.id === id);
    if (known === undefined && call.places.length >= MAX_CALL_MEMBERS) return false;
    const place = known ?? { id };
    const taken = call.places.map(({ stream }) => stream);
    const isNew = !isIn(place);
    place.stream ??= [0, 1, 2, 3].find((stream) => !taken.includes(stream))!;
    place.session = session;
    place.until = undefined;
    if (known === undefined) call.places.push(place);
    if (isNew) this.#tell(call);
    return true;
  }

  /** Removes the member from a call. It ends when one is left, or none, and nobody else is asked. */
  remove(call: ModelCall, id: string): void {
    if (!call.places.some((place) => place.id === id)) return;
    call.places = call.places.filter((place) => place.id !== id);
    this.#tell(call);
    const entered = call.places.filter(isIn).length;
    if (entered === 0 || call.places.length === 1) this.all = this.all.filter((each) => each !== call);
  }

  /** Removes the member from the calls of a room, or from all. */
  leave(id: string, room: string | undefined): void {
    for (const call of this.all) if (room === undefined || call.room === room) this.remove(call, id);
  }

  /** The session has ended for good. */
  endSession(session: number): void {
    for (const call of this.all) {
      for (const place of call.places) if (place.session === session) this.remove(call, place.id);
    }
  }

  /** The connection of the session is lost. */
  suspend(session: number): void {
    for (const place of this.all.flatMap(({ places }) => places)) {
      if (place.session !== session) continue;
      place.session = undefined;
      place.until = this.#now() + GRACE_MS;
    }
  }

  expire(now: number): void {
    for (const call of this.all) {
      for (const { id, until } of call.places) if (until !== undefined && until <= now) this.remove(call, id);
    }
  }

  restart(): void {
    this.all = [];
    this.#rings.clear();
  }

  /** Notes who does not hear of the call: a member who blocks the one who has begun it. */
  #tell(call: ModelCall): void {
    const both = call.room === undefined ? call.key.split(" ") : [];
    call.untold = new Set(both.filter((id) => id !== call.by && this.blocks(id, call.by)));
  }
}

export function isIn({ stream }: ModelPlace): boolean {
  return stream !== undefined;
}

export function pairOf(one: string, other: string): string {
  return [one, other].toSorted().join(" ");
}
