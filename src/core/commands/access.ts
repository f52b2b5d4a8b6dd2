/** Admission to the server and its rooms: bans, locks, invites and passwords. */

import { type PasswordKind, ProtocolError } from "../../protocol/errors.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import type { PasswordProof } from "../hub_command.ts";
import { type Invite, isUsedUp } from "../state/invites.ts";
import type { Member } from "../state/members/member.ts";
import { type SecretKind, WrongPassword } from "../state/password_attempts.ts";
import { originOf } from "../state/quotas/quota.ts";
import { rankOf } from "../state/ranks.ts";
import type { Registry } from "../state/registry.ts";
import { type ActiveRestriction, SERVER } from "../state/restrictions.ts";
import type { Caller, Session } from "../state/members/session.ts";
import type { Turn } from "../turn.ts";

/** A join as `admit` sees it. */
export interface JoinRequest {
  readonly session: Session;
  /** `undefined` for a new member. */
  readonly member: Member | undefined;
  /** The only room that the member was invited to; `undefined` for all rooms. */
  readonly onlyRoom: string | undefined;
  readonly room: string;
  readonly password: PasswordProof | undefined;
}

/** The grounds on which a join was admitted. Pass it to `settle` once the join has passed all other checks. */
export interface JoinGrant {
  readonly invite?: Invite;
  /** The lock that the password or the invite opened. */
  readonly lock?: ActiveRestriction;
  /** The only room that the member may enter from now on; `undefined` for all rooms. */
  readonly onlyRoom?: string;
}

/** Throws `forbidden` or `wrong_password` if the join is not admitted. Only `settle` changes the state. */
export function admit(turn: Turn, request: JoinRequest): JoinGrant {
  const { registry, now } = turn;
  const { session, member, room, onlyRoom } = request;
  if (session.isOwner) return {};
  checkBans(registry, session, member, room);
  checkLockdown(registry, member);
  const lock = lockAgainst(registry, member, room);
  const isForeign = onlyRoom !== undefined && onlyRoom !== room && !isAllowed(registry, member, room);
  const needsEntrance = isForeign || (member === undefined && isClosed(registry));
  if (!needsEntrance && lock === undefined) return { onlyRoom };
  const kind = needsEntrance ? entranceKind(registry) : "room";
  if (request.password !== undefined) registry.passwordAttempts.check(session.passwordKeys, now, kind);
  const credential = joinCredential(turn, request.password);
  const invite = credential.invite !== undefined && opens(credential.invite, room) ? credential.invite : undefined;
  if (needsEntrance && !credential.server && invite === undefined) throw refusal(turn, request, credential, "server");
  if (lock !== undefined && invite === undefined && request.password?.lock !== lock.id) {
    throw refusal(turn, request, credential, "room");
  }
  const isFreed = !isForeign || credential.server || invite?.room === undefined;
  return { invite, lock, onlyRoom: needsEntrance && isFreed ? invite?.room : onlyRoom };
}

/** Completes a join: counts the use of an invite, and lets the lock remember the member. */
export function settle(turn: Turn, caller: Caller, room: string, { invite, lock, onlyRoom }: JoinGrant): void {
  const { registry, effects } = turn;
  const { member } = caller;
  if (invite !== undefined) registry.invites.use(invite, effects);
  if (lock !== undefined && member.canReturn) registry.restrictions.admit(lock, [member.id], effects);
  const account = registry.accounts.withId(member.id);
  if (account?.room !== undefined && onlyRoom === undefined) {
    registry.accounts.save({ ...account, room: undefined }, effects);
  }
  if (invite?.room !== undefined && onlyRoom !== room) allowInvited(turn, caller, room);
}

/** Lets a member return to a room although an earlier invite was for another room, or for all rooms. */
function allowInvited({ registry, now, effects }: Turn, { session, member }: Caller, room: string): void {
  const id = registry.newId(now);
  const from = originOf(session);
  const permission: ActiveRestriction = { id, kind: "allow", room, member: member.info, by: SERVER, from };
  // Past the quota the member still enters this time, but needs an invite again the next time.
  if (registry.restrictions.hasSpaceFor(permission)) registry.restrictions.set(permission, member.canReturn, effects);
}

const WRONG = "Wrong password, or an invite that has expired";

/** Says whether a password is the server's, an invite, or neither. */
export interface JoinCredential {
  readonly server: boolean;
  readonly invite: Invite | undefined;
}

