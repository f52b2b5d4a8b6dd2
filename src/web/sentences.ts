/** What happened in a room, as sentences. Names stand as they are: whoever shows them sanitises. */

import { formatDuration } from "../protocol/text/durations.ts";
import type {
  Actor,
  JoinEvent,
  LeaveEvent,
  MemberInfo,
  PresenceEvent,
  RenameEvent,
  Restriction,
  RestrictionEvent,
  RoleEvent,
  TopicEvent,
} from "../protocol/messages/messages.ts";
import { audible } from "../protocol/messages/messages.ts";

const NAMES_LISTED = 5;

const LEAVE_REASONS = {
  left: "",
  closed: "",
  timeout: " (no answer)",
  slow: " (too slow a connection)",
  kicked: " (removed)",
  shutdown: " (the server stops)",
  removed: " (the room was removed)",
} as const;

export function joinSentence({ member }: JoinEvent): string {
  return `${member.name} joined${notFromBefore(member)}`;
}

export function leaveSentence({ member, reason }: LeaveEvent): string {
  return `${member.name} left${LEAVE_REASONS[reason]}`;
}

/** Undefined where nothing but the number has changed, or only muted members came and went. */
export function presenceSentence(event: PresenceEvent): string | undefined {
  const { joined, left } = audible(event);
  const parts = [
    ...(joined.length > 0 ? [`${namesOf(joined)} joined`] : []),
    ...(left.length > 0 ? [`${namesOf(left)} left`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

export function renameSentence({ member, was }: RenameEvent, you: MemberInfo | undefined): string {
  if (member.id === you?.id) return `You are now ${member.name}`;
  return `${was} is now ${member.name}${notFromBefore(member)}`;
}

export function topicSentence({ by, text }: TopicEvent, you: MemberInfo | undefined): string {
  const who = by.id === you?.id ? "You" : by.name;
  return text === "" ? `${who} cleared the topic` : `${who} set the topic: ${text}`;
}

export function roleSentence({ room, member, by, off }: RoleEvent, you: MemberInfo | undefined): string {
  const what = off
    ? `took the role of a moderator of ${placeOf({ room })} from ${member.name}`
    : `made ${member.name} a moderator of ${placeOf({ room })}`;
  return `${actorName(by, you)} ${what}`;
}

function actorName({ id, name }: Actor, you: MemberInfo | undefined): string {
  if (id !== undefined && id === you?.id) return "You";
  return name === "server" ? "The server" : name;
}

export function orderSentence({ restriction: order, by, off }: RestrictionEvent, you: MemberInfo | undefined): string {
  const who = actorName(by, you);
  const terms = off ? "" : [
    order.seconds !== undefined && order.kind !== "slow" ? ` for ${formatDuration(order.seconds * 1_000)}` : "",
    order.reason === undefined ? "" : `: ${order.reason}`,
  ].join("");
  return `${who} ${off ? lifted(order) : laidDown(order)}${terms}`;
}

function laidDown(order: Restriction): string {
  const whom = order.member?.name ?? order.address ?? "somebody";
  switch (order.kind) {
    case "ban":
      return `banned ${whom} from ${placeOf(order)}`;
    case "mute":
      return `muted ${whom} in ${placeOf(order)}`;
    case "lock":
      return `locked ${placeOf(order)}`;
    case "slow":
      return `slowed ${placeOf(order)} down: one message every ${order.seconds ?? 0} s`;
    case "lockdown":
      return "closed the server to strangers";
    case "allow":
      return `let ${whom} into ${placeOf(order)}`;
    default:
      return order.kind satisfies never;
  }
}

function lifted(order: Restriction): string {
  const whom = order.member?.name ?? order.address ?? "somebody";
  switch (order.kind) {
    case "ban":
      return `lifted the ban of ${whom} from ${placeOf(order)}`;
    case "mute":
      return `let ${whom} speak again in ${placeOf(order)}`;
    case "lock":
      return `unlocked ${placeOf(order)}`;
    case "slow":
      return `let everybody write at any pace in ${placeOf(order)} again`;
    case "lockdown":
      return "opened the server again";
    case "allow":
      return `took back that ${whom} may enter ${placeOf(order)}`;
    default:
      return order.kind satisfies never;
  }
}

function placeOf({ room }: Pick<Restriction, "room">): string {
  return room === undefined ? "the whole server" : `#${room}`;
}

function notFromBefore({ name, new: isNew }: MemberInfo): string {
  return isNew ? `, and is not the ${name} from before` : "";
}

function namesOf(members: readonly MemberInfo[]): string {
  const rest = members.length - NAMES_LISTED;
  const names = members.slice(0, NAMES_LISTED).map(({ name }) => name).join(", ");
  return rest > 0 ? `${names} and ${rest} more` : names;
}
