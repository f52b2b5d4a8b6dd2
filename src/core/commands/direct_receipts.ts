import type { Effect } from "../effect.ts";
import type { Member } from "../state/member.ts";

const PREFIX = "direct ";

/**
 * Sends a member what is due of their direct messages, and behind it a `ping`: the `pong` with its ref proves that they have
 * arrived, for lines are handled in order. Messages of rooms need no such proof, because whoever comes back says which seq
 * came last.
 */
export function sendDirects(member: Member, effects: Effect[]): void {
  const { session } = member;
  if (session === undefined) return;
  const due = member.takeUnsent();
  for (const event of due) effects.push({ type: "send", session: session.id, event });
  const last = due.at(-1);
  if (last === undefined) return;
  effects.push({ type: "send", session: session.id, event: { type: "ping", ref: PREFIX + last.id } });
}

/** The member has answered a `ping`: what it asked about is not sent again, and more may come. */
export function noteReceived(member: Member, ref: string): Effect[] {
  if (!ref.startsWith(PREFIX)) return [];
  const throughId = ref.slice(PREFIX.length);
  // A made-up id would have the store forget what was never sent.
  if (!member.unconfirmed.some(({ id }) => id === throughId)) return [];
  member.confirm(throughId);
  const effects: Effect[] = [{ type: "confirm", memberId: member.id, throughId }];
  sendDirects(member, effects);
  return effects;
}
