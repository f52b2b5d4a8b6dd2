import { ProtocolError } from "../../protocol/errors.ts";
import type { JoinCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import { admit, entranceKind, isClosed, joinCredential, type JoinGrant, settle, wrongEntrance } from "./access.ts";
import type { Account } from "../state/accounts.ts";
import type { Effect } from "../effect.ts";
import { detach } from "./leave.ts";
import { checkLogin, logIn, wrongLogin } from "./login.ts";
import type { Member } from "../state/member.ts";
import { checkEntry, isMuted, nameHeldByMute } from "../state/mute_checks.ts";
import { announceRename, keepMember } from "./rename.ts";
import { SERVER } from "../state/restrictions.ts";
import { sendDirects } from "./direct_receipts.ts";
import type { Registry } from "../state/registry.ts";
import { describeMember } from "../state/ranks.ts";
import type { Room } from "../state/room.ts";
import { discardRoom, makeRoom } from "./room_lifecycle.ts";
import { timestamp } from "../timestamp.ts";
import { bindToken, boundRoomOf, type Session } from "../state/session.ts";

/** Enters a room, on the first join of a session as whom the name, token or password says. */
export function join(registry: Registry, session: Session, command: JoinCommand, now: number): Effect[] {
  const { name, password, ref } = command;
  const go = (later: number, login?: Account) => enter(registry, session, command, later, login);
  if (name === undefined || password === undefined || isKnown(registry, session, command, now)) return go(now);
  const isRegistered = registry.accounts.named(name) !== undefined;
  if (session.isOwner && !isRegistered) return go(now);
  const closed = isClosed(registry);
  const compared = closed ? entranceKind(registry) : isRegistered ? "account" : "room";
  checkLogin(registry, session, name, compared, now);
  const { server, invite } = joinCredential(registry, password, now);
  if (server || invite !== undefined || !(closed || isRegistered)) return go(now);
  // A closed server does not tell outsiders which names are registered: each name costs the same and gets the same answer.
  const refuse = closed ? (last: boolean) => wrongEntrance(registry, last) : wrongLogin;
  return logIn(registry, session, { name, password, ref, compared, refuse }, now, (login, later) => go(later, login));
}

/** Whether the session needs no password to prove who it is: it has joined, or shows a valid token. */
function isKnown(registry: Registry, { member }: Session, { token }: JoinCommand, now: number): boolean {
  return member !== undefined || (token !== undefined && registry.withToken(token, now) !== undefined);
}

function enter(
  registry: Registry,
  session: Session,
  command: JoinCommand,
  now: number,
  login: Account | undefined,
): Effect[] {
  const effects: Effect[] = [];
  const made = registry.rooms.has(command.room) ? undefined : makeFor(registry, session, command, now, login);
  try {
    const wasHere = session.member !== undefined;
    const { member, token } = identify(registry, session, command, now, login, effects);
    const room = roomFor(registry, session, member, command.room, made, now);
    if (!member.memberships.has(room.name)) enterRoom(registry, member, room, now, effects);
    delete member.memberships.get(room.name)!.absent;
    effects.push({ type: "enter", session: session.id, room: room.name });
    effects.push(reply(registry, command, session, member, token, room));
    if (!wasHere) {
      member.restartDelivery();
      sendDirects(member, effects);
    }
    return effects;
  } catch (error) {
    if (made !== undefined) discardRoom(registry, made);
    throw error;
  }
}

/** Makes the room of a join, counted for the member if that is known already. */
function makeFor(
  registry: Registry,
  session: Session,
  command: JoinCommand,
  now: number,
  login: Account | undefined,
): Room<Member> {
  const id = session.member?.id ?? login?.id ?? knownBy(registry, command, now)?.id;
  return makeRoom(registry, session, command.room, id, now);
}

/** The room that was there, or that was made for the member, who moderates it then. */
function roomFor(
  registry: Registry,
  session: Session,
  member: Member,
  name: string,
  made: Room<Member> | undefined,
  now: number,
): Room<Member> {
  const there = registry.rooms.get(name);
  if (there !== undefined && there !== made) return there;
  // It ended just now where the member's connection before was alone in it.
  const room = there ?? makeRoom(registry, session, name, member.id, now);
  registry.roomQuota.claim(room, member.id);
  makeModerator(registry, member, room);
  return room;
}

function reply(
  registry: Registry,
  command: JoinCommand,
  session: Session,
  member: Member,
  token: string,
  room: Room<Member>,
): Effect {
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
  const isAnother = command.roomId !== undefined && command.roomId !== id;
  const after = isAnother && command.after !== undefined ? 0 : command.after ?? seq;
  return { type: "replay", session: session.id, joined, after: Math.min(after, seq) };
}

interface Identified {
  readonly member: Member;
  readonly token: string;
}

function identify(
  registry: Registry,
  session: Session,
  command: JoinCommand,
  now: number,
  login: Account | undefined,
  effects: Effect[],
): Identified {
  const { room, password } = command;
  if (session.state.phase === "joined") {
    const { member } = session.state;
    checkName(member, command);
    checkRoomBound(registry, member, room);
    checkEntry(registry, member, member.name, room);
    const pass = admit(registry, { session, member, boundTo: session.onlyRoom, room, password }, now);
    effects.push(...settle(registry, member, room, pass, now));
    session.onlyRoom = pass.boundTo;
    return { member, token: session.token };
  }
  const known = login === undefined ? knownBy(registry, command, now) : registry.ofAccount(login, now);
  if (known !== undefined) return comeBack(registry, session, known, command, now, login, effects);
  return begin(registry, session, command, now, effects);
}

function knownBy(registry: Registry, { token }: JoinCommand, now: number): Member | undefined {
  return token === undefined ? undefined : registry.withToken(token, now);
}

/** Somebody who was here before, by a token or, with `login`, by a password. */
function comeBack(
  registry: Registry,
  session: Session,
  member: Member,
  command: JoinCommand,
  now: number,
  login: Account | undefined,
  effects: Effect[],
): Identified {
  const { room, password } = command;
  checkRoomBound(registry, member, room);
  const name = login === undefined
    ? command.name ?? nameHeldByMute(registry, member, room) ?? member.name
    : nameHeldByMute(registry, member, room) ?? login.name;
  checkEntry(registry, member, name, room);
  const boundTo = login === undefined ? boundRoomOf(command.token!) : login.room;
  const pass = admit(registry, { session, member, boundTo, room, password: login ? undefined : password }, now);
  resume(registry, member, name, now, effects);
  effects.push(...settle(registry, member, room, pass, now), keepMember(member));
  const token = login === undefined ? command.token! : bindToken(registry.options.newToken(), login.room);
  const digest = registry.options.digest(token);
  if (login === undefined) registry.accounts.touch(digest, now, effects);
  else if (session.resumable) registry.accounts.addToken(login, digest, registry.options.newId(now), now, effects);
  return attach(member, session, token, pass);
}

function begin(
  registry: Registry,
  session: Session,
  command: JoinCommand,
  now: number,
  effects: Effect[],
): Identified {
  const { name, room, password } = command;
  if (name === undefined) {
    throw new ProtocolError("invalid", "Field name is missing: say who you are on your first join");
  }
  const pass = admit(registry, { session, member: undefined, boundTo: undefined, room, password }, now);
  const token = bindToken(registry.options.newToken(), pass.boundTo);
  const member = registry.addMember(name, token, now);
  member.canReturn = session.resumable;
  if (member.canReturn) effects.push(keepMember(member));
  effects.push(...settle(registry, member, room, pass, now));
  return attach(member, session, token, pass);
}

/** A further join of somebody who is in already. */
function checkName(member: Member, { name }: JoinCommand): void {
  if (name === undefined || name === member.name) return;
  throw new ProtocolError(
    "invalid",
    `Field name is ${quote(name)}, but you are ${quote(member.name)} here: use rename`,
  );
}

function attach(member: Member, session: Session, token: string, { boundTo }: JoinGrant): Identified {
  member.session = session;
  session.token = token;
  session.onlyRoom = boundTo;
  session.state = { phase: "joined", member };
  return { member, token };
}

/** Lets a member go on from a new connection: the old one, if there still is one, is closed. */
function resume(registry: Registry, member: Member, name: string, now: number, effects: Effect[]): void {
  const was = member.name;
  const wasPresent = member.memberships.size > 0;
  registry.names.checkFree(name, member);
  const old = member.session;
  if (old !== undefined) {
    detach(registry, member, old, "closed", now, effects);
    registry.sessions.delete(old.id);
    effects.push({ type: "close", session: old.id, reason: "replaced" });
  }
  registry.returnAs(member, name);
  if (wasPresent && was !== name) announceRename(member, was, undefined, now, effects);
}

/** Throws `forbidden` where one more room would be one too many. */
function checkRoomBound({ roomsPerMember }: Registry, member: Member, room: string): void {
  if (member.memberships.size < roomsPerMember || member.memberships.has(room)) return;
  throw new ProtocolError("forbidden", `You are in ${roomsPerMember} rooms: leave one of them first`);
}

/** The first member of a new room moderates it, from when it is kept for as long as it is. */
function makeModerator({ roles }: Registry, member: Member, { id, name }: Room<Member>): void {
  roles.give({ id, room: name, member: member.info, by: SERVER }, false, []);
}

function enterRoom(registry: Registry, member: Member, room: Room<Member>, now: number, effects: Effect[]): void {
  checkRoomBound(registry, member, room.name);
  member.memberships.set(room.name, { room });
  if (!room.add(member)) return;
  const { name } = room;
  const listed = describeMember(registry, member, name);
  const introduced = isMuted(registry, member.id, name)
    ? { ...listed, quiet: true as const }
    : { ...listed, ...member.introduction };
  effects.push({
    type: "publish",
    room: name,
    event: { type: "join", room: name, member: introduced, at: timestamp(now) },
  });
}
