import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Of, Stage } from "./stage.ts";

/** Random evenings of an owner and a few members, told to the hub and to a model of what is in force that is easily believed. */

const NAMES = ["ada", "bob", "eve"] as const;
const ROOMS = ["dev", "ops"] as const;

interface Person {
  readonly token: string;
  session: number | undefined;
  readonly rooms: Set<string>;
}

/** When it ends, by place (a room, or "" for the server) and name. */
type Terms = Map<string, number>;

const WHO = fc.constantFrom(...NAMES);
const WHERE = fc.constantFrom("", ...ROOMS);
const ROOM = fc.constantFrom(...ROOMS);
const SECONDS = fc.option(fc.constantFrom(1, 5, 30), { nil: undefined });

const STEP = fc.oneof(
  fc.record({ do: fc.constantFrom("join" as const, "post" as const, "leave" as const), who: WHO, room: ROOM }),
  fc.record({
    do: fc.constantFrom("join" as const, "post" as const),
    who: WHO,
    room: ROOM,
    password: fc.constant("sesame"),
  }),
  fc.record({ do: fc.constantFrom("ban" as const, "mute" as const), who: WHO, where: WHERE, seconds: SECONDS }),
  fc.record({ do: fc.constant("allow" as const), who: WHO, where: WHERE }),
  fc.record({ do: fc.constantFrom("lock" as const, "unlock" as const), room: ROOM, password: fc.boolean() }),
  fc.record({ do: fc.constant("lockdown" as const), on: fc.boolean() }),
  fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(1, 4, 30) }),
  fc.record({ do: fc.constant("restart" as const) }),
);
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

class Evening {
  readonly stage = new Stage();
  readonly people = new Map<string, Person>();
  readonly bans: Terms = new Map();
  readonly mutes: Terms = new Map();
  /** Who is let into a locked room, and whether by a password, too. */
  readonly locks = new Map<string, { readonly password: boolean; readonly admitted: Set<string> }>();
  readonly allowed = new Set<string>();
  lockdown = false;
  #owner = 0;
  #asked = 0;

  constructor() {
    this.#comeAsOwner();
    // Whoever makes a room moderates it: here that is nobody of those whom it is about.
    for (const room of ROOMS) {
      this.#owned({ type: "join", room });
      this.#owned({ type: "message", room, text: "kept from here on" });
    }
    for (const name of NAMES) {
      const session = this.stage.connect();
      this.stage.say(session, { type: "join", name });
      const { token } = (this.stage.events(session)[0] as Of<"joined">).you;
      this.people.set(name, { token, session, rooms: new Set() });
    }
  }

  take(step: Step): void {
    switch (step.do) {
      case "join":
        return this.#join(step.who, step.room, "password" in step ? step.password : undefined);
      case "leave":
        return this.#leave(step.who, step.room);
      case "post":
        return this.#post(step.who, step.room);
      case "ban":
        this.#lay(this.bans, "ban", step);
        return this.#throwOut(step.who, step.where);
      case "mute":
        return this.#lay(this.mutes, "mute", step);
      case "allow":
        return this.#allow(step.who, step.where);
      case "lock":
        return this.#lock(step.room, step.password);
      case "unlock":
        return assertEquals(this.#owned({ type: "lock", room: step.room, off: true }), this.locks.delete(step.room));
      case "lockdown":
        assertEquals(this.#owned({ type: "lockdown", on: step.on }), step.on || this.lockdown);
        this.lockdown = step.on;
        return;
      case "wait":
        return this.#wait(step.seconds);
      case "restart":
        return this.#restart();
    }
  }

  #join(name: string, room: string, password: string | undefined): void {
    const person = this.people.get(name)!;
    const session = person.session ?? this.stage.connect();
    const lock = this.locks.get(room);
    const opens = lock === undefined || person.rooms.has(room) || lock.admitted.has(name) ||
      this.allowed.has(`${room} ${name}`) || (lock.password && password !== undefined);
    const mayEnter = !this.#stands(this.bans, name, room) && opens;
    const answer = this.#ask(session, { type: "join", room, token: person.token, password });
    assertEquals(answer, mayEnter, `${name} joins ${room}`);
    if (!mayEnter) return;
    person.session = session;
    person.rooms.add(room);
    lock?.admitted.add(name);
  }

  #leave(name: string, room: string): void {
    const { session, rooms } = this.people.get(name)!;
    if (session !== undefined) assertEquals(this.#ask(session, { type: "leave", room }), rooms.delete(room));
  }

  #post(name: string, room: string): void {
    const { session, rooms } = this.people.get(name)!;
    if (session === undefined) return;
    const mayWrite = rooms.has(room) && !this.#stands(this.mutes, name, room) && !this.lockdown;
    assertEquals(this.#ask(session, { type: "message", room, text: "hi" }), mayWrite, `${name} writes in ${room}`);
  }

  #lay(terms: Terms, type: string, step: { who: string; where: string; seconds: number | undefined }): void {
    const { who: name, where, seconds } = step;
    assertEquals(this.#owned({ type, name, room: where === "" ? undefined : where, seconds }), true);
    terms.set(`${where} ${name}`, seconds === undefined ? Infinity : this.stage.now + 1_000 * seconds);
  }

  #throwOut(name: string, where: string): void {
    const person = this.people.get(name)!;
    if (where !== "") return void person.rooms.delete(where);
    if (person.session !== undefined) assertEquals(this.stage.closed.get(person.session), "kicked");
    person.session = undefined;
    person.rooms.clear();
  }

