/** Steps of whoever keeps order, and what they lead to in the model. */

import { assert, assertEquals } from "@std/assert";
import { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import { NOTICES_BURST, NOTICES_PER_MINUTE } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import type { OrderKind, OrderModel } from "./restriction_model.ts";
import type { People, Person } from "./model_members.ts";
import { type OrderStep, OWNER, type RoomStep } from "./step.ts";
import type { Stage } from "../stage.ts";

/** What of the model these steps need. */
export interface Ordered {
  readonly stage: Stage;
  readonly people: People;
  readonly orders: OrderModel;
  readonly owner: number;
  readonly watcher: number;
  ask(session: number, command: object): ServerEvent | undefined;
  exists(room: string): boolean;
  /** The room has ended by a command. */
  forgetRoom(room: string): void;
}

/** Who does it; undefined for somebody who is not here. */
function doerOf(
  { people, owner }: Ordered,
  by: number,
): { readonly id?: string; readonly session: number } | undefined {
  if (by === OWNER) return { session: owner };
  const person = people.all[by];
  return person?.session === undefined ? undefined : { id: person.id, session: person.session };
}

/** The hub does what the model says is right, and nothing else; what is done is in the log. */
function command(model: Ordered, session: number, command: object, isRight: boolean): void {
  const before = model.stage.kept.audit.length;
  const answer = model.ask(session, command);
  assertEquals(answer?.type === "error" ? "refused" : "done", isRight ? "done" : "refused", JSON.stringify(command));
  assertEquals(model.stage.kept.audit.length > before, isRight, "What was done is not in the log, or what was not is");
}

export function takeOrderStep(model: Ordered, step: OrderStep): void {
  const doer = doerOf(model, step.by);
  const target = model.people.all[step.who];
  if (doer === undefined || target === undefined || !model.people.isPresent(target)) return;
  const { room, seconds } = step;
  const { orders } = model;
  const may = orders.moderates(doer.id, room);
  const outranks = doer.id !== target.id && orders.rank(doer.id, room) > orders.rank(target.id, room);
  const there = room === "" || model.exists(room);
  const ask = (type: string, isRight: boolean, more: object = {}) => {
    const laysDown = type !== "kick" && !("off" in more);
    if (isRight && laysDown && room !== "" && there) prepare(model, doer.id, room);
    command(model, doer.session, { type, name: target.name, ...room === "" ? {} : { room }, ...more }, isRight);
  };
  switch (step.do) {
    case "kick": {
      if (room === "") return;
      const isRight = may && outranks && target.rooms.has(room) && mayTell(model, doer.id, target, room);
      if (isRight) target.rooms.delete(room);
      return ask("kick", isRight);
    }
    case "ban": {
      const isRight = may && outranks && mayTell(model, doer.id, target, room) &&
        orders.mayEnd(doer.id, "ban", room, target.id);
      if (isRight) orders.noteTrust(doer.id, "ban", room, target.id);
      if (isRight) ban(model, target, room, seconds);
      return ask("ban", isRight, { seconds });
    }
    case "mute": {
      const isRight = may && outranks && mayTell(model, doer.id, target, room) &&
        orders.mayEnd(doer.id, "mute", room, target.id);
      if (isRight) orders.noteTrust(doer.id, "mute", room, target.id);
      if (isRight) mute(model, target, room, seconds);
      return ask("mute", isRight, { seconds });
    }
    case "allow":
      return allow(model, doer.id, target, room, may && there, ask);
    case "appoint": {
      const isRight = may && there && (room !== "" || doer.id === undefined);
      if (isRight) orders.appoint(doer.id, room, target.id);
      return ask("moderator", isRight);
    }
    case "dismiss": {
      const isRight = may && there && (room !== "" || doer.id === undefined) &&
        orders.dismiss(doer.id, room, target.id);
      return ask("moderator", isRight, { off: true });
    }
  }
}

function prepare({ orders, people }: Ordered, by: string | undefined, room: string): void {
  orders.prepare(by, room, people.all.some(({ id, account }) => id === by && account !== undefined));
}

/** A room of which something is said outlives the process. */
function lay(model: Ordered, kind: OrderKind, { id }: Person, room: string, seconds = Infinity): void {
  model.orders.lay(kind, room, id, room !== "" && model.exists(room), model.stage.now + 1_000 * seconds);
}

/** Whether a moderator has not told the target too much lately; it is noted. Who is not there hears nothing. */
function mayTell({ stage }: Ordered, by: string | undefined, target: Person, room: string): boolean {
  if (by === undefined || target.session === undefined || !(room === "" || target.rooms.has(room))) return true;
  const { notices } = target;
  if (!notices.has(by)) notices.set(by, new TokenBucket(NOTICE_RATE, stage.now));
  return notices.get(by)!.take(stage.now) === 0;
}

const NOTICE_RATE = { perSecond: NOTICES_PER_MINUTE / 60, burst: NOTICES_BURST };

function mute(model: Ordered, target: Person, room: string, seconds: number | undefined): void {
  lay(model, "mute", target, room, seconds);
  model.orders.holdName(room, target.id, target.name);
}

function ban(model: Ordered, target: Person, room: string, seconds: number | undefined): void {
  const { people } = model;
  lay(model, "ban", target, room, seconds);
  if (room === "") people.expel(target);
  else target.rooms.delete(room);
}

function allow(
  { orders }: Ordered,
  by: string | undefined,
  { id }: Person,
  room: string,
  may: boolean,
  ask: (type: string, isRight: boolean) => void,
): void {
  const against = (["ban", "mute"] as const).filter((kind) => orders.has(kind, room, id));
  const mayEnd = by !== id && against.every((kind) => orders.mayEnd(by, kind, room, id));
  const isRight = may && (against.length === 0 ? room !== "" : mayEnd);
  if (isRight) {
    for (const kind of against) orders.lift(kind, room, id);
    if (room !== "") orders.lay("allow", room, id, true);
  }
  ask("allow", isRight);
}

export function takeRoomStep(model: Ordered, step: RoomStep): void {
  const doer = doerOf(model, step.by);
  if (doer === undefined) return;
  const { orders, people } = model;
  if (step.do === "lockdown") {
    const { on } = step;
    const isRight = doer.id === undefined && (on || orders.lockdown);
    if (isRight) orders.lockdown = on;
    return command(model, doer.session, { type: "lockdown", on }, isRight);
  }
  const { room } = step;
  if (room === "") return;
  const may = orders.moderates(doer.id, room) && model.exists(room);
  if (step.do === "remove") {
    const isRight = may && room !== "lobby";
    command(model, doer.session, { type: "remove", room }, isRight);
    return isRight ? model.forgetRoom(room) : undefined;
  }
  if (step.do === "slow") {
    const isRight = may && orders.slowDown(room, step.seconds);
    if (isRight && step.seconds > 0) prepare(model, doer.id, room);
    return command(model, doer.session, { type: "slow", room, seconds: step.seconds }, isRight);
  }
  if (step.do === "unlock") {
    const isRight = may && orders.unlock(room);
    return command(model, doer.session, { type: "lock", room, off: true }, isRight);
  }
  const password = step.text === "" ? undefined : step.text;
  if (may) orders.lock(room, password, people.inRoom(room).map(({ id }) => id));
  if (may) prepare(model, doer.id, room);
  command(model, doer.session, { type: "lock", room, password }, may);
}

/** The owner's list of what is in force is that of the model. */
export function checkOrders(model: Ordered): void {
  const answer = model.ask(model.watcher, { type: "restrictions" });
  assert(answer?.type === "restrictions");
  const told = answer.restrictions.map(({ kind, room = "", member }) => `${kind} ${room} ${member?.id ?? ""}`);
  const roles = answer.moderators.map(({ room = "", member }) => `moderator ${room} ${member.id}`);
  assertEquals([...told, ...roles].sort(), model.orders.list);
}
