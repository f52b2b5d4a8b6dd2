/** Steps of moderators and the owner, with their effects on the model. */

import { assert, assertEquals } from "@std/assert";
import { TokenBucket } from "../../../src/core/state/token_bucket.ts";
import { NOTICES_BURST, NOTICES_PER_MINUTE } from "../../../src/protocol/limits.ts";
import type { ServerEvent } from "../../../src/protocol/messages/messages.ts";
import { dropAwayText } from "./away_steps.ts";
import type { RestrictionKind, RestrictionModel } from "./restriction_model.ts";
import type { ModelMember, ModelMembers } from "./model_members.ts";
import { type ModerationStep, OWNER, type RoomStep } from "./step.ts";
import type { Stage } from "../stage.ts";

/** The part of the model that these steps use. */
export interface ModerationContext {
  readonly stage: Stage;
  readonly members: ModelMembers;
  readonly restrictions: RestrictionModel;
  readonly owner: number;
  readonly watcher: number;
  ask(session: number, command: object): ServerEvent | undefined;
  exists(room: string): boolean;
  /** Ends a room that a command has removed. */
  removeRoom(room: string): void;
}

/** The author of the step; `undefined` if that member is absent. */
function authorOf(
  { members, owner }: ModerationContext,
  by: number,
): { readonly id?: string; readonly session: number } | undefined {
  if (by === OWNER) return { session: owner };
  const member = members.all[by];
  const session = member?.sessions[0];
  return session === undefined ? undefined : { id: member!.id, session: session.id };
}

/** Sends the command and asserts that the hub accepts it exactly if `isRight`, and logs it exactly then. */
function command(model: ModerationContext, session: number, command: object, isRight: boolean): void {
  const before = model.stage.store.audit.length;
  const answer = model.ask(session, command);
  assertEquals(answer?.type === "error" ? "refused" : "done", isRight ? "done" : "refused", JSON.stringify(command));
  assertEquals(model.stage.store.audit.length > before, isRight, "The audit log disagrees with the answer");
}

export function applyModerationStep(model: ModerationContext, step: ModerationStep): void {
  const author = authorOf(model, step.by);
  const target = model.members.all[step.who];
  if (author === undefined || target === undefined || !model.members.isPresent(target)) return;
  const { room, seconds } = step;
  const { restrictions } = model;
  const may = restrictions.moderates(author.id, room);
  const outranks = author.id !== target.id && restrictions.rank(author.id, room) > restrictions.rank(target.id, room);
  const there = room === "" || model.exists(room);
  const ask = (type: string, isRight: boolean, more: object = {}) => {
    const restricts = type !== "kick" && !("off" in more);
    if (isRight && restricts && room !== "" && there) prepare(model, author.id, room);
    command(model, author.session, { type, name: target.name, ...room === "" ? {} : { room }, ...more }, isRight);
  };
  switch (step.do) {
    case "kick": {
      if (room === "") return;
      const isRight = may && outranks && target.rooms.has(room) && mayNotify(model, author.id, target, room);
      if (isRight) model.members.leaveRoom(target, room);
      return ask("kick", isRight);
    }
    case "ban": {
      const isRight = may && outranks && mayNotify(model, author.id, target, room) &&
        restrictions.mayEnd(author.id, "ban", room, target.id);
      if (isRight) restrictions.noteTrust(author.id, "ban", room, target.id);
      if (isRight) ban(model, target, room, seconds);
      return ask("ban", isRight, { seconds });
    }
    case "mute": {
      const isRight = may && outranks && mayNotify(model, author.id, target, room) &&
        restrictions.mayEnd(author.id, "mute", room, target.id);
      if (isRight) restrictions.noteTrust(author.id, "mute", room, target.id);
      if (isRight) mute(model, target, room, seconds);
      return ask("mute", isRight, { seconds });
    }
    case "allow":
      return allow(model, author.id, target, room, may && there, ask);
    case "appoint": {
      const isRight = may && there && (room !== "" || author.id === undefined);
      if (isRight) restrictions.appoint(author.id, room, target.id);
      return ask("moderator", isRight);
    }
    case "dismiss": {
      const isRight = may && there && (room !== "" || author.id === undefined) &&
        restrictions.dismiss(author.id, room, target.id);
      return ask("moderator", isRight, { off: true });
    }
  }
}

function prepare({ restrictions, members }: ModerationContext, by: string | undefined, room: string): void {
  restrictions.prepare(by, room, members.all.some(({ id, account }) => id === by && account !== undefined));
}

