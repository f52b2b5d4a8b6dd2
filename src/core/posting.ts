import { ProtocolError } from "../protocol/errors.ts";
import { type AckEvent, DEFAULT_ROOM, type DirectMessage, type MessageCommand } from "../protocol/messages.ts";
import { quote } from "../protocol/names.ts";
import type { Effect } from "./effect.ts";
import type { Caller, Member } from "./member.ts";
import type { Registry } from "./registry.ts";
import { timestamp } from "./timestamp.ts";

/** A message to a room or to one member. A `ref` that was acknowledged before gets the same answer, and nothing else happens. */
export function post(registry: Registry, caller: Caller, command: MessageCommand, now: number): Effect[] {
  const before = command.ref === undefined ? undefined : caller.member.acknowledged(command.ref);
  if (before !== undefined) return [{ type: "send", session: caller.session.id, event: before }];
  if (command.to === undefined) return postToRoom(registry, caller, command, now);
  return postToMember(registry, caller, command.to, command, now);
}

function postToRoom(registry: Registry, { session, member }: Caller, command: MessageCommand, now: number): Effect[] {
  const name = command.room ?? DEFAULT_ROOM;
  const membership = member.memberships.get(name);
  if (membership === undefined || membership.absent !== undefined) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(name)}: join it first`);
  }
  checkRate(member, now);
  const id = registry.options.newId(now);
  const message = membership.room.post(member, id, command.text, timestamp(now));
  const effects: Effect[] = [
    { type: "append", message },
    { type: "publish", room: name, event: message, author: session.id },
  ];
  if (command.ref !== undefined) {
    const ack: AckEvent = { type: "ack", ref: command.ref, id, seq: message.seq, at: message.at };
    member.remember(ack);
    effects.push({ type: "send", session: session.id, event: ack });
  }
  return effects;
}

function postToMember(
  registry: Registry,
  { session, member }: Caller,
  to: string,
  command: MessageCommand,
  now: number,
): Effect[] {
  if (command.room !== undefined) {
    throw new ProtocolError("invalid", "Fields room and to exclude each other: name one of them");
  }
  const receiver = registry.named(to);
  if (receiver === undefined) throw new ProtocolError("no_such_member", `Nobody here is called ${quote(to)}`);
  checkRate(member, now);
  const id = registry.options.newId(now);
  const message: DirectMessage = {
    type: "message",
    id,
    to: receiver.info,
    from: member.info,
    text: command.text,
    at: timestamp(now),
  };
  const effects: Effect[] = [{ type: "send", session: session.id, event: message }];
  if (receiver.session === undefined && !receiver.keepWaiting(message)) {
    throw new ProtocolError("forbidden", `Too many messages wait for ${quote(receiver.name)} already: try again later`);
  }
  if (receiver.session !== undefined && receiver !== member) {
    effects.push({ type: "send", session: receiver.session.id, event: message });
  }
  if (command.ref !== undefined) {
    const ack: AckEvent = { type: "ack", ref: command.ref, id, at: message.at };
    member.remember(ack);
    effects.push({ type: "send", session: session.id, event: ack });
  }
  return effects;
}

function checkRate(member: Member, now: number): void {
  const wait = member.messages?.take(now) ?? 0;
  if (wait > 0) throw tooFast(wait);
}

/** `seconds` until the next command of that kind passes. */
export function tooFast(seconds: number): ProtocolError {
  const retryAfter = Math.ceil(seconds * 1000) / 1000;
  return new ProtocolError("rate_limited", `Too fast: try again in ${retryAfter} s`, { retryAfter });
}
