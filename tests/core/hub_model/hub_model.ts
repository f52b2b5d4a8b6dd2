/** Random lives of a few people, told to the hub and to a model of rooms and members that is simple enough to believe. */

import { assert, assertEquals } from "@std/assert";
import { GRACE_MS } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { Changing } from "./change_steps.ts";
import { Entering } from "./join_steps.ts";
import { OrderModel } from "./restriction_model.ts";
import { checkOrders, takeOrderStep, takeRoomStep } from "./moderation_steps.ts";
import { People, type Person } from "./model_members.ts";
import { type PersonStep, ROOMS, type Step } from "./step.ts";
import { HubView, isDirect } from "./client_view.ts";
import { Stage } from "../stage.ts";

export class Model {
  readonly stage = new Stage();
  readonly people = new People();
  readonly orders = new OrderModel();
  readonly #entering = new Entering(this);
  readonly #changing = new Changing(this);
  readonly #topics = new Map<string, string>();
  readonly #views = new Map<number, HubView>();
  /** Rooms there were after the last step. */
  readonly #existing = new Set<string>();
  /** Rooms from before a restart that end when the grace is over. */
  readonly #deserted = new Set<string>();
  /** When the first tick after a restart was. */
  #started: number | undefined;
  #refs = 0;
  readonly #owners = [this.connect(true), this.connect(true)];

  /** How far it came, in a few words. */
  get outcome(): string {
    const crowd = this.people.all.length > 3 ? "many" : this.people.all.length;
    const kinds = new Set(this.orders.list.map((order) => order.split(" ")[0]));
    kinds.delete("moderator");
    return `${crowd} people, ${
      ROOMS.every((room) => this.#changing.count(room) === 0) ? "silence" : "talk"
    }, ${kinds.size} kinds of order`;
  }

  take(step: Step): void {
    this.wait(100);
    switch (step.do) {
      case "arrive":
      case "arriveBy":
        return this.#entering.arrive(step);
      case "wait":
        return this.wait(step.ms);
      case "restart":
        return this.#restart();
      case "invite":
        return this.#entering.invite(step.room, step.uses);
      case "kick":
      case "ban":
      case "mute":
      case "allow":
      case "appoint":
      case "dismiss":
        return takeOrderStep(this, step);
      case "lock":
      case "unlock":
      case "remove":
      case "slow":
      case "lockdown":
        return takeRoomStep(this, step);
      default:
        return this.#takePersonStep(step);
    }
  }

