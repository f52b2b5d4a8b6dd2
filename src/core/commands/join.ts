import { ProtocolError } from "../../protocol/errors.ts";
import type { JoinCommand } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Account } from "../state/accounts.ts";
import type { Member } from "../state/member.ts";
import { checkEntry, isMuted, nameHeldByMute } from "../state/mute_checks.ts";
import { describeMember } from "../state/ranks.ts";
import { SERVER } from "../state/restrictions.ts";
import type { Room } from "../state/room.ts";
import { bindToken, boundRoomOf, type Session } from "../state/session.ts";
import type { Turn } from "../turn.ts";
import { admit, entranceKind, isClosed, joinCredential, type JoinGrant, settle, wrongEntrance } from "./access.ts";
import { checkLogin, logIn, wrongLogin } from "./account.ts";
import { sendDirects } from "./direct_messages.ts";
import { detach } from "./leave.ts";
import { announceRename, keepMember } from "./rename.ts";
import { discardRoom, makeRoom, remakeRoom } from "./room_lifecycle.ts";

/** Enters a room. On the first join of a session the name, token or password says who the member is. */
export function join(turn: Turn, session: Session, command: JoinCommand): void {
  const { registry } = turn;
  const { name, password, ref } = command;
  const request = { session, command };
  if (name === undefined || password === undefined || isKnown(turn, request)) return enter(turn, request);
  const isRegistered = registry.accounts.named(name) !== undefined;
  if (session.isOwner && !isRegistered) return enter(turn, request);
  const closed = isClosed(registry);
  const compared = closed ? entranceKind(registry) : isRegistered ? "account" : "room";
  checkLogin(turn, session, name, compared);
  const { server, invite } = joinCredential(turn, password);
  if (server || invite !== undefined || !(closed || isRegistered)) return enter(turn, request);
  // A closed server does not tell outsiders which names are registered: each name costs the same and gets the same answer.
  const refuse = closed ? (last: boolean) => wrongEntrance(registry, last) : wrongLogin;
  logIn(
    turn,
    session,
    { name, password, ref, compared, refuse },
    (later, login) => enter(later, { ...request, login }),
  );
}

interface JoinAttempt {
  readonly session: Session;
  readonly command: JoinCommand;
  /** The account whose password the command contains. */
  readonly login?: Account;
}

/** True if the session needs no password to prove who it is: it has joined, or shows a valid token. */
function isKnown(turn: Turn, { session, command }: JoinAttempt): boolean {
  return session.member !== undefined || memberByToken(turn, command) !== undefined;
}

function memberByToken({ registry, now }: Turn, { token }: JoinCommand): Member | undefined {
  return token === undefined ? undefined : registry.withToken(token, now);
}

/** Enters the room. A new room is made first, and discarded if the join fails. */
function enter(turn: Turn, attempt: JoinAttempt): void {
  const { registry } = turn;
  const { session, command } = attempt;
  const existing = registry.rooms.get(command.room);
  const made = existing === undefined ? makeRoomFor(turn, attempt) : undefined;
  try {
    const hadJoined = session.member !== undefined;
    const { member, token } = identify(turn, attempt);
    // If the member was alone in the room, it ended when the earlier connection was replaced.
    const room = registry.rooms.get(command.room) ?? remakeRoom(turn, existing!);
    if (room !== existing) becomeModerator(turn, member, room);
    if (!member.memberships.has(room.name)) enterRoom(turn, member, room);
    delete member.memberships.get(room.name)!.absent;
    turn.effects.push({ type: "enter", session: session.id, room: room.name });
    reply(turn, attempt, { member, token }, room);
    if (hadJoined) return;
    member.restartDelivery();
    sendDirects(turn, member);
  } catch (error) {
    if (made !== undefined) discardRoom(registry, made);
    throw error;
  }
}

/** Makes the room of a join, counted for the member if the member is already known. */
function makeRoomFor(turn: Turn, { session, command, login }: JoinAttempt): Room<Member> {
  const id = session.member?.id ?? login?.id ?? memberByToken(turn, command)?.id;
  return makeRoom(turn, session, command.room, id);
}

/** Makes the member the moderator of the room that was made for them. */
function becomeModerator({ registry }: Turn, member: Member, room: Room<Member>): void {
  registry.roomQuota.claim(room, member.id);
  // The role is stored when the room is stored.
  registry.roles.give({ id: room.id, room: room.name, member: member.info, by: SERVER }, false, []);
}

