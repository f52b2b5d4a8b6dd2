/** Direct messages: accepted for a member, sent in batches, and kept until the member's client confirms them. */

import { ProtocolError } from "../../protocol/errors.ts";
import { withSignature } from "../../protocol/identity/entry_signature.ts";
import { MAX_WAITING_DIRECT, MAX_WAITING_FROM_GUESTS, MAX_WAITING_FROM_SENDER } from "../../protocol/limits.ts";
import type { AckEvent, DirectMessage, MessageCommand } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Member, MemberSession } from "../state/members/member.ts";
import type { Registry } from "../state/registry.ts";
import { DirectQueue } from "../state/members/direct_queue.ts";
import type { Caller, Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { checkIdTime, checkRate, checkVoice, idTaken } from "./voice.ts";

/** A ping with this prefix asks for the confirmation of direct messages; the id of the last one follows. */
const PING_PREFIX = "direct ";

/** Posts a message to the member called `to`. Throws `no_such_member`, `forbidden` or `rate_limited`. */
export function postToMember(turn: Turn, caller: Caller, to: string, command: MessageCommand): void {
  const { registry, now, effects } = turn;
  const { session, member } = caller;
  checkFields(command);
  const receiver = registry.findMember(to, now);
  const waiting = receiver.sessions.length === 0;
  checkVoice(registry, member, undefined);
  checkRate(member, now);
  const { text, ref } = command;
  if (repeatDirect(turn, caller, receiver, command)) return;
  if (waiting) checkWaiting(registry, receiver, member);
  const id = command.id ?? registry.newId(now);
  const at = timestamp(now);
  const unsigned: DirectMessage = { type: "message", id, to: receiver.info, from: member.info, text, at };
  const message = withSignature(unsigned, command);
  effects.push({ type: "appendDirect", message, ref });
  // A message to oneself is sent once: after earlier ones from others, if those are still unconfirmed.
  if (receiver !== member || member.unconfirmed.length === 0) {
    for (const own of member.sessions) send(turn, own, message);
  }
  deliver(turn, receiver, member, message);
  if (ref === undefined) return;
  const ack: AckEvent = { type: "ack", ref, id, at, ...(waiting ? { waiting } : {}) };
  member.remember(ack, registry.acksPerMember);
  send(turn, session, ack);
}

/** Does what `repeatById` does, for messages that the receiver has not confirmed yet. */
function repeatDirect(turn: Turn, caller: Caller, receiver: Member, { id, ref, text }: MessageCommand): boolean {
  if (id === undefined) return false;
  checkIdTime(id, turn.now);
  const known = receiver.unconfirmed.find((message) => message.id === id);
  if (known === undefined) return false;
  if (known.from.id !== caller.member.id || known.text !== text) throw idTaken(id);
  const waiting = receiver.sessions.length === 0 ? { waiting: true as const } : {};
  if (ref !== undefined) send(turn, caller.session, { type: "ack", ref, id, at: known.at, ...waiting });
  return true;
}

function checkFields({ room, reply }: MessageCommand): void {
  if (room !== undefined) {
    throw new ProtocolError("invalid", "Fields room and to exclude each other: name one of them");
  }
  if (reply !== undefined) {
    throw new ProtocolError("invalid", "Fields reply and to exclude each other: a reply is for a message of a room");
  }
}

/** Throws `forbidden` if too many messages wait for the receiver: from this sender, from guests, or in total. */
function checkWaiting({ accounts }: Registry, { unconfirmed, name }: Member, sender: Member): void {
  const isGuest = ({ id }: { readonly id: string }) => accounts.withId(id) === undefined;
  const fromSender = unconfirmed.filter(({ from }) => from.id === sender.id).length;
  const fromGuests = isGuest(sender) ? unconfirmed.filter(({ from }) => isGuest(from)).length : 0;
  if (fromSender >= MAX_WAITING_FROM_SENDER) {
    const text = `${fromSender} messages of yours wait for ${quote(name)} already: try again later`;
    throw new ProtocolError("forbidden", text);
  }
  if (fromGuests >= MAX_WAITING_FROM_GUESTS || unconfirmed.length >= MAX_WAITING_DIRECT) {
    throw new ProtocolError("forbidden", `Too many messages wait for ${quote(name)} already: try again later`);
  }
}

/** Sends the message to all sessions of its receiver. It is confirmed at once if only nc users get it, who cannot. */
function deliver(turn: Turn, receiver: Member, sender: Member, message: DirectMessage): void {
  const { sessions } = receiver;
  const confirmation = { type: "confirm", memberId: receiver.id, throughId: message.id } as const;
  if (receiver === sender && receiver.unconfirmed.length === 0) return void turn.effects.push(confirmation);
  const isFinal = sessions.length > 0 && sessions.every(({ directs }) => directs === undefined);
  if (!isFinal) receiver.addUnconfirmed(message);
  for (const session of sessions) {
    if (session.directs === undefined) send(turn, session, message);
    else sendDirects(turn, session);
  }
  if (isFinal) turn.effects.push(confirmation);
}

/**
 * Sends the session the next batch of direct messages, and after it a `ping`. The `pong` with its ref proves that they have
 * arrived, because lines are handled in order. Messages of rooms need no such proof: a returning client names the last seq
 * that it received.
 */
export function sendDirects(turn: Turn, session: MemberSession): void {
  const batch = session.directs?.takeUnsent() ?? [];
  for (const message of batch) send(turn, session, message);
  const last = batch.at(-1);
  if (last !== undefined) send(turn, session, { type: "ping", ref: PING_PREFIX + last.id });
}

/** Sends a new session what waits for its member. A client that cannot confirm it gets it at each return. */
export function sendWaiting(turn: Turn, session: Session, { unconfirmed }: Member): void {
  if (session.directs !== undefined) return sendDirects(turn, session);
  for (const message of new DirectQueue(unconfirmed).takeUnsent()) send(turn, session, message);
}

/** Handles a `pong`: the session has the direct messages up to the id in `ref`, and gets the next batch. */
export function confirmDirects(turn: Turn, { session, member }: Caller, ref: string): void {
  if (!ref.startsWith(PING_PREFIX)) return;
  const throughId = ref.slice(PING_PREFIX.length);
  // With a made-up id the store would drop messages that were never sent.
  if (!session.directs?.awaits(throughId)) return;
  session.directs.confirm(throughId);
  if (member.confirm(throughId)) turn.effects.push({ type: "confirm", memberId: member.id, throughId });
  sendDirects(turn, session);
}