  #takePersonStep(step: PersonStep): void {
    const person = this.people.all[step.who];
    if (person === undefined || ("room" in step && step.room === "")) return;
    if (step.do === "return") return this.#entering.comeBack(person, step.room);
    if (step.do === "login") return this.#entering.logIn(person, step.room);
    if (step.do === "guess") return this.#entering.guess(person);
    if (person.session !== undefined) this.#act(person, person.session, step);
  }

  #act(person: Person, session: number, step: PersonStep): void {
    switch (step.do) {
      case "join":
      case "enter":
        return this.#entering.join(person, session, step.room, step.do === "enter");
      case "register":
        return this.#entering.register(person, session);
      case "leave": {
        const inside = this.#isInside(person, step.room);
        if (inside) person.rooms.delete(step.room);
        return this.expect(session, { type: "leave", room: step.room }, inside ? "leave" : "error");
      }
      case "post":
      case "repeat":
        return this.#post(person, session, step.room, step.do === "repeat");
      case "edit":
      case "unsay":
      case "react":
        return this.#changing.take(person, session, step, this.#isInside(person, step.room));
      case "resend":
        return this.#resend(person, session);
      case "whisper":
        return this.#whisper(person, session, step.name);
      case "confirm":
        return this.#confirm(person, session);
      case "topic": {
        const { room, text } = step;
        const may = this.#isInside(person, room) && this.orders.hears(person.id, room, person.account !== undefined);
        if (may) this.#keep(room, () => this.#topics.set(room, text));
        if (may && text !== "") this.orders.prepare(person.id, room, person.account !== undefined);
        return this.expect(session, { type: "topic", room, text }, may ? "topic" : "error");
      }
      case "look":
        return this.#lookAround(person, session, step.room);
      case "quit":
        this.people.expel(person);
        this.stage.say(session, { type: "leave" });
        return assertEquals(this.look(session).at(-1)?.type, "goodbye");
      case "drop":
        this.people.goAway(person, this.stage.now);
        return this.stage.drop(session);
      case "rename": {
        const isHeld = ["", ...person.rooms.keys()].some((room) => this.orders.isMuted(person.id, room));
        const isRight = !isHeld && this.people.isFree(step.name, person);
        if (isRight) person.name = step.name;
        return this.expect(session, { type: "rename", name: step.name }, isRight ? "rename" : "error");
      }
    }
  }

  /** The process dies, and whoever was in a room has to come back to it. */
  #restart(): void {
    this.stage.restart();
    this.people.restart();
    this.orders.restart();
    for (const room of ROOMS) {
      if (this.orders.lasting.has(room)) continue;
      if (this.orders.kept.has(room)) this.#deserted.add(room);
      else if (this.#existing.delete(room)) this.orders.lose(room);
    }
    this.#started = undefined;
  }

  forgetRoom(room: string): void {
    for (const { rooms } of this.people.inRoom(room)) rooms.delete(room);
    this.orders.lasting.delete(room);
    this.#deserted.delete(room);
    this.#changing.forget(room);
  }

  /** Rooms that nothing keeps any longer have ended, with all that belongs to them. */
  #endRooms(): void {
    for (const room of ROOMS) {
      if (this.people.inRoom(room).length > 0) this.#deserted.delete(room);
      if (this.exists(room)) this.#existing.add(room);
      else if (this.#existing.delete(room)) {
        this.orders.drop(room);
        this.#topics.delete(room);
      }
    }
  }

  #isInside({ rooms }: Person, room: string): boolean {
    return rooms.has(room) && rooms.get(room)!.until === undefined;
  }

  #keep(room: string, change: () => unknown): void {
    change();
    this.orders.kept.add(room);
  }

  #post(person: Person, session: number, room: string, twice: boolean): void {
    const message = { type: "message", room, text: "hi", ref: this.newRef() };
    const may = this.#isInside(person, room) && this.orders.hears(person.id, room, person.account !== undefined) &&
      this.orders.takesTurn(person.id, room, this.stage.now);
    if (!may) return this.expect(session, message, "error");
    this.#keep(room, () => this.#changing.note(room, person.id, "hi"));
    this.orders.lasting.add(room);
    const ack = this.ask(session, message);
    assertEquals(ack?.type, "ack");
    person.last = { command: message, ack: ack! };
    if (twice) this.#resend(person, session);
  }

  /** Whatever became of it meanwhile: the first answer again, and nobody sees anything. */
  #resend({ last }: Person, session: number): void {
    if (last === undefined) return;
    // Whether it had to wait then is not kept.
    assertEquals({ ...this.ask(session, last.command)!, waiting: 0 }, { ...last.ack, waiting: 0 } as object);
    assertEquals(this.stage.effects.length, 1);
  }

  #whisper(person: Person, session: number, name: string): void {
    const answer = this.ask(session, { type: "message", to: name, text: "psst", ref: this.newRef() })!;
    const kept = this.stage.effects.find((effect) => effect.type === "appendDirect");
    assertEquals(answer.type, kept === undefined ? "error" : "ack");
    const mayWrite = this.orders.hears(person.id, "", person.account !== undefined);
    if (!mayWrite) assertEquals(kept, undefined, "Who is muted whispers");
    else assert(kept !== undefined || !this.people.all.some((one) => one.name === name), `${name} is known`);
    if (kept === undefined) return;
    const { message } = kept;
    const receiver = this.people.all.find(({ id }) => id === message.to.id)!;
    person.last = { command: { type: "message", to: name, text: "psst", ref: kept.ref }, ack: answer };
    assertEquals(answer.type === "ack" && answer.waiting, receiver.session === undefined ? true : undefined);
    if (receiver !== person) receiver.directs.push(message.id);
  }

  #confirm(person: Person, session: number): void {
    const { ping } = this.#views.get(session)!;
    if (ping === undefined) return;
    this.stage.say(session, { type: "pong", ref: ping });
    person.confirmed = Math.max(person.confirmed, person.directs.indexOf(ping.slice("direct ".length)) + 1);
  }

  /** Who is asked about a room, or about all of them, says what there is. */
  #lookAround(person: Person, session: number, room: string): void {
    const answer = this.ask(session, { type: "members", room });
    const isShut = (room: string) =>
      this.orders.isShut(room) && !person.rooms.has(room) && this.orders.rank(person.id, room) === 0;
    const there = isShut(room) ? [] : this.people.inRoom(room).map(({ id, name, account }) => {
      return `${name}${this.orders.rank(id, room) > 0 ? " moderates" : ""}${
        account?.toLowerCase() === name.toLowerCase() ? " as ever" : ""
      }`;
    });
    const told = answer?.type !== "members" ? [] : answer.members.map(({ name, role, account }) => {
      return `${name}${role === undefined ? "" : " moderates"}${account ? " as ever" : ""}`;
    });
    assertEquals(told.sort(), there.sort(), room);
    // Two commands take twice as long, or there would be too many of them.
    this.wait(100);
    const rooms = this.ask(session, { type: "rooms" });
    assert(rooms?.type === "rooms");
    for (const { name, count, topic } of rooms.rooms) {
      const shown = isShut(name) ? "" : this.#topics.get(name) ?? "";
      assertEquals([count, topic], [this.people.inRoom(name).length, shown], name);
    }
  }

  /** Whoever runs the server: connected, and in no room. */
  get owner(): number {
    return this.#stillOpen(0);
  }

  /** The same on another connection, so that looking does not slow down doing. */
  get watcher(): number {
    return this.#stillOpen(1);
  }

  /** Nobody may stay for long without having joined. */
  #stillOpen(index: number): number {
    if (this.stage.closed.has(this.#owners[index]!)) this.#owners[index] = this.connect(true);
    return this.#owners[index]!;
  }

  /** That nobody has used yet. */
  newRef(): string {
    return `m${++this.#refs}`;
  }

  exists(room: string): boolean {
    return this.orders.lasting.has(room) || this.#deserted.has(room) || this.people.inRoom(room).length > 0;
  }

  viewOf(session: number): HubView {
    return this.#views.get(session)!;
  }

  connect(privileged = false): number {
    const session = this.stage.connect(true, { privileged });
    this.#views.set(session, new HubView());
    return session;
  }

  wait(ms: number): void {
    const now = this.stage.now + ms;
    this.people.endGraces(now);
    this.orders.end(now);
    this.#started ??= now;
    if (now >= this.#started + GRACE_MS) this.#deserted.clear();
    this.#endRooms();
    this.stage.pass(ms);
  }

  expect(session: number, command: object, type: ServerEvent["type"]): void {
    assertEquals(this.ask(session, command)?.type, type, JSON.stringify(command));
  }

  /** What answers the command; passwords are hashed at once. */
  ask(session: number, command: object): ServerEvent | undefined {
    const ref = "ref" in command ? command.ref : `r${++this.#refs}`;
    this.look(session);
    this.stage.say(session, { ...command, ref });
    if (this.stage.hashes.length > 0) this.stage.hash();
    return this.look(session).find((event) => "ref" in event && event.ref === ref);
  }

  look(session: number): ServerEvent[] {
    const events = this.stage.events(session);
    const view = this.viewOf(session);
    for (const event of events) view.fold(event);
    // What waits comes behind the answer to a join.
    return events.filter((event) => event.type !== "ping" && !(isDirect(event) && event.to.id === view.id));
  }

  /** What everybody sees is what there is. */
  check(): void {
    this.#endRooms();
    for (const person of this.people.all) if (person.session !== undefined) this.#checkView(person, person.session);
    for (const room of ROOMS) {
      const seqs = this.stage.stored.filter((entry) => entry.room === room).map(({ seq }) => seq);
      assertEquals(seqs, Array.from({ length: this.#changing.count(room) }, (_, index) => index + 1));
    }
    this.#changing.check();
    checkOrders(this);
  }

  #checkView({ rooms, directs }: Person, session: number): void {
    this.look(session);
    const view = this.viewOf(session);
    assertEquals(view.directs, directs.slice(view.skipped));
    const here = [...rooms].filter(([, { until }]) => until === undefined).map(([room]) => room);
    assertEquals([...view.members.keys()].sort(), here.sort());
    for (const room of here) {
      const names = this.people.inRoom(room).map(({ name }) => name);
      assertEquals([...view.members.get(room)!.values()].sort(), names.sort(), room);
      assertEquals(view.seqs.get(room), this.#changing.count(room), room);
      assertEquals(view.topics.get(room), this.#topics.get(room) ?? "", room);
    }
  }
}
