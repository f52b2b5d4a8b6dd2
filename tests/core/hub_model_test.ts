import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { GRACE_MS } from "../../src/protocol/limits.ts";
import type { DirectMessage, ServerEvent } from "../../src/protocol/messages.ts";
import { brief, Stage } from "./stage.ts";

/** Random lives of a few people, told to the hub and to a model of rooms and members that is simple enough to believe. */

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

/** What one connection knows from the events that it was sent. */
interface View {
  /** Of the member whose connection it is. */
  id?: string;
  readonly members: Map<string, Map<string, string>>;
  readonly seqs: Map<string, number>;
  /** Direct messages to whoever has the connection, and how many were confirmed before it. */
  readonly directs: string[];
  skipped: number;
  ping?: string;
}

type Step =
  | { readonly do: "arrive"; readonly name: string; readonly room: string }
  | { readonly do: "join" | "leave" | "post" | "repeat" | "return"; readonly who: number; readonly room: string }
  | { readonly do: "quit" | "drop" | "resend" | "confirm"; readonly who: number }
  | { readonly do: "whisper"; readonly who: number; readonly name: string }
  | { readonly do: "restart" }
  | { readonly do: "rename"; readonly who: number; readonly name: string }
  | { readonly do: "wait"; readonly ms: number };

const NAME = fc.constantFrom("ada", "bob", "eve", "kim", "zoe");
const ROOM = fc.constantFrom("lobby", "dev", "ops");
const WHO = fc.nat(7);

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("arrive" as const), name: NAME, room: ROOM }),
  fc.record({ do: fc.constantFrom("join", "leave", "post", "repeat", "return"), who: WHO, room: ROOM }),
  fc.record({ do: fc.constantFrom("quit", "drop", "drop", "resend", "confirm"), who: WHO }),
  fc.record({ do: fc.constant("whisper" as const), who: WHO, name: NAME }),
  fc.record({ do: fc.constant("restart" as const) }),
  fc.record({ do: fc.constant("rename" as const), who: WHO, name: NAME }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 5_000, GRACE_MS - 1, GRACE_MS) }),
);

class Model {
  readonly stage = new Stage();
  readonly people: Person[] = [];
  readonly #seqs = new Map<string, number>();
  readonly #views = new Map<number, View>();
  #refs = 0;

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

  #act(person: Person, session: number, step: Exclude<Step, { do: "arrive" | "wait" | "restart" }>): void {
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

  #connect(): number {
    const session = this.stage.connect();
    this.#views.set(session, { members: new Map(), seqs: new Map(), directs: [], skipped: 0 });
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
    return !this.people.some((other) => other !== self && other.name === name && this.#isPresent(other));
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
    for (const event of events) fold(view, event);
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

function isDirect(event: ServerEvent): event is DirectMessage {
  return event.type === "message" && "to" in event;
}

/** As a client would that believes whatever it is told. */
function fold(view: View, event: ServerEvent): void {
  switch (event.type) {
    case "ping":
      view.ping = event.ref;
      return;
    case "joined":
      view.id = event.you.id;
      assertEquals(event.members.length, event.count);
      view.members.set(event.room.name, new Map(event.members.map(({ id, name }) => [id, name])));
      view.seqs.set(event.room.name, event.seq);
      return;
    case "join": {
      const members = view.members.get(event.room)!;
      assert(!members.has(event.member.id), `${event.member.name} joined twice`);
      members.set(event.member.id, event.member.name);
      return;
    }
    case "leave":
      if (event.ref !== undefined) return void view.members.delete(event.room);
      assert(view.members.get(event.room)!.delete(event.member.id), `${event.member.name} left twice`);
      return;
    case "rename":
      for (const members of view.members.values()) {
        if (members.has(event.member.id)) members.set(event.member.id, event.member.name);
      }
      return;
    case "message":
      if (isDirect(event)) {
        if (event.to.id === view.id && event.from.id !== view.id) view.directs.push(event.id);
        return;
      }
      assertEquals(event.seq, view.seqs.get(event.room)! + 1, `seq in ${event.room}`);
      view.seqs.set(event.room, event.seq);
  }
}

Deno.test("whatever a few people do and however often the server dies, everyone sees who is there and every message once, in order", () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
      const model = new Model();
      for (const step of steps) {
        model.take(step);
        model.check();
      }
    }),
    { numRuns: 5_000 },
  );
});
