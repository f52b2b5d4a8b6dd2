import { ProtocolError } from "../../../protocol/errors.ts";
import type { DirectCommand } from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import type { Caller } from "../../state/members/session.ts";
import type { Turn } from "../../turn.ts";
import { findPartner } from "../conversations/channel_lookup.ts";
import { checkRate, checkVoice } from "../voice.ts";

/**
 * Passes a step of a straight transfer on to all sessions of the other member. Nothing of it is kept. An offer counts as a
 * message. Throws `invalid`, `no_such_member`, `rate_limited`, or `forbidden` if the member may not write to the other, or that
 * one is not connected. A member who blocks the sender is told nothing, and neither is the sender.
 */
export function passOn(turn: Turn, { member }: Caller, { type, ref: _, to, ...step }: DirectCommand): void {
  const { registry, effects, now } = turn;
  const partner = findPartner(turn, to);
  if (partner === member) throw new ProtocolError("invalid", "This is you: name another member");
  checkVoice(registry, member, undefined);
  if (step.step === "offer") checkRate(member, now);
  const sessions = partner.sessions.map(({ id }) => id);
  if (sessions.length === 0) {
    throw new ProtocolError("forbidden", `${quote(partner.name)} is not connected: try again when they are back`);
  }
  if (registry.conversations.find(member.id, partner.id)?.blockedBy.has(partner.id)) return;
  const { id, name } = member;
  effects.push({ type: "broadcast", sessions, event: { type, from: { id, name }, ...step } });
}
