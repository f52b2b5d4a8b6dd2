import type { DirectMessage } from "../protocol/messages.ts";
import type { Effect } from "./effect.ts";
import type { Member } from "./member.ts";
import type { Session } from "./session.ts";

const PREFIX = "direct ";

/**
 * A `ping` behind a direct message: the `pong` with its ref proves that the message has arrived, for lines are handled in
 * order. Messages of rooms need no such proof, because a member who comes back says which seq came last.
 */
export function askWhetherReceived(session: Session, message: DirectMessage): Effect {
  return { type: "send", session: session.id, event: { type: "ping", ref: PREFIX + message.id } };
}

/** The member has answered a `ping`: what it asked about need not be sent again. */
export function noteReceived(member: Member, ref: string): Effect[] {
  if (!ref.startsWith(PREFIX)) return [];
  const throughId = ref.slice(PREFIX.length);
  // A made-up id would have the store forget what was never sent.
  if (!member.unconfirmed.some(({ id }) => id === throughId)) return [];
  member.confirm(throughId);
  return [{ type: "confirm", memberId: member.id, throughId }];
}
