/** Steps that lead into rooms: of those who are new, who come back, who log in, and who show what opens a lock. */

import { assert, assertEquals } from "@std/assert";
import { DEFAULT_ROOM } from "../../../src/protocol/conventions.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { isLockedOut, type Person } from "./model_members.ts";
import type { Ordered } from "./moderation_steps.ts";
import type { NewStep } from "./step.ts";
import type { HubView } from "./client_view.ts";

/** What opens the locks that have a password. */
const LOCK_PASSWORD = "tea";

/** What of the model these steps need. */
export interface Entered extends Ordered {
  connect(): number;
  viewOf(session: number): HubView;
  expect(session: number, command: object, type: ServerEvent["type"]): void;
}

export class Entering {
  readonly #model: Entered;

  constructor(model: Entered) {
    this.#model = model;
  }

  arrive(step: NewStep): void {
    const { people, orders, stage } = this.#model;
    const { name, room } = step;
    if (room === "") return;
    const session = this.#model.connect();
    const invite = step.do === "arriveBy" ? orders.invites[step.nth] : undefined;
    const open = invite !== undefined && invite.used < invite.uses && (invite.room === "" || invite.room === room);
    const command = { type: "join", name, room, password: invite?.secret };
    const isLocked = invite !== undefined && people.isLocked(stage.now);
    const isAdmitted = orders.admits(undefined, room, false, open);
    const isWrong = invite !== undefined && !isAdmitted && orders.admits(undefined, room, false, true);
    if (isWrong && !isLocked) people.guesses.push(stage.now);
    const isRight = !isLocked && isAdmitted && people.isFree(name, undefined);
    if (!isRight) return this.#model.expect(session, command, "error");
    const isShut = orders.isShut(room);
    const isNew = !this.#model.exists(room);
    const joined = this.#model.ask(session, command);
    assert(joined?.type === "joined", JSON.stringify(joined));
    const { id, token } = joined.you;
    people.add(id, name, token, session, room);
    if (isNew) orders.found(room, id);
    if (!isShut || invite === undefined) return;
    invite.used++;
    orders.passLock(room, id);
    // They were asked for nothing but the lock's key, so they may go elsewhere, too.
    if (invite.room !== "") orders.lay("allow", room, id, false);
  }

  invite(room: string, uses: number): void {
    const { owner, orders } = this.#model;
    const answer = this.#model.ask(owner, { type: "invite", uses, ...room === "" ? {} : { room } });
    assert(answer?.type === "invite", JSON.stringify(answer));
    orders.invites.push({ secret: answer.secret, room, uses, used: 0 });
  }

  /** One more room, or once more the same; `withKey` shows a password. */
  join(person: Person, session: number, room: string, withKey: boolean): void {
    const { orders, people, stage } = this.#model;
    const password = withKey ? LOCK_PASSWORD : undefined;
    const open = withKey && orders.isOpener(room, LOCK_PASSWORD);
    const isMember = person.rooms.has(room);
    const wasShut = !orders.admits(person.id, room, isMember, false);
    const isLocked = withKey && wasShut && people.isLocked(stage.now);
    const isRight = !isLocked && orders.admits(person.id, room, isMember, open);
    const command = { type: "join", room, password };
    if (!this.#mayBe(person, person.name, room)) return this.#model.expect(session, command, "error");
    if (isRight) {
      this.#into(person, room);
      if (wasShut) orders.passLock(room, person.id);
      return this.#model.expect(session, command, "joined");
    }
    this.#model.expect(session, command, "error");
    if (isLocked || !withKey || !orders.admits(person.id, room, isMember, true)) return;
    // A wrong password, and the last one that a connection has, or that all of them have.
    person.wrongs.push(stage.now);
    people.guesses.push(stage.now);
    if (isLockedOut(person.wrongs, stage.now) || people.isLocked(stage.now)) people.expel(person);
  }

  /** By the token, and the name that they had last. */
  comeBack(person: Person, room: string): void {
    const { people, orders } = this.#model;
    const session = this.#model.connect();
    const isRight = orders.admits(person.id, room, person.rooms.has(room), false) &&
      this.#mayBe(person, person.name, room) && (people.isPresent(person) || people.isFree(person.name, person));
    const command = { type: "join", token: person.token, name: person.name, room };
    if (!isRight) return this.#model.expect(session, command, "error");
    this.#takeOver(person, session, room);
    this.#model.expect(session, command, "joined");
    this.#arrived(person, session);
  }

  /** By the password of their account, under its name, or the one that they were muted by. */
  logIn(person: Person, room: string): void {
    if (person.account === undefined) return;
    const { orders, people, stage } = this.#model;
    const session = this.#model.connect();
    const [name = person.account] = orders.heldNames(person.id, [room, ...person.rooms.keys()]);
    const command = { type: "join", name: person.account, password: passwordOf(person), room };
    const isRight = !people.isLocked(stage.now) &&
      orders.admits(person.id, room, person.rooms.has(room), false) &&
      this.#mayBe(person, name, room) && people.isFree(name, person);
    if (!isRight) return this.#model.expect(session, command, "error");
    this.#takeOver(person, session, room);
    person.name = name;
    const joined = this.#model.ask(session, command);
    assert(joined?.type === "joined", JSON.stringify(joined));
    assertEquals(joined.you.name, name);
    person.token = joined.you.token;
    this.#arrived(person, session);
  }

  /** A stranger tries a password of theirs: after too many, not even the right one is compared. */
  guess(person: Person): void {
    if (person.account === undefined) return;
    const { people, stage } = this.#model;
    const session = this.#model.connect();
    const answer = this.#model.ask(session, { type: "auth", name: person.account, password: "letmein!" });
    assert(answer?.type === "error");
    const isLate = people.isLocked(stage.now);
    assertEquals(answer.code, isLate ? "rate_limited" : "wrong_password");
    if (!isLate) people.guesses.push(stage.now);
  }

  register(person: Person, session: number): void {
    const { people, stage } = this.#model;
    const isLocked = people.isLocked(stage.now);
    if (!isLocked) person.account = person.name;
    const command = { type: "register", password: passwordOf(person) };
    this.#model.expect(session, command, isLocked ? "error" : "registered");
  }

  /** A muted member keeps the name where others see it, and makes no room if muted everywhere. */
  #mayBe({ id, rooms }: Person, name: string, room: string): boolean {
    const { orders } = this.#model;
    if (orders.has("mute", "", id) && room !== DEFAULT_ROOM && !this.#model.exists(room)) return false;
    return orders.heldNames(id, [room, ...rooms.keys()]).every((held) => held === name);
  }

  #takeOver(person: Person, session: number, room: string): void {
    const { people, stage } = this.#model;
    if (person.session !== undefined) people.goAway(person, stage.now);
    person.session = session;
    person.wrongs = [];
    this.#into(person, room);
  }

  #into(person: Person, room: string): void {
    if (!this.#model.exists(room)) this.#model.orders.found(room, person.id);
    person.rooms.set(room, {});
  }

  #arrived(person: Person, session: number): void {
    const view = this.#model.viewOf(session);
    assertEquals(view.id, person.id);
    view.skipped = person.confirmed;
  }
}

function passwordOf({ id }: Person): string {
  return `password of ${id}`;
}
