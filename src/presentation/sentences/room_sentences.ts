/** Sentences about rooms: who joins and leaves, names, topics, and the lists of members and rooms. */

import { audible } from "../../protocol/messages/messages.ts";
import type {
  GoodbyeReason,
  JoinedEvent,
  JoinEvent,
  LeaveEvent,
  LeaveReason,
  MemberInfo,
  MembersEvent,
  PresenceEvent,
  RenameEvent,
  RoomsEvent,
  TopicEvent,
  WelcomeEvent,
  WhoisEvent,
} from "../../protocol/messages/messages.ts";
import { awaySinceSentence, awayText } from "./presence_sentences.ts";
import {
  counted,
  type Markup,
  memberText,
  moreText,
  nameList,
  rankedMember,
  rankLegend,
  type Reader,
  roomMark,
  roomText,
} from "./markup.ts";

/** After "left". Members who leave or close the client need no reason. */
const LEAVE_REASONS: Readonly<Record<LeaveReason, string>> = {
  left: "",
  closed: "",
  timeout: " (no answer)",
  slow: " (connection too slow)",
  kicked: " (kicked)",
  shutdown: " (server shut down)",
  removed: " (room removed)",
};

const GOODBYES: Readonly<Record<GoodbyeReason, string>> = {
  left: "Goodbye.",
  shutdown: "The server is shutting down. Goodbye.",
  timeout: "The server received nothing from you for too long. Goodbye.",
  slow: "Your connection is too slow for the messages that arrive. Goodbye.",
  replaced: "You joined from too many other places. Goodbye.",
  refused: "Goodbye.",
  kicked: "You are banned from this server. Goodbye.",
  moved: "Another member hosts the chat now. Goodbye.",
};

export function welcomeSentence({ server }: WelcomeEvent, markup: Markup): string {
  return `Welcome to ${markup.text(server.name)}. /help lists the commands, /quit ends the chat.`;
}

export function goodbyeSentence(reason: GoodbyeReason): string {
  return GOODBYES[reason];
}

/** The greeting of a new member: name, company, topic and rules of the room. */
export function joinedText(event: JoinedEvent, markup: Markup): string[] {
  const { you, members, count, room: { name, topic } } = event;
  const room = roomText(name, markup);
  const others = members.filter((member) => member.id !== you.id);
  const company = count <= 1 ? "nobody else is here" : `${counted(count)} here: ${nameList(others, count - 1, markup)}`;
  return [
    `You are ${markup.name(you.name)} in ${markup.strong(room)}, ${company}`,
    ...(topic === "" ? [] : [`Topic of ${room}: ${markup.text(topic)}`]),
    ...restrainedText(event.room, markup),
    ...missedText(event, markup),
  ];
}

/** Says whether a room is locked, and slow; empty if it is neither. */
export function restrainedText(
  { name, locked, slow }: Pick<JoinedEvent["room"], "name" | "locked" | "slow">,
  markup: Markup,
): string[] {
  const room = roomText(name, markup);
  return [
    ...(locked ? [`${room} is locked: new members need a password or an invite`] : []),
    ...(slow === undefined ? [] : [`${room} is slow: ${paceText(slow)}`]),
  ];
}

/** Says that older missed messages are not shown after a rejoin; empty if all are shown. */
export function missedText({ room, truncated }: JoinedEvent, markup: Markup): string[] {
  if (!truncated) return [];
  return [`Older messages of ${roomText(room.name, markup)} that you missed are not shown: /history has them`];
}

/** The reader returned as another member. */
export function becameSentence({ you }: JoinedEvent, markup: Markup): string {
  return `You are ${markup.name(you.name)} now`;
}

export function paceText(seconds: number): string {
  return `one message every ${counted(seconds)} s per member`;
}

export function joinSentence({ room, member }: JoinEvent, markup: Markup, reader: Reader): string {
  return `${markup.name(member.name)} joined${roomMark(room, markup, reader)}${notFromBefore(member, markup)}`;
}

export function leaveSentence(event: LeaveEvent, markup: Markup, reader: Reader): string {
  const { member, room, reason } = event;
  if (member.id === reader.you?.id) return ownLeaveSentence(event, markup);
  return `${markup.name(member.name)} left${roomMark(room, markup, reader)}${LEAVE_REASONS[reason]}`;
}

