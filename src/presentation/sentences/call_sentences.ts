import type { CallEvent } from "../../protocol/messages/messages.ts";
import { type Markup, type Reader, roomText } from "./markup.ts";

/** Says what has changed in a call, or for a client that has just joined, who is in it. */
export function callSentence(event: CallEvent, markup: Markup, reader: Reader): string {
  const { member, did, ended, room, with: partner } = event;
  const isOwn = member !== undefined && member.id === reader.you?.id;
  const subject = member === undefined ? "" : isOwn ? "You" : markup.name(member.name);
  const has = isOwn ? "have" : "has";
  const where = room === undefined || room === reader.place ? "" : ` in ${markup.strong(roomText(room, markup))}`;
  const over = ended ? ". The call is over" : "";
  switch (did) {
    case undefined:
      return `A call is on${where}: ${event.members.map(({ name }) => markup.name(name)).join(", ")}`;
    case "called":
      return calling(event, { subject, isOwn, where, partner: partner && markup.name(partner.name) }, markup, reader);
    case "entered":
      return `${subject} ${has} entered the call${where}`;
    case "declined":
      return `${subject} ${has} declined the call${where}${over}`;
    case "missed":
      return `${subject} ${has} not answered the call${where}${over}`;
    case "left":
      return `${subject} ${has} left the call${where}${over}`;
    default:
      return did satisfies never;
  }
}

interface Calling {
  readonly subject: string;
  readonly isOwn: boolean;
  readonly where: string;
  readonly partner: string | undefined;
}

/** How the user of each client answers. */
const ANSWERS = {
  terminal: ": /answer or /decline",
  page: "",
  plain: ": to answer, open the page or connect with the terminal client",
};

function calling(
  { members, room }: CallEvent,
  { subject, isOwn, where, partner }: Calling,
  { client }: Markup,
  { you }: Reader,
): string {
  if (isOwn) return room === undefined ? `You are calling ${partner}` : `You are calling the others${where}`;
  const isAsked = members.some(({ id, state }) => id === you?.id && state === "called");
  return isAsked ? `${subject} is calling you${where}${ANSWERS[client]}` : `${subject} has started a call${where}`;
}
