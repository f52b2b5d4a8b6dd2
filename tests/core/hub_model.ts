/** Random lives of a few people, told to the hub and to a model of rooms and members that is simple enough to believe. */

import { assert, assertEquals } from "@std/assert";
import { GRACE_MS } from "../../src/protocol/limits.ts";
import type { ServerEvent } from "../../src/protocol/messages.ts";
import { type Deed, LOOKS, type Step } from "./hub_steps.ts";
import { HubView, isDirect } from "./hub_view.ts";
import { brief, Stage } from "./stage.ts";

interface Person {
  name: string;
  readonly id: string;
  readonly token: string;
  session: number | undefined;
  /** The last message that was acknowledged. */
  last?: { readonly command: object; readonly ack: object };
  /** Direct messages to them, in order, and how many of them they have confirmed. */
  readonly directs: string[];
  confirmed: number;
  /** Rooms, and until when they are kept for somebody who is away from them. */
  readonly rooms: Map<string, { until?: number }>;
}

export class Model {
  readonly stage = new Stage();
  readonly people: Person[] = [];
  readonly #seqs = new Map<string, number>();
  readonly #topics = new Map<string, string>();
  readonly #views = new Map<number, HubView>();
  #refs = 0;

  /** How far it came, in a few words. */
  get outcome(): string {
    const { size } = this.#seqs;
    return `${
      this.people.length > 3 ? "many" : this.people.length
    } people, talk in ${size} rooms, ${this.#topics.size} topics`;
  }

  take(step: Step): void {
    this.#wait(100);
    if (step.do === "arrive") return this.#arrive(step.name, step.room);
    if (step.do === "wait") return this.#wait(step.ms);
    if (step.do === "restart") return this.#restart();
    const person = this.people[step.who];
    if (person === undefined) return;
    if (step.do === "return") return this.#return(person, step.room);
    if (person.session !== undefined) this.#act(person, person.session, step);
  }

