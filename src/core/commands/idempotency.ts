import type { AckEvent, RoomEntry } from "../../protocol/messages/messages.ts";
import type { Effect } from "../effect.ts";
import type { Caller, Member } from "../state/member.ts";
import type { Registry } from "../state/registry.ts";

/** Does the work; but where its `ref` was acknowledged before, the answer is the same again, and nothing else happens. */
export function once(
  registry: Registry,
  { session, member }: Caller,
  ref: string | undefined,
  now: number,
  work: () => Effect[],
): Effect[] {
  const before = ref === undefined ? undefined : earlierAck(registry, member, ref, now);
  return before === undefined ? work() : [{ type: "send", session: session.id, event: before }];
}

function earlierAck(registry: Registry, member: Member, ref: string, now: number): AckEvent | undefined {
  return member.acknowledged(ref) ??
    (member.acksComplete ? undefined : registry.historyReader.ack(member.id, ref, now));
}

/** Keeps what has got a seq, shows it to the room, and acknowledges it. */
export function record(
  { acksPerMember }: Registry,
  entry: RoomEntry,
  { session, member }: Caller,
  ref: string | undefined,
  effects: Effect[],
): void {
  effects.push({ type: "append", message: entry, ref });
  effects.push({ type: "publish", room: entry.room, event: entry, author: session.id });
  if (ref === undefined) return;
  const ack: AckEvent = { type: "ack", ref, id: entry.id, seq: entry.seq, at: entry.at };
  member.remember(ack, acksPerMember);
  effects.push({ type: "send", session: session.id, event: ack });
}
