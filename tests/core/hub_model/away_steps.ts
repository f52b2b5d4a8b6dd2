/** Steps of members who are away, back, idle, or press keys again, and what others are told of it. */

import { assertEquals } from "@std/assert";
import { AWAY_INTERVAL_MS } from "../../../src/protocol/limits.ts";
import type { Away, ServerEvent } from "../../../src/protocol/messages/messages.ts";
import type { ModelMember, ModelSession } from "./model_members.ts";
import type { RestrictionModel } from "./restriction_model.ts";
import type { AwayStep } from "./step.ts";

/** The part of the model that these steps use. */
export interface AwayContext {
  readonly restrictions: RestrictionModel;
  ask(session: number, command: object): ServerEvent | undefined;
}

export function applyAwayStep(model: AwayContext, member: ModelMember, own: ModelSession, step: AwayStep): void {
  switch (step.do) {
    case "away": {
      const { text } = step;
      const places = ["", ...member.rooms.keys()];
      const isRight = text === "" || !places.some((room) => model.restrictions.isMuted(member.id, room));
      const answer = model.ask(own.id, { type: "away", ...text === "" ? {} : { text } });
      assertEquals(answer?.type, isRight ? "away" : "error");
      if (isRight) member.away = text;
      return;
    }
    case "back":
      assertEquals(model.ask(own.id, { type: "away", off: true })?.type, "away");
      member.away = undefined;
      return;
    case "idle":
    case "use":
      own.idle = step.do === "idle";
      model.ask(own.id, { type: "away", idle: true, ...own.idle ? {} : { off: true } });
      return noteIdleness(member);
  }
}

/** Must be called when a session begins, ends, or says whether it is idle. */
export function noteIdleness(member: ModelMember): void {
  if (member.sessions.length > 0) member.idle = member.sessions.every(({ idle }) => idle);
}

/** A mute hides the text at once. */
export function dropAwayText(member: ModelMember, now: number): void {
  if (member.away !== undefined) member.away = "";
  if (/^away ./.test(member.told)) tell(member, now);
}

/** The away states that a tick tells the others; nothing about the same member again for a while. */
export function tellAway(member: ModelMember, now: number): void {
  if (stateOf(member) !== member.told && now - member.toldAt >= AWAY_INTERVAL_MS) tell(member, now);
}

function tell(member: ModelMember, now: number): void {
  member.told = stateOf(member);
  member.toldAt = now;
}

function stateOf({ away, idle }: ModelMember): string {
  return away === undefined ? idle ? "idle" : "" : `away ${away}`;
}

/** A member who left is neither away nor idle on return. */
export function forgetAway(member: ModelMember): void {
  member.away = undefined;
  member.idle = false;
  member.told = "";
  member.toldAt = -Infinity;
}

/** The state of `away`, as `told` has it. */
export function awayState(away: Away | undefined): string {
  if (away === undefined) return "";
  return away.idle ? "idle" : `away ${away.text ?? ""}`;
}