/** The reader left a room, or was removed from it. */
export function ownLeaveSentence({ room, reason }: Pick<LeaveEvent, "room" | "reason">, markup: Markup): string {
  const name = roomText(room, markup);
  if (reason === "kicked") return `You were removed from ${name}`;
  if (reason === "removed") return `${name} was removed with all its messages`;
  return `You left ${name}${LEAVE_REASONS[reason]}`;
}

/** `undefined` if only the number changed, or only muted members joined or left. */
export function presenceSentence(event: PresenceEvent, markup: Markup, reader: Reader): string | undefined {
  const { joined, left } = audible(event);
  const parts = [
    ...(joined.length > 0 ? [`${nameList(joined, joined.length, markup)} joined`] : []),
    ...(left.length > 0 ? [`${nameList(left, left.length, markup)} left`] : []),
  ];
  if (parts.length === 0) return undefined;
  return `${parts.join("; ")}${roomMark(event.room, markup, reader)} (${counted(event.count)} here)`;
}

export function renameSentence({ member, was }: RenameEvent, markup: Markup, { you }: Reader): string {
  if (member.id === you?.id) return `You are now ${markup.name(member.name)}`;
  return `${markup.name(was)} is now ${markup.name(member.name)}${notFromBefore(member, markup)}`;
}

function notFromBefore({ name, new: isNew }: MemberInfo, markup: Markup): string {
  return isNew ? `, and is not the ${markup.name(name)} from before` : "";
}

export function topicSentence({ room, by, text }: TopicEvent, markup: Markup, reader: Reader): string {
  const who = by.id === reader.you?.id ? "You" : markup.name(by.name);
  const where = room === reader.place ? "" : ` of ${roomText(room, markup)}`;
  return text === "" ? `${who} cleared the topic${where}` : `${who} set the topic${where}: ${markup.text(text)}`;
}

export function membersSentence({ room, members, count }: MembersEvent, markup: Markup): string {
  const names = members.slice(0, markup.client === "plain" ? markup.maxNames : Infinity);
  const list = names.map((member) => `${rankedMember(member, markup)}${awayMark(member, markup)}`).join(", ");
  return `${counted(count)} in ${markup.strong(roomText(room, markup))}: ${list}${moreText(count - names.length)}${
    rankLegend(names)
  }`;
}

export function roomsText({ rooms, count }: RoomsEvent, markup: Markup): string[] {
  if (count === 0) return ["There are no rooms yet: /join ROOM creates one"];
  return [
    `${counted(count)} ${count === 1 ? "room" : "rooms"}`,
    ...rooms.map(({ name, topic, count }) =>
      `${markup.strong(roomText(name, markup))}, ${counted(count)} here${topic === "" ? "" : `: ${markup.text(topic)}`}`
    ),
    ...moreRow(count - rooms.length),
  ];
}

/** Who a member is: name and roles, then the rooms that reader and member share. */
export function whoisText({ member, rooms, since, absent }: WhoisEvent, markup: Markup, { you }: Reader): string[] {
  const facts = [
    member.id === you?.id ? "you" : undefined,
    member.role === "owner" ? "owner of this server" : member.role && "moderator of all rooms",
    member.account ? "registered" : "guest",
    absent && "not connected",
    since && `here since ${markup.moment(since)}`,
  ].filter((fact) => fact !== undefined);
  const names = rooms.map(({ room, role }) => `${role === undefined ? "" : "@"}${roomText(room, markup)}`);
  return [
    `${markup.strong(memberText(member, markup))}: ${facts.join(", ")}`,
    ...(member.away === undefined ? [] : [awaySinceSentence(member.away, markup)]),
    names.length === 0 ? "You share no rooms" : `Shared rooms: ${names.join(", ")}`,
  ];
}

/** ` (away: lunch)` after a name in a list. */
function awayMark(member: MemberInfo, markup: Markup): string {
  const text = awayText(member, markup);
  return text === "" ? "" : ` (${text})`;
}

/** The last row of a list that was cut; nothing if it is complete. */
export function moreRow(rest: number): string[] {
  return rest > 0 ? [`and ${counted(rest)} more`] : [];
}

/** The answer to a direct message whose receiver is not connected. */
export function waitingSentence(name: string, markup: Markup): string {
  return `${markup.name(name)} is not connected and gets your message later`;
}