/** Adds the restriction; an existing room is stored from then on. */
function restrict(
  model: ModerationContext,
  kind: RestrictionKind,
  { id }: ModelMember,
  room: string,
  seconds = Infinity,
): void {
  model.restrictions.add(kind, room, id, room !== "" && model.exists(room), model.stage.now + 1_000 * seconds);
}

/** Whether the notices of a moderator to the target are within their rate; counts one. An absent target gets none. */
function mayNotify({ stage }: ModerationContext, by: string | undefined, target: ModelMember, room: string): boolean {
  if (by === undefined || target.sessions.length === 0 || !(room === "" || target.rooms.has(room))) return true;
  const { notices } = target;
  if (!notices.has(by)) notices.set(by, new TokenBucket(NOTICE_RATE, stage.now));
  return notices.get(by)!.take(stage.now) === 0;
}

const NOTICE_RATE = { perSecond: NOTICES_PER_MINUTE / 60, burst: NOTICES_BURST };

function mute(model: ModerationContext, target: ModelMember, room: string, seconds: number | undefined): void {
  restrict(model, "mute", target, room, seconds);
  model.members.calls.leave(target.id, room === "" ? undefined : room);
  if (room === "" || target.rooms.has(room)) dropAwayText(target, model.stage.now);
  model.restrictions.holdName(room, target.id, target.name);
}

function ban(model: ModerationContext, target: ModelMember, room: string, seconds: number | undefined): void {
  const { members } = model;
  restrict(model, "ban", target, room, seconds);
  if (room === "") delete target.owned;
  if (room === "") members.expel(target);
  else members.leaveRoom(target, room);
}

function allow(
  { restrictions }: ModerationContext,
  by: string | undefined,
  { id }: ModelMember,
  room: string,
  may: boolean,
  ask: (type: string, isRight: boolean) => void,
): void {
  const against = (["ban", "mute"] as const).filter((kind) => restrictions.has(kind, room, id));
  const mayEnd = by !== id && against.every((kind) => restrictions.mayEnd(by, kind, room, id));
  const isRight = may && (against.length === 0 ? room !== "" : mayEnd);
  if (isRight) {
    for (const kind of against) restrictions.remove(kind, room, id);
    if (room !== "") restrictions.add("allow", room, id, true);
  }
  ask("allow", isRight);
}

export function applyRoomStep(model: ModerationContext, step: RoomStep): void {
  const author = authorOf(model, step.by);
  if (author === undefined) return;
  const { restrictions, members } = model;
  if (step.do === "lockdown") {
    const { on } = step;
    const isRight = author.id === undefined && (on || restrictions.lockdown);
    if (isRight) restrictions.lockdown = on;
    return command(model, author.session, { type: "lockdown", on }, isRight);
  }
  const { room } = step;
  if (room === "") return;
  const may = restrictions.moderates(author.id, room) && model.exists(room);
  if (step.do === "remove") {
    const isRight = may && room !== "lobby";
    command(model, author.session, { type: "remove", room }, isRight);
    return isRight ? model.removeRoom(room) : undefined;
  }
  if (step.do === "slow") {
    const isRight = may && restrictions.setSlowMode(room, step.seconds);
    if (isRight && step.seconds > 0) prepare(model, author.id, room);
    return command(model, author.session, { type: "slow", room, seconds: step.seconds }, isRight);
  }
  if (step.do === "unlock") {
    const isRight = may && restrictions.unlock(room);
    return command(model, author.session, { type: "lock", room, off: true }, isRight);
  }
  const password = step.text === "" ? undefined : lockPassword(step.text);
  if (may) restrictions.lock(room, password, members.inRoom(room).map(({ id }) => id));
  if (may) prepare(model, author.id, room);
  command(model, author.session, { type: "lock", room, password }, may);
}

/** A password that is like no other text. */
export function lockPassword(text: string): string {
  return `the password ${text}`;
}

/** Asserts that the owner's list of restrictions and roles equals the model's. */
export function checkRestrictions(model: ModerationContext): void {
  const answer = model.ask(model.watcher, { type: "restrictions" });
  assert(answer?.type === "restrictions");
  const restrictions = answer.restrictions.map(({ kind, room = "", member }) => `${kind} ${room} ${member?.id ?? ""}`);
  const roles = answer.moderators.map(({ room = "", member }) => `moderator ${room} ${member.id}`);
  assertEquals([...restrictions, ...roles].sort(), model.restrictions.list);
}
