import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_WAITING_DIRECT, MAX_WAITING_FROM_GUESTS, MAX_WAITING_FROM_SENDER } from "../../protocol/limits.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { AckEvent, DirectMessage, MessageCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import { repliedTo } from "./message_lookup.ts";
import type { Caller, Member } from "../state/member.ts";
import { sendDirects } from "./direct_receipts.ts";
import { once, record } from "./idempotency.ts";
import type { Registry } from "../state/registry.ts";
import { keepRoom } from "./room_lifecycle.ts";
import { checkPace, checkRate, checkVoice } from "./voice.ts";
import { timestamp } from "../timestamp.ts";

/** A message to a room or to one member. */
export function post(registry: Registry, caller: Caller, command: MessageCommand, now: number): Effect[] {
  return once(registry, caller, command.ref, now, () => {
    if (command.to === undefined) return postToRoom(registry, caller, command, now);
    return postToMember(registry, caller, command.to, command, now);
  });
}

function postToRoom(registry: Registry, caller: Caller, command: MessageCommand, now: number): Effect[] {
  const { member } = caller;
  const name = command.room ?? DEFAULT_ROOM;
  const membership = member.memberships.get(name);
  if (membership === undefined || membership.absent !== undefined) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(name)}: join it first`);
  }
  const { room } = membership;
  checkVoice(registry, member, name);
  checkRate(member, now);
  const { text, reply } = command;
  const about = reply === undefined ? undefined : repliedTo(registry, room, reply);
  checkPace(registry, member, room, now);
  const effects: Effect[] = room.kept ? [] : keepRoom(registry, room);
  const message = room.post(member, registry.options.newId(now), text, timestamp(now), about);
  record(registry, message, caller, command.ref, effects);
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
  if (command.reply !== undefined) {
    throw new ProtocolError("invalid", "Fields reply and to exclude each other: only what stands in a room has a seq");
  }
  const receiver = registry.memberNamed(to, now);
  if (receiver === undefined) throw new ProtocolError("no_such_member", `Nobody is called ${quote(to)}`);
  const waiting = receiver.session === undefined;
  if (waiting) checkWaiting(registry, receiver, member);
  checkVoice(registry, member, undefined);
  checkRate(member, now);
  const id = registry.options.newId(now);
  const { text, ref } = command;
  const message: DirectMessage = {
    type: "message",
    id,
    to: receiver.info,
    from: member.info,
    text,
    at: timestamp(now),
  };
  const effects: Effect[] = [{ type: "appendDirect", message, ref }];
  // To oneself it comes once: behind what others wrote, if that is still on its way.
  if (receiver !== member || member.unconfirmed.length === 0) {
    effects.push({ type: "send", session: session.id, event: message });
  }
  handOver(receiver, member, message, effects);
  if (ref !== undefined) {
    const ack: AckEvent = { type: "ack", ref, id, at: message.at, ...(waiting ? { waiting } : {}) };
    member.remember(ack, registry.acksPerMember);
    effects.push({ type: "send", session: session.id, event: ack });
  }
  return effects;
}

/** Throws `forbidden` where too many messages wait for the receiver: of this sender, of guests, or of everyone. */
function checkWaiting({ accounts }: Registry, { unconfirmed, name }: Member, sender: Member): void {
  const isGuest = ({ id }: { readonly id: string }) => accounts.withId(id) === undefined;
  const own = unconfirmed.filter(({ from }) => from.id === sender.id).length;
  const ofGuests = isGuest(sender) ? unconfirmed.filter(({ from }) => isGuest(from)).length : 0;
  if (own >= MAX_WAITING_FROM_SENDER) {
    throw new ProtocolError("forbidden", `${own} messages of yours wait for ${quote(name)} already: try again later`);
  }
  if (ofGuests >= MAX_WAITING_FROM_GUESTS || unconfirmed.length >= MAX_WAITING_DIRECT) {
    throw new ProtocolError("forbidden", `Too many messages wait for ${quote(name)} already: try again later`);
  }
}

/** People on `nc` cannot say what they have got, nor come back for what they have not: for them it ends here. */
function handOver(receiver: Member, sender: Member, message: DirectMessage, effects: Effect[]): void {
  if (receiver === sender && receiver.unconfirmed.length === 0) {
    effects.push({ type: "confirm", memberId: receiver.id, throughId: message.id });
  } else if (receiver.session?.resumable === false) {
    effects.push({ type: "send", session: receiver.session.id, event: message });
    effects.push({ type: "confirm", memberId: receiver.id, throughId: message.id });
  } else {
    receiver.addUnconfirmed(message);
    sendDirects(receiver, effects);
  }
}