  #act(person: Person, session: number, step: Deed): void {
    switch (step.do) {
      case "join":
        person.rooms.set(step.room, {});
        return this.#expect(session, { type: "join", room: step.room }, "joined");
      case "leave":
        return this.#leave(person, session, step.room);
      case "post":
      case "repeat":
        return this.#post(person, session, step.room, step.do === "repeat");
      case "resend":
        return this.#resend(person, session);
      case "whisper":
        return this.#whisper(person, session, step.name);
      case "confirm":
        return this.#confirm(person, session);
      case "topic":
        return this.#setTopic(person, session, step.room, step.text);
      case "look":
        return this.#lookAround(session, step.room);
      case "quit":
        person.session = undefined;
        person.rooms.clear();
        return this.#expect(session, { type: "leave" }, "goodbye");
      case "drop":
        this.#goAway(person);
        this.stage.drop(session);
        return;
      case "rename":
        if (!this.#isFree(step.name, person)) {
          return this.#expect(session, { type: "rename", name: step.name }, "error");
        }
        person.name = step.name;
        return this.#expect(session, { type: "rename", name: step.name }, "rename");
    }
  }

  #arrive(name: string, room: string): void {
    const session = this.#connect();
    if (!this.#isFree(name, undefined)) return this.#expect(session, { type: "join", name, room }, "error");
    const before = this.people.length;
    const joined = this.#answer(session, { type: "join", name, room });
    assert(joined?.type === "joined", brief(joined!));
    const { id, token } = joined.you;
    this.people.push({ name, id, token, session, directs: [], confirmed: 0, rooms: new Map([[room, {}]]) });
    assertEquals(this.people.length, before + 1);
  }

  #return(person: Person, room: string): void {
    const session = this.#connect();
    const join = { type: "join", token: person.token, room };
    if (!this.#isPresent(person) && !this.#isFree(person.name, person)) return this.#expect(session, join, "error");
    if (person.session !== undefined) this.#goAway(person);
    person.session = session;
    person.rooms.set(room, {});
    this.#expect(session, join, "joined");
    const view = this.#views.get(session)!;
    assertEquals(view.id, person.id);
    view.skipped = person.confirmed;
  }

  /** The process dies, and whoever was in a room has to come back to it. */
  #restart(): void {
    this.stage.restart();
    for (const person of this.people) {
      person.session = undefined;
      person.rooms.clear();
    }
  }

  #leave(person: Person, session: number, room: string): void {
    const membership = person.rooms.get(room);
    const inside = membership !== undefined && membership.until === undefined;
    if (inside) person.rooms.delete(room);
    this.#expect(session, { type: "leave", room, ref: "l" }, inside ? "leave" : "error");
  }

  #post(person: Person, session: number, room: string, twice: boolean): void {
    const membership = person.rooms.get(room);
    const message = { type: "message", room, text: "hi", ref: `${++this.#refs}` };
    if (membership === undefined || membership.until !== undefined) return this.#expect(session, message, "error");
    this.#seqs.set(room, (this.#seqs.get(room) ?? 0) + 1);
    const ack = this.#answer(session, message);
    assertEquals(ack?.type, "ack");
    person.last = { command: message, ack: ack! };
    if (twice) this.#resend(person, session);
  }

  /** Whatever became of it meanwhile: the first answer again, and nobody sees anything. */
  #resend({ last }: Person, session: number): void {
    if (last === undefined) return;
    // Whether it had to wait then is not kept.
    assertEquals({ ...this.#answer(session, last.command)!, waiting: 0 }, { ...last.ack, waiting: 0 } as object);
    assertEquals(this.stage.effects.length, 1);
  }

  #whisper(person: Person, session: number, name: string): void {
    const message = { type: "message", to: name, text: "psst", ref: `${++this.#refs}` };
    this.#look(session);
    this.stage.say(session, message);
    const kept = this.stage.effects.find((effect) => effect.type === "appendDirect");
    const answer = this.#look(session).at(-1)!;
    const known = this.stage.kept.members.some((member) => member.name === name);
    assertEquals(answer.type, kept === undefined ? "error" : "ack");
    assert(kept !== undefined || !known || this.#refuses(name), `${name} is known`);
    if (kept === undefined) return;
    const receiver = this.people.find(({ id }) => id === kept.message.to.id)!;
    person.last = { command: message, ack: answer };
    assertEquals(answer.type === "ack" && answer.waiting, receiver.session === undefined ? true : undefined);
    if (receiver !== person) receiver.directs.push(kept.message.id);
  }

  /** Whether the name was only ever that of somebody who has another one now. */
  #refuses(name: string): boolean {
    return !this.people.some((person) => person.name === name);
  }

  #confirm(person: Person, session: number): void {
    const { ping } = this.#views.get(session)!;
    if (ping === undefined) return;
    this.stage.say(session, { type: "pong", ref: ping });
    person.confirmed = Math.max(person.confirmed, person.directs.indexOf(ping.slice("direct ".length)) + 1);
  }

  #setTopic(person: Person, session: number, room: string, text: string): void {
    if (person.rooms.get(room)?.until !== undefined || !person.rooms.has(room)) return;
    this.#topics.set(room, text);
    this.#expect(session, { type: "topic", room, text }, "topic");
  }

  /** Who is asked about a room, or about all of them, says what there is. */
  #lookAround(session: number, room: string): void {
    const members = this.#answer(session, { type: "members", room });
    const there = this.#membersOf(room);
    if (members?.type === "members") assertEquals(members.members.map(({ name }) => name).sort(), there);
    else assertEquals(there, [], "Nobody is in a room that is not there");
    // Two commands take twice as long, or there would be too many of them.
    this.#wait(100);
    const rooms = this.#answer(session, { type: "rooms" });
    assert(rooms?.type === "rooms");
    for (const { name, count, topic } of rooms.rooms) {
      assertEquals([count, topic], [this.#membersOf(name).length, this.#topics.get(name) ?? ""], name);
    }
  }

  #connect(): number {
    const session = this.stage.connect();
    this.#views.set(session, new HubView());
    return session;
  }

  #goAway(person: Person): void {
    person.session = undefined;
    for (const room of person.rooms.keys()) person.rooms.set(room, { until: this.stage.now + GRACE_MS });
  }

  #wait(ms: number): void {
    const now = this.stage.now + ms;
    for (const { rooms } of this.people) {
      for (const [room, { until }] of rooms) if (until !== undefined && until <= now) rooms.delete(room);
    }
    this.stage.pass(ms);
  }

  #isPresent(person: Person): boolean {
    return person.session !== undefined || person.rooms.size > 0;
  }

  #isFree(name: string, self: Person | undefined): boolean {
    return !this.people.some((other) => other !== self && LOOKS[other.name] === LOOKS[name] && this.#isPresent(other));
  }

  #expect(session: number, command: object, type: ServerEvent["type"]): void {
    assertEquals(this.#answer(session, command)?.type, type, JSON.stringify(command));
  }

  /** The last event that the command brings to its sender. */
  #answer(session: number, command: object): ServerEvent | undefined {
    this.#look(session);
    this.stage.say(session, command);
    return this.#look(session).at(-1);
  }

  #look(session: number): ServerEvent[] {
    const events = this.stage.events(session);
    const view = this.#views.get(session)!;
    for (const event of events) view.fold(event);
    // What waits comes behind the answer to a join.
    return events.filter((event) => event.type !== "ping" && !(isDirect(event) && event.to.id === view.id));
  }

  /** What everybody sees is what there is. */
  check(): void {
    for (const { session, rooms, directs } of this.people) {
      if (session === undefined) continue;
      this.#look(session);
      const view = this.#views.get(session)!;
      assertEquals(view.directs, directs.slice(view.skipped));
      const here = [...rooms].filter(([, { until }]) => until === undefined).map(([room]) => room);
      assertEquals([...view.members.keys()].sort(), here.sort());
      for (const room of here) {
        assertEquals([...view.members.get(room)!.values()].sort(), this.#membersOf(room), room);
        assertEquals(view.seqs.get(room), this.#seqs.get(room) ?? 0, room);
        assertEquals(view.topics.get(room), this.#topics.get(room) ?? "", room);
      }
    }
    for (const [room, seq] of this.#seqs) {
      const seqs = this.stage.stored.filter((message) => message.room === room).map((message) => message.seq);
      assertEquals(seqs, Array.from({ length: seq }, (_, index) => index + 1));
    }
  }

  #membersOf(room: string): string[] {
    return this.people.filter(({ rooms }) => rooms.has(room)).map(({ name }) => name).sort();
  }
}