  #allow(name: string, where: string): void {
    const key = `${where} ${name}`;
    const lifted = [this.bans.delete(key), this.mutes.delete(key)].includes(true);
    const room = where === "" ? undefined : where;
    assertEquals(this.#owned({ type: "allow", name, room }), lifted || room !== undefined);
    if (room !== undefined) this.allowed.add(key);
  }

  #lock(room: string, password: boolean): void {
    assertEquals(this.#owned({ type: "lock", room, password: password ? "sesame" : undefined }), true);
    const inside = [...this.people].filter(([, { rooms }]) => rooms.has(room)).map(([name]) => name);
    this.locks.set(room, { password, admitted: new Set(inside) });
  }

  #wait(seconds: number): void {
    this.stage.pass(1_000 * seconds);
    for (const terms of [this.bans, this.mutes]) {
      for (const [key, until] of terms) if (until <= this.stage.now) terms.delete(key);
    }
  }

  #restart(): void {
    this.stage.restart();
    for (const person of this.people.values()) {
      person.session = undefined;
      person.rooms.clear();
    }
    this.#comeAsOwner();
  }

  #stands(terms: Terms, name: string, room: string): boolean {
    return terms.has(` ${name}`) || terms.has(`${room} ${name}`);
  }

  #comeAsOwner(): void {
    this.#owner = this.stage.connect(true, { privileged: true });
    // Whoever never joins is not let stay.
    this.#owned({ type: "join", name: "boss" });
  }

  #owned(command: object): boolean {
    return this.#ask(this.#owner, command);
  }

  /** Whether it was not refused. */
  #ask(session: number, command: object): boolean {
    this.stage.events(session);
    // The pace of commands is not what this is about.
    this.stage.now += 100;
    this.stage.say(session, { ...command, ref: `${++this.#asked}` });
    const errors = this.stage.events(session).filter((event) => event.type === "error");
    return errors.length === 0;
  }

  /** What the owner is told is in force is what the model has. */
  check(): void {
    this.stage.events(this.#owner);
    this.stage.say(this.#owner, { type: "orders" });
    const { orders } = this.stage.events(this.#owner).at(-1) as Of<"orders">;
    const standing = orders.filter(({ kind }) => kind !== "moderator").map(({ kind, room = "", member }) =>
      `${kind} ${room} ${member?.name ?? ""}`.trimEnd()
    );
    const expected = [
      ...[...this.bans.keys()].map((key) => `ban ${key}`),
      ...[...this.mutes.keys()].map((key) => `mute ${key}`),
      ...[...this.allowed].map((key) => `allow ${key}`),
      ...[...this.locks.keys()].map((room) => `lock ${room}`),
      ...this.lockdown ? ["lockdown"] : [],
    ];
    assertEquals(standing.sort(), expected.sort());
  }
}

Deno.test("whatever an owner lays down and lifts, everybody may do what is left, however often the server dies", () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 5, maxLength: 40, size: "max" }), (steps) => {
      const evening = new Evening();
      for (const step of steps) {
        evening.take(step);
        evening.check();
      }
    }),
    { numRuns: 1_000 },
  );
});