function reply(turn: Turn, { session, command }: JoinAttempt, { member, token }: Identity, room: Room<Member>): void {
  const { registry, effects } = turn;
  const { id, name, topic, slowSeconds, seq, size: count } = room;
  const joined = {
    type: "joined" as const,
    ref: command.ref,
    room: {
      ...{ id, name, topic },
      ...registry.restrictions.lock(name) === undefined ? {} : { locked: true as const },
      ...slowSeconds === 0 ? {} : { slow: slowSeconds },
    },
    you: { ...describeMember(registry, member, name), token },
    seq,
    members: room.listMembers().map((listed) => describeMember(registry, listed, name)),
    count,
  };
  const isOtherRoom = command.roomId !== undefined && command.roomId !== id;
  const after = isOtherRoom && command.after !== undefined ? 0 : command.after ?? seq;
  effects.push({ type: "replay", session: session.id, joined, after: Math.min(after, seq) });
}

interface Identity {
  readonly member: Member;
  readonly token: string;
}

/** Finds or makes the member of a join, once all checks of the member and the room have passed. */
function identify(turn: Turn, attempt: JoinAttempt): Identity {
  const { session, command, login } = attempt;
  if (session.state.phase === "joined") return joinAgain(turn, attempt, session.state.member);
  const known = login === undefined ? memberByToken(turn, command) : turn.registry.ofAccount(login, turn.now);
  return known === undefined ? joinNew(turn, attempt) : rejoin(turn, attempt, known);
}

/** A further join of a session that has joined. */
function joinAgain(turn: Turn, { session, command }: JoinAttempt, member: Member): Identity {
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
  return { member, token: session.token };
}

/** The first join of a session by a known member: by a token, or with `login` by a password. */
function rejoin(turn: Turn, { session, command, login }: JoinAttempt, member: Member): Identity {
  const { registry, now, effects } = turn;
  const { room, password } = command;
  checkRoomLimit(turn, member, room);
  const held = nameHeldByMute(registry, member, room);
  const name = login === undefined ? command.name ?? held ?? member.name : held ?? login.name;
  checkEntry(registry, member, name, room);
  const onlyRoom = login === undefined ? boundRoomOf(command.token!) : login.room;
  const admission = admit(turn, { session, member, onlyRoom, room, password: login ? undefined : password });
  takeOver(turn, member, name);
  settle(turn, { session, member }, room, admission);
  keepMember(turn, member);
  const token = login === undefined ? command.token! : bindToken(registry.options.newToken(), login.room);
  const digest = registry.options.digest(token);
  if (login === undefined) registry.accounts.touch(digest, now, effects);
  else if (session.resumable) registry.accounts.addToken(login, digest, registry.options.newId(now), now, effects);
  return attach(member, session, token, admission);
}

/** The first join of a new member. */
function joinNew(turn: Turn, { session, command }: JoinAttempt): Identity {
  const { registry, now } = turn;
  const { name, room, password } = command;
  if (name === undefined) {
    throw new ProtocolError("invalid", "Field name is missing: the first join needs it");
  }
  const admission = admit(turn, { session, member: undefined, onlyRoom: undefined, room, password });
  const token = bindToken(registry.options.newToken(), admission.onlyRoom);
  const member = registry.addMember(name, token, now);
  member.canReturn = session.resumable;
  if (member.canReturn) keepMember(turn, member);
  settle(turn, { session, member }, room, admission);
  return attach(member, session, token, admission);
}

function attach(member: Member, session: Session, token: string, { onlyRoom }: JoinGrant): Identity {
  member.session = session;
  session.token = token;
  session.onlyRoom = onlyRoom;
  session.state = { phase: "joined", member };
  return { member, token };
}

/** Frees a member for a new connection: the earlier connection, if there is one, is closed. Throws `name_taken`. */
function takeOver(turn: Turn, member: Member, name: string): void {
  const { registry, effects } = turn;
  const was = member.name;
  const wasPresent = member.memberships.size > 0;
  registry.names.checkFree(name, member);
  const earlier = member.session && registry.sessions.get(member.session.id);
  if (earlier !== undefined) {
    detach(turn, member, earlier, "closed");
    registry.sessions.delete(earlier.id);
    effects.push({ type: "close", session: earlier.id, reason: "replaced" });
  }
  registry.returnAs(member, name);
  if (wasPresent && was !== name) announceRename(turn, member, was, undefined);
}

/** Throws `forbidden` if the member has reached its limit of rooms, unless it is in this room already. */
function checkRoomLimit({ registry: { roomsPerMember } }: Turn, { memberships }: Member, room: string): void {
  if (memberships.size < roomsPerMember || memberships.has(room)) return;
  throw new ProtocolError("forbidden", `You are in ${roomsPerMember} rooms: leave one of them first`);
}

function enterRoom(turn: Turn, member: Member, room: Room<Member>): void {
  const { registry, now, effects } = turn;
  const { name } = room;
  checkRoomLimit(turn, member, name);
  member.memberships.set(name, { room });
  if (!room.add(member)) return;
  const described = describeMember(registry, member, name);
  const introduced = isMuted(registry, member.id, name)
    ? { ...described, quiet: true as const }
    : { ...described, ...member.introduction };
  const event = { type: "join" as const, room: name, member: introduced, at: timestamp(now) };
  effects.push({ type: "publish", room: name, event });
}
