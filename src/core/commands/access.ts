/** Who gets in: into the server, and into a room of it. */

import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalSecret } from "../../protocol/address/invite_link.ts";
import type { PasswordKind } from "../../protocol/errors.ts";
import { quote } from "../../protocol/text/names.ts";
import { type SecretKind, WrongPassword } from "../state/password_attempts.ts";
import type { Effect } from "../effect.ts";
import { type Invite, isUsedUp } from "../state/invites.ts";
import type { Member } from "../state/member.ts";
import { type ActiveRestriction, SERVER } from "../state/restrictions.ts";
import { originOf } from "../state/quota.ts";
import type { Registry } from "../state/registry.ts";
import { rankOf } from "../state/ranks.ts";
import type { Session } from "../state/session.ts";
import { timestamp } from "../timestamp.ts";

/** Who wants to go where, and what they show. */
export interface JoinRequest {
  readonly session: Session;
  /** Undefined for somebody new. */
  readonly member: Member | undefined;
  /** The one room that they were invited to before. */
  readonly boundTo: string | undefined;
  readonly room: string;
  readonly password: string | undefined;
}

/** What let them in; to be handed to `settle` when nothing else is in the way. */
export interface JoinGrant {
  readonly invite?: Invite;
  /** The lock that was opened, or that the invite goes past. */
  readonly lock?: ActiveRestriction;
  /** The one room that they may go to from here on. */
  readonly boundTo?: string;
}

/** Throws `forbidden` or `wrong_password` where they may not come in. Nothing has changed until `settle`. */
export function admit(registry: Registry, request: JoinRequest, now: number): JoinGrant {
  const { session, member, room, boundTo } = request;
  if (session.isOwner) return {};
  checkBans(registry, session, member, room);
  checkLockdown(registry, member);
  const lock = lockAgainst(registry, member, room);
  const foreign = boundTo !== undefined && boundTo !== room && !isAllowed(registry, member, room);
  const needsKey = foreign || (member === undefined && isClosed(registry));
  if (!needsKey && lock === undefined) return { boundTo };
  const kind = needsKey ? entranceKind(registry) : "room";
  if (request.password !== undefined) registry.passwordAttempts.check(session.passwordKeys, now, kind);
  const key = joinCredential(registry, request.password, now);
  const invite = key.invite !== undefined && opens(key.invite, room) ? key.invite : undefined;
  if (needsKey && !key.server && invite === undefined) throw refusal(registry, request, key, "server", now);
  if (lock !== undefined && invite === undefined && !isOpener(registry, lock, request.password)) {
    throw refusal(registry, request, key, "room", now);
  }
  const free = !foreign || key.server || invite?.room === undefined;
  return { invite, lock, boundTo: needsKey && free ? invite?.room : boundTo };
}

/** They are in: an invite is used once more, and a lock remembers whom it let through. */
export function settle(registry: Registry, member: Member, room: string, pass: JoinGrant, now: number): Effect[] {
  const effects: Effect[] = [];
  const { invite, lock } = pass;
  if (invite !== undefined) registry.invites.use(invite, effects);
  if (lock !== undefined && member.canReturn) registry.restrictions.admit(lock, [member.id], effects);
  const account = registry.accounts.withId(member.id);
  if (account?.room !== undefined && pass.boundTo === undefined) {
    registry.accounts.save({ ...account, room: undefined }, effects);
  }
  if (invite?.room !== undefined && pass.boundTo !== room) allow(registry, member, room, now, effects);
  return effects;
}

/** Somebody who was invited to another room before, or to none in particular. */
function allow(registry: Registry, member: Member, room: string, now: number, effects: Effect[]): void {
  const id = registry.options.newId(now);
  const from = member.session === undefined ? undefined : originOf(member.session);
  const order: ActiveRestriction = { id, kind: "allow", room, member: member.info, by: SERVER, from };
  // Without space for the order, the member is in for now and needs an invite again the next time.
  if (registry.restrictions.hasSpaceFor(order)) registry.restrictions.set(order, member.canReturn, effects);
}

const WRONG = "Wrong password, or an invite that is over";

/** What a password opens. */
export interface JoinCredential {
  readonly server: boolean;
  readonly invite: Invite | undefined;
}

/** The same work whatever the password is, but for its length. */
export function joinCredential(
  { options, invites }: Registry,
  password: string | undefined,
  now: number,
): JoinCredential {
  if (password === undefined) return { server: false, invite: undefined };
  const given = options.digest(password);
  const canonical = options.digest(canonicalSecret(password));
  const asked = options.access?.passwordDigest;
  const server = [equals(given, asked), equals(canonical, asked)].includes(true);
  const found = [invites.withDigest(given, now), invites.withDigest(canonical, now)];
  return { server, invite: found[0] ?? found[1] };
}

