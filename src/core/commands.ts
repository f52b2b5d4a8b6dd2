import { ProtocolError } from "../protocol/errors.ts";
import type { ClientCommand, LeaveCommand, PongCommand } from "../protocol/messages.ts";
import { quote } from "../protocol/names.ts";
import type { Effect } from "./effect.ts";
import { detach, join, leaveRoom, rename } from "./entering.ts";
import { history, members, rooms, search, setTopic } from "./listing.ts";
import type { Caller, Member } from "./member.ts";
import { post, tooFast } from "./posting.ts";
import { noteReceived } from "./receipts.ts";
import type { Registry } from "./registry.ts";
import type { Session } from "./session.ts";
import { timestamp } from "./timestamp.ts";

/** `paced` commands take from the session's bucket; messages have the member's, and see to it themselves. */
type Rule<C extends ClientCommand> =
  | { readonly needs: "nothing"; readonly paced: boolean; readonly run: Run<Session, C> }
  | { readonly needs: "member" | "room"; readonly paced: boolean; readonly run: Run<Caller, C> };

type Run<S, C> = (registry: Registry, sender: S, command: C, now: number) => Effect[];

/** What each command needs and does: `member` is to have joined at all, `room` is to be in the room it names. */
const COMMANDS: { readonly [K in ClientCommand["type"]]?: Rule<Extract<ClientCommand, { type: K }>> } = {
  join: { needs: "nothing", paced: true, run: join },
  leave: { needs: "member", paced: true, run: leave },
  message: { needs: "member", paced: false, run: post },
  rename: { needs: "member", paced: true, run: rename },
  topic: { needs: "room", paced: true, run: setTopic },
  members: { needs: "member", paced: true, run: members },
  rooms: { needs: "member", paced: true, run: rooms },
  history: { needs: "room", paced: true, run: history },
  search: { needs: "room", paced: true, run: search },
  ping: { needs: "nothing", paced: false, run: pong },
  pong: { needs: "nothing", paced: false, run: receivePong },
};

/** What a command leads to. Throws ProtocolError, and then nothing has changed. */
export function runCommand(registry: Registry, session: Session, command: ClientCommand, now: number): Effect[] {
  const rule = COMMANDS[command.type] as Rule<ClientCommand> | undefined;
  if (rule === undefined) throw new ProtocolError("forbidden", `Command ${command.type} is not served yet`);
  if (rule.paced) {
    const wait = session.commands.take(now);
    if (wait > 0) throw tooFast(wait);
  }
  if (rule.needs === "nothing") return rule.run(registry, session, command, now);
  const { member } = session;
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
  if (rule.needs === "room") checkInRoom(registry, member, (command as { room: string }).room);
  return rule.run(registry, { session, member }, command, now);
}

/** Throws `no_such_room` or `not_joined`. */
function checkInRoom(registry: Registry, member: Member, room: string): void {
  const membership = member.memberships.get(room);
  if (membership !== undefined && membership.absent === undefined) return;
  if (registry.rooms.has(room)) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(room)}: join it first`);
  }
  throw new ProtocolError("no_such_room", `There is no room ${quote(room)}: the command rooms lists those there are`);
}

function leave(registry: Registry, { session, member }: Caller, command: LeaveCommand, now: number): Effect[] {
  const effects: Effect[] = [];
  if (command.room === undefined) return leaveAll(registry, { session, member }, now);
  checkInRoom(registry, member, command.room);
  const membership = member.memberships.get(command.room)!;
  effects.push({ type: "exit", session: session.id, room: command.room });
  leaveRoom(registry, member, membership, "left", now, effects);
  const event = {
    type: "leave" as const,
    ref: command.ref,
    room: command.room,
    member: member.info,
    at: timestamp(now),
    reason: "left" as const,
  };
  effects.push({ type: "send", session: session.id, event });
  return effects;
}

/** For good: the member is announced as gone at once, and the connection ends. */
function leaveAll(registry: Registry, { session, member }: Caller, now: number): Effect[] {
  const effects: Effect[] = [];
  for (const membership of [...member.memberships.values()]) {
    effects.push({ type: "exit", session: session.id, room: membership.room.name });
    leaveRoom(registry, member, membership, "left", now, effects);
  }
  detach(registry, member, session, "left", now, effects);
  registry.retireIfGone(member, now);
  registry.sessions.delete(session.id);
  effects.push({ type: "close", session: session.id, reason: "left" });
  return effects;
}

function receivePong(_: Registry, { member }: Session, { ref }: PongCommand): Effect[] {
  return member === undefined || ref === undefined ? [] : noteReceived(member, ref);
}

function pong(_: Registry, session: Session, { ref }: { readonly ref?: string }): Effect[] {
  return [{ type: "send", session: session.id, event: { type: "pong", ref } }];
}