export function joinCredential({ registry, now }: Turn, password: PasswordProof | undefined): JoinCredential {
  const invite = password?.invite === undefined ? undefined : registry.invites.valid(password.invite, now);
  return { server: password?.server === true, invite };
}

/** True if new members need the server's password or an invite. */
export function isClosed({ rules: { access } }: Registry): boolean {
  return access !== undefined && (access.inviteOnly || access.hasPassword);
}

/** The kind of secret that lets new members in to a closed server. */
export function entranceKind({ rules }: Registry): SecretKind {
  return rules.access?.hasPassword === true ? "server" : "invite";
}

/** The error for a password that is neither the server's, nor an invite, nor that of the named account. */
export function wrongEntrance(registry: Registry, last: boolean): WrongPassword {
  return new WrongPassword(`${WRONG}. ${serverNeeds(registry, undefined)}`, "server", entranceKind(registry), last);
}

function opens({ room: only, ...invite }: Invite, room: string): boolean {
  return (only === undefined || only === room) && !isUsedUp(invite);
}

/** Throws `forbidden`. Bans by address do not apply to moderators, who could lock themselves out. */
function checkBans(registry: Registry, { address }: Session, member: Member | undefined, room: string): void {
  const { restrictions } = registry;
  const hasNoRank = member === undefined || rankOf(registry, member, room) === 0;
  const ban = (member && restrictions.banOf(member.id, room)) ??
    (address !== undefined && hasNoRank ? restrictions.banOfAddress(address, room) : undefined);
  if (ban === undefined) return;
  const where = ban.room === undefined ? "this server" : `room ${quote(ban.room)}`;
  const until = ban.until === undefined ? "" : ` until ${timestamp(ban.until)}`;
  throw new ProtocolError("forbidden", `You are banned from ${where}${until}: ask a moderator to let you in again`);
}

/** Throws `forbidden` for a new member during a lockdown. */
function checkLockdown({ restrictions }: Registry, member: Member | undefined): void {
  if (member !== undefined || restrictions.lockdown === undefined) return;
  throw new ProtocolError("forbidden", "The server admits no new members at the moment: try again later");
}

/** Returns the lock that keeps the member out of the room. Members in the room and its moderators are not kept out. */
function lockAgainst(registry: Registry, member: Member | undefined, room: string): ActiveRestriction | undefined {
  const lock = registry.restrictions.lock(room);
  if (lock === undefined || member === undefined) return lock;
  if (member.memberships.has(room) || rankOf(registry, member, room) > 0) return undefined;
  return isAllowed(registry, member, room) ? undefined : lock;
}

function isAllowed({ restrictions }: Registry, member: Member | undefined, room: string): boolean {
  return member !== undefined && restrictions.isAllowed(member.id, room);
}

/** Returns the error for a join, and counts its password as a wrong one, unless it is the server's. */
function refusal(turn: Turn, request: JoinRequest, credential: JoinCredential, needs: PasswordKind): ProtocolError {
  const { registry, now } = turn;
  const { session, room, password, onlyRoom } = request;
  const advice = needs === "room" ? roomNeeds(registry, room) : serverNeeds(registry, onlyRoom);
  if (password === undefined || credential.server) return new WrongPassword(advice, needs);
  const last = registry.passwordAttempts.note(session.passwordKeys, now);
  if (credential.invite !== undefined) {
    return new WrongPassword(`${explain(credential.invite)}: ask for another one`, needs, "invite", last);
  }
  return new WrongPassword(`${WRONG}. ${advice}`, needs, needs === "room" ? "room" : entranceKind(registry), last);
}

function explain(invite: Invite): string {
  if (isUsedUp(invite)) return "This invite is used up";
  return `This invite is for room ${quote(invite.room!)} alone`;
}

function serverNeeds({ rules }: Registry, onlyRoom: string | undefined): string {
  if (onlyRoom !== undefined) return `You were invited to room ${quote(onlyRoom)} alone: ask for an invite to this one`;
  const account = "or with the password of your registered name";
  if (rules.access?.hasPassword !== true) {
    return `This server requires an invite: join with one, ${account}`;
  }
  return `This server has a password: join with it, with an invite, ${account}`;
}

function roomNeeds({ restrictions }: Registry, room: string): string {
  const way = restrictions.lock(room)?.opener === undefined
    ? "ask a moderator for an invite to it"
    : "join with its password";
  return `Room ${quote(room)} is locked: ${way}`;
}