/** Compares digests without telling by time where they differ. */
export function equals(digest: string, other: string | undefined): boolean {
  if (other === undefined || digest.length !== other.length) return false;
  let difference = 0;
  for (let index = 0; index < digest.length; index++) difference |= digest.charCodeAt(index) ^ other.charCodeAt(index);
  return difference === 0;
}

/** The digest by which a lock knows its password. */
export function openerOf({ options }: Registry, lockId: string, password: string): string {
  return options.digest(`${lockId} ${password}`);
}

function isOpener(registry: Registry, { id, opener }: ActiveRestriction, password: string | undefined): boolean {
  return password !== undefined && equals(openerOf(registry, id, password), opener);
}

/** Whether new members need the server's password or an invite. */
export function isClosed({ options: { access } }: Registry): boolean {
  return access !== undefined && (access.inviteOnly || access.passwordDigest !== undefined);
}

/** The kind of secret that lets new members in to a closed server. */
export function entranceKind({ options }: Registry): SecretKind {
  return options.access?.passwordDigest === undefined ? "invite" : "server";
}

/** The refusal of a password that neither lets in new members nor belongs to the account that it came for. */
export function wrongEntrance(registry: Registry, last: boolean): WrongPassword {
  return new WrongPassword(`${WRONG}. ${serverNeeds(registry, undefined)}`, "server", entranceKind(registry), last);
}

function opens({ room: only, ...invite }: Invite, room: string): boolean {
  return (only === undefined || only === room) && !isUsedUp(invite);
}

/** Throws `forbidden`. Bans by address are not for moderators, who could shut themselves out. */
function checkBans(registry: Registry, { address }: Session, member: Member | undefined, room: string): void {
  const { restrictions: orders } = registry;
  const isMember = member === undefined || rankOf(registry, member, room) === 0;
  const ban = (member && orders.banOf(member.id, room)) ??
    (address !== undefined && isMember ? orders.banOfAddress(address, room) : undefined);
  if (ban === undefined) return;
  const where = ban.room === undefined ? "this server" : `room ${quote(ban.room)}`;
  const until = ban.until === undefined ? "" : ` until ${timestamp(ban.until)}`;
  throw new ProtocolError("forbidden", `You are banned from ${where}${until}: ask a moderator to let you in again`);
}

/** Throws `forbidden`. */
function checkLockdown({ restrictions: orders }: Registry, member: Member | undefined): void {
  if (member !== undefined || orders.lockdown === undefined) return;
  throw new ProtocolError("forbidden", "The server lets nobody new in at the moment: try again later");
}

/** The room's lock, where it is closed to them. Those inside stay. */
function lockAgainst(registry: Registry, member: Member | undefined, room: string): ActiveRestriction | undefined {
  const lock = registry.restrictions.lock(room);
  if (lock === undefined || member === undefined) return lock;
  if (member.memberships.has(room) || rankOf(registry, member, room) > 0) return undefined;
  return isAllowed(registry, member, room) ? undefined : lock;
}

function isAllowed({ restrictions: orders }: Registry, member: Member | undefined, room: string): boolean {
  return member !== undefined && orders.isAllowed(member.id, room);
}

/** A password that was shown counts as a wrong one, unless it is the server's. */
function refusal(
  registry: Registry,
  request: JoinRequest,
  key: JoinCredential,
  needs: PasswordKind,
  now: number,
): ProtocolError {
  const { session, room, password, boundTo } = request;
  const what = needs === "room" ? roomNeeds(registry, room) : serverNeeds(registry, boundTo);
  if (password === undefined || key.server) return new WrongPassword(what, needs);
  const last = registry.passwordAttempts.note(session.passwordKeys, now);
  if (key.invite !== undefined) {
    return new WrongPassword(`${explain(key.invite)}: ask for another one`, needs, "invite", last);
  }
  return new WrongPassword(`${WRONG}. ${what}`, needs, needs === "room" ? "room" : entranceKind(registry), last);
}

function explain(invite: Invite): string {
  if (isUsedUp(invite)) return "This invite has let in as many as it may";
  return `This invite is for room ${quote(invite.room!)} alone`;
}

function serverNeeds({ options }: Registry, boundTo: string | undefined): string {
  if (boundTo !== undefined) return `You were invited to room ${quote(boundTo)} alone: ask for an invite to this one`;
  const account = "or with the password of your registered name";
  if (options.access?.passwordDigest === undefined) {
    return `This server is by invitation: join with an invite, ${account}`;
  }
  return `This server has a password: join with it, with an invite, ${account}`;
}

function roomNeeds({ restrictions: orders }: Registry, room: string): string {
  const way = orders.lock(room)?.opener === undefined
    ? "ask a moderator for an invite to it"
    : "join with its password";
  return `Room ${quote(room)} is locked: ${way}`;
}
