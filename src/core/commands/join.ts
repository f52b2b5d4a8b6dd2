import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_SESSIONS_PER_MEMBER } from "../../protocol/limits.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { type HubJoinCommand, isKeyDigest } from "../hub_command.ts";
import type { Member } from "../state/members/member.ts";
import type { Registry } from "../state/registry.ts";
import { checkEntry, isMuted, nameHeldByMute } from "../state/mute_checks.ts";
import { describeMember } from "../state/ranks.ts";
import { SERVER } from "../state/restrictions.ts";
import type { Room } from "../state/room.ts";
import type { Caller, Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { admit, entranceKind, isClosed, joinCredential, type JoinGrant, settle } from "./access.ts";
import { tellCalls } from "./calls/call_events.ts";
import { tellConversations } from "./conversations/read.ts";
import { nameDevice } from "./members/device.ts";
import { addDigest, holderOf, type JoinAttempt, keepDigest, newDigest } from "./members/credential.ts";
import { endReplaced } from "./leave.ts";
import { movedFrom, newestId, seqAfter } from "./message_lookup.ts";
import { checkLogin, startLogin } from "./password_check.ts";
import { keepMember, ownName } from "./members/kept_name.ts";
import { announceRename } from "./members/rename.ts";
import { dropAwayText, noteIdleness } from "./presence/away.ts";
import { describeAway, introduceMembers } from "./presence/member_list.ts";
import { discardRoom, makeRoom } from "./room_lifecycle.ts";

/** Enters a room. On the first join of a session the name, token, key or password says who the member is. */
export function join(turn: Turn, session: Session, command: HubJoinCommand): void {
  const { registry } = turn;
  const { name, password } = command;
  const request = { session, command };
  if (name === undefined || password === undefined || isKnown(turn, request)) return enter(turn, request);
  const isRegistered = registry.accounts.named(name) !== undefined;
  if (session.isOwner && !isRegistered) return enter(turn, request);
  const closed = isClosed(registry);
  const compared = closed ? entranceKind(registry) : isRegistered ? "account" : "room";
  checkLogin(turn, session, name, compared);
  const { server, invite } = joinCredential(turn, password);
  if (server || invite !== undefined || !(closed || isRegistered)) return enter(turn, request);
  startLogin(turn, session, command, { name, compared });
}

/** True if the session needs no password to prove who it is: it has joined, or shows a valid token or a known key. */
function isKnown(turn: Turn, { session, command }: JoinAttempt): boolean {
  return session.member !== undefined || holderOf(turn, command) !== undefined;
}

/** Enters the room. A new room is made first, and discarded if the join fails. */
export function enter(turn: Turn, attempt: JoinAttempt): void {
  const { registry } = turn;
  const { session, command } = attempt;
  const existing = registry.rooms.get(command.room);
  const made = existing === undefined ? makeRoomFor(turn, attempt) : undefined;
  try {
    const hadJoined = session.member !== undefined;
    const identity = identify(turn, attempt);
    const { member } = identity;
    const room = existing ?? made!;
    if (room === made) becomeModerator(turn, member, room);
    if (!member.memberships.has(room.name)) enterRoom(turn, identity, room);
    session.follow(room.name);
    turn.effects.push({ type: "enter", session: session.id, room: room.name });
    reply(turn, attempt, identity, room, hadJoined ? undefined : otherRooms(registry, identity, room));
    if (!hadJoined) tellConversations(turn, { session, member });
    tellCalls(turn, { session, member }, room.name, !hadJoined);
  } catch (error) {
    if (made !== undefined) discardRoom(registry, made);
    throw error;
  }
}

/** The names of the member's other rooms that the session may follow as well. */
function otherRooms(registry: Registry, { session, member }: Caller, room: Room<Member>): string[] {
  const { onlyRoom } = session;
  const mayFollow = (name: string) =>
    onlyRoom === undefined || onlyRoom === name || registry.restrictions.isAllowed(member.id, name);
  return [...member.memberships.keys()].filter((name) => name !== room.name && mayFollow(name));
}

/** Makes the room of a join, counted for the member if the member is already known. */
function makeRoomFor(turn: Turn, { session, command, login }: JoinAttempt): Room<Member> {
  const id = session.member?.id ?? login?.id ?? holderOf(turn, command)?.member.id;
  return makeRoom(turn, session, command.room, id);
}

/** Makes the member the moderator of the room that was made for them. */
function becomeModerator({ registry }: Turn, member: Member, room: Room<Member>): void {
  registry.roomQuota.claim(room, member.id);
  // The role is stored when the room is stored.
  registry.roles.give({ id: room.id, room: room.name, member: member.info, by: SERVER }, false, []);
}

function reply(
  turn: Turn,
  { command }: JoinAttempt,
  { session, member }: Caller,
  room: Room<Member>,
  rooms: readonly string[] | undefined,
): void {
  const { registry, effects } = turn;
  const { tokenDigest, key } = session;
  const token = isKeyDigest(tokenDigest) ? undefined : tokenDigest;
  const { id, name, topic, slowSeconds, seq, size: count } = room;
  const mark = registry.recentMarks.find(member.id, id, name);
  const joined = {
    type: "joined" as const,
    ref: command.ref,
    room: {
      ...{ id, name, topic },
      ...registry.restrictions.lock(name) === undefined ? {} : { locked: true as const },
      ...slowSeconds === 0 ? {} : { slow: slowSeconds },
    },
    you: {
      ...describeAway(describeMember(registry, member, name), member.away?.own),
      token,
      ...key === undefined ? {} : { session: key },
    },
    ...rooms === undefined || rooms.length === 0 ? {} : { rooms },
    seq,
    last: newestId(registry, room),
    members: introduceMembers(registry, room),
    count,
    ...mark === undefined ? {} : { mark },
  };
  const moved = movedFrom(registry, room, command);
  const after = moved === undefined ? seqAfter(registry, room, command.after) : room.seq;
  effects.push({ type: "replay", session: session.id, joined, after });
  if (moved !== undefined) send(turn, session, { type: "renumbered", room: name, from: moved });
}

/** Finds or makes the member of a join, once all checks of the member and the room have passed. */
function identify(turn: Turn, attempt: JoinAttempt): Caller {
  const { session, command, login } = attempt;
  if (session.state.phase === "joined") return joinAgain(turn, attempt, session.state.member);
  const known = login === undefined ? holderOf(turn, command)?.member : turn.registry.ofAccount(login, turn.now);
  return known === undefined ? joinNew(turn, attempt) : rejoin(turn, attempt, known);
}

/** A further join of a session that has joined. */
function joinAgain(turn: Turn, { session, command }: JoinAttempt, member: Member): Caller {
  const { registry } = turn;
  const { name, room, password } = command;
  if (name !== undefined && name !== member.name) {
    const text = `Field name is ${quote(name)}, but you are ${quote(member.name)} here: use rename`;
    throw new ProtocolError("invalid", text);
  }
  checkRoomLimit(turn, member, room);
  checkEntry(registry, member, member.name, room);
  const admission = admit(turn, { session, member, onlyRoom: session.onlyRoom, room, password });
  settle(turn, { session, member }, room, admission);
  session.onlyRoom = admission.onlyRoom;
  return { session, member };
}

/**
 * The first join of a session by a known member: by a token or a key, or with `login` by a password. A member who has another session
 * keeps the name that they have there.
 */
function rejoin(turn: Turn, attempt: JoinAttempt, member: Member): Caller {
  const { registry } = turn;
  const { session, command, login } = attempt;
  const { room, password } = command;
  checkRoomLimit(turn, member, room);
  const isElsewhere = member.sessions.some(({ key }) => key === undefined || key !== command.session);
  const present = isElsewhere ? member.name : undefined;
  const held = nameHeldByMute(registry, member, room);
  const name = login === undefined ? present ?? command.name ?? held ?? member.name : held ?? login.name;
  checkEntry(registry, member, name, room);
  const holder = login === undefined ? holderOf(turn, command)! : undefined;
  const onlyRoom = holder === undefined ? login!.room : isKeyDigest(holder.digest) ? undefined : command.token!.room;
  const admission = admit(turn, { session, member, onlyRoom, room, password: login ? undefined : password });
  returnAs(turn, member, name);
  makeSpace(turn, member, command.session);
  settle(turn, { session, member }, room, admission);
  const digest = holder === undefined
    ? addDigest(turn, attempt, login!)
    : keepDigest(turn, attempt, { ...holder, room: onlyRoom });
  keepMember(turn, member);
  return attach(turn, attempt, member, { digest, admission });
}

/** The first join of a new member. */
function joinNew(turn: Turn, attempt: JoinAttempt): Caller {
  const { registry, now } = turn;
  const { session, command } = attempt;
  const { name, room, password } = command;
  if (name === undefined) {
    throw new ProtocolError("invalid", "Field name is missing: the first join needs it");
  }
  const admission = admit(turn, { session, member: undefined, onlyRoom: undefined, room, password });
  const digest = newDigest(turn, attempt, admission.onlyRoom);
  const member = registry.addMember(name, digest, now);
  member.canReturn = session.resumable;
  if (member.canReturn) keepMember(turn, member);
  settle(turn, { session, member }, room, admission);
  return attach(turn, attempt, member, { digest, admission });
}

/** Makes the session one of the member, who is present in all their rooms again. */
function attach(
  turn: Turn,
  { session, command }: JoinAttempt,
  member: Member,
  { digest, admission }: { readonly digest: string; readonly admission: JoinGrant },
): Caller {
  const caller = { session, member };
  session.attach(member, digest, turn.now);
  session.device = command.device;
  if (command.device !== undefined) nameDevice(turn, caller, command.device);
  ownName(turn, caller);
  session.onlyRoom = admission.onlyRoom;
  for (const membership of member.memberships.values()) delete membership.absent;
  noteIdleness(turn, member);
  return caller;
}

/** Gives the member, who may still be in rooms, the name. Throws `name_taken`. */
function returnAs(turn: Turn, member: Member, name: string): void {
  const was = member.name;
  const wasPresent = member.memberships.size > 0;
  turn.registry.returnAs(member, name);
  if (wasPresent && was !== name) announceRename(turn, member, was);
}

/**
 * Makes space for one more session of the member: ends the one that the same client had before, and at the limit the oldest.
 */
function makeSpace(turn: Turn, member: Member, earlier: string | undefined): void {
  const same = earlier === undefined ? undefined : member.sessions.find(({ key }) => key === earlier);
  const oldest = member.sessions.length < MAX_SESSIONS_PER_MEMBER ? undefined : member.sessions[0];
  const replaced = same ?? oldest;
  if (replaced !== undefined) endReplaced(turn, turn.registry.sessions.get(replaced.id)!);
}

/** Throws `forbidden` if the member has reached its limit of rooms, unless it is in this room already. */
function checkRoomLimit(
  { registry: { rules: { roomsPerMember } } }: Turn,
  { memberships }: Member,
  room: string,
): void {
  if (memberships.size < roomsPerMember || memberships.has(room)) return;
  throw new ProtocolError("forbidden", `You are in ${roomsPerMember} rooms: leave one of them first`);
}

/** Makes the member one of the room, and tells the others in it and the member's other sessions. */
function enterRoom(turn: Turn, { session, member }: Caller, room: Room<Member>): void {
  const { registry, now, effects } = turn;
  const { name } = room;
  checkRoomLimit(turn, member, name);
  const isQuiet = isMuted(registry, member.id, name);
  if (isQuiet) dropAwayText(turn, member);
  member.memberships.set(name, { room });
  const isNews = room.add(member);
  const others = member.sessions.filter(({ id }) => id !== session.id);
  if (!isNews && others.length === 0) return;
  const described = describeMember(registry, member, name);
  const introduced = isQuiet ? { ...described, quiet: true as const } : { ...described, ...member.introduction };
  const event = {
    type: "join" as const,
    room: name,
    member: describeAway(introduced, member.away?.told),
    at: timestamp(now),
  };
  if (isNews) effects.push({ type: "publish", room: name, event });
  for (const other of others) send(turn, other, event);
}
