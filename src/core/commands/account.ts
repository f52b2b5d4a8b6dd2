import { ProtocolError } from "../../protocol/errors.ts";
import { canonicalSecret } from "../../protocol/address/invite_link.ts";
import type { AuthCommand, RegisterCommand, SessionsCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import { equals } from "./access.ts";
import type { Account } from "../state/accounts.ts";
import { REGISTRATIONS, WrongPassword } from "../state/password_attempts.ts";
import type { Effect } from "../effect.ts";
import { checkHashed } from "../state/hash_tickets.ts";
import { checkLogin, logIn, wrongLogin } from "./login.ts";
import type { Caller, Member } from "../state/member.ts";
import { keepMember } from "./rename.ts";
import { originOf } from "../state/quota.ts";
import type { Registry } from "../state/registry.ts";
import { actorOf } from "../state/ranks.ts";
import { timestamp } from "../timestamp.ts";
import { bindToken, type Session } from "../state/session.ts";

/** Makes the session the owner's, or gives a token to whoever knows an account's password. */
export function authenticate(registry: Registry, session: Session, command: AuthCommand, now: number): Effect[] {
  const { name, password, ref } = command;
  if (name === undefined) return becomeOwner(registry, session, command, now);
  checkLogin(registry, session, name, "account", now);
  return logIn(registry, session, { name, password, ref, refuse: wrongLogin }, now, (account, later) => {
    const effects: Effect[] = [];
    const token = bindToken(registry.options.newToken(), account.room);
    registry.accounts.addToken(account, registry.options.digest(token), registry.options.newId(later), later, effects);
    const role = session.isOwner ? "owner" : registry.roles.isModerator(account.id, undefined) ? "moderator" : "member";
    const event = { type: "authenticated" as const, ref, role, name: account.name, token } as const;
    return [...effects, { type: "send", session: session.id, event }];
  });
}

function becomeOwner(registry: Registry, session: Session, { ref, password }: AuthCommand, now: number): Effect[] {
  const { options, passwordAttempts: attempts } = registry;
  const asked = options.access?.adminDigest;
  if (asked === undefined) {
    throw new ProtocolError("forbidden", "The server has no admin password: its owner comes by its Unix socket");
  }
  const { passwordKeys: watched } = session;
  attempts.check(watched, now, "admin");
  const digests = [options.digest(password), options.digest(canonicalSecret(password))];
  if (!digests.map((digest) => equals(digest, asked)).includes(true)) {
    throw new WrongPassword("Wrong admin password: try again", "admin", "admin", attempts.note(watched, now));
  }
  session.isOwner = true;
  const entry = { at: timestamp(now), by: actorOf(session), action: "auth" };
  const event = { type: "authenticated", ref, role: "owner", name: session.member?.name } as const;
  return [{ type: "audit", entry }, { type: "send", session: session.id, event }];
}

/** The name becomes an account's when the password is hashed. What its member had as a token is its first, and its only one. */
export function register(registry: Registry, caller: Caller, command: RegisterCommand, now: number): Effect[] {
  const { session, member } = caller;
  const { ref, password } = command;
  registry.accounts.checkLimit(member.id, originOf(session));
  // Hashing is expensive: it counts as a comparison under way.
  const watched = [...session.passwordKeys, REGISTRATIONS];
  const settle = () => {
    registry.passwordAttempts.end(watched);
    return undefined;
  };
  registry.passwordAttempts.check(watched, now);
  registry.passwordAttempts.begin(watched);
  return registry.hashTickets.ask(session, { ref, password, settle }, now, (hashed, later) => {
    const outcome = checkHashed(hashed);
    if (!("hash" in outcome)) throw new Error("A password to register with was compared");
    registry.names.checkFree(member.name, member);
    registry.accounts.checkLimit(member.id, originOf(session));
    const effects = keepAccount(registry, caller, outcome.hash, later);
    const event = { type: "registered" as const, ref, name: member.name };
    return [...effects, { type: "send", session: session.id, event }];
  });
}

function keepAccount(registry: Registry, { session, member }: Caller, hash: string, now: number): Effect[] {
  const { accounts, options, restrictions, roles } = registry;
  const account = { id: member.id, name: member.name, hash, room: session.onlyRoom, from: originOf(session) };
  const effects: Effect[] = [];
  const digest = session.resumable ? options.digest(session.token) : undefined;
  accounts.save(account, effects);
  accounts.dropOtherTokens(account, digest, effects);
  if (digest !== undefined) accounts.addToken(account, digest, options.newId(now), now, effects);
  // People on `nc` can come back from now on: by their password.
  member.canReturn = true;
  member.nameWasUsed = false;
  effects.push(keepMember(member));
  restrictions.keepAll((order) => order.member?.id === member.id && isKept(registry, order.room), effects);
  roles.keepAll((grant) => grant.member.id === member.id && isKept(registry, grant.room), effects);
  return effects;
}

function isKept({ rooms }: Registry, room: string | undefined): boolean {
  return room === undefined || rooms.get(room)?.kept === true;
}

export function sessions(registry: Registry, { session, member }: Caller, { ref }: SessionsCommand): Effect[] {
  const account = accountOf(registry, member);
  const list = registry.accounts.sessions(account, registry.options.digest(session.token));
  return [{ type: "send", session: session.id, event: { type: "sessions", ref, sessions: list } }];
}

/** Throws `forbidden` for guests. */
export function accountOf({ accounts }: Registry, { id, name }: Member): Account {
  const account = accounts.withId(id);
  if (account !== undefined) return account;
  throw new ProtocolError("forbidden", `Name ${quote(name)} is not registered: send register with a password first`);
}
