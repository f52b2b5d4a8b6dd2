import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_LIST_BYTES } from "../../protocol/limits.ts";
import type { InviteCommand, InvitesCommand, RevokeCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import { fitting } from "./list_prefix.ts";
import { expel } from "./leave.ts";
import { accountOf } from "./account.ts";
import type { Registry } from "../state/registry.ts";
import { checkModerates, checkRank } from "../state/ranks.ts";
import type { Session } from "../state/session.ts";
import { timestamp } from "../timestamp.ts";

/** Makes an invite, whose secret is told this once. */
export function invite(registry: Registry, session: Session, command: InviteCommand, now: number): Effect[] {
  const by = checkModerates(registry, session, undefined);
  const { options, invites } = registry;
  const { ref, room, uses } = command;
  const id = options.newId(now);
  const secret = options.newSecret();
  const words = options.newWords();
  const expires = now + 1000 * command.expires;
  const digests = [options.digest(secret), options.digest(words)];
  const effects: Effect[] = [];
  invites.add({ id, digests, room, expires, uses, used: 0, by: by.name }, session.isOwner, effects);
  const event = { type: "invite" as const, ref, id, secret, words, room, expires: timestamp(expires), uses };
  const entry = { at: timestamp(now), by, action: "invite", room, seconds: command.expires };
  return [...effects, { type: "audit", entry }, { type: "send", session: session.id, event }];
}

export function invites(registry: Registry, session: Session, { ref }: InvitesCommand): Effect[] {
  checkRank(registry, session, undefined);
  const all = registry.invites.list();
  const event = { type: "invites" as const, ref, invites: fitting(all, MAX_LIST_BYTES), count: all.length };
  return [{ type: "send", session: session.id, event }];
}

/** Ends an invite, or a token of one's account and the connection that uses it. */
export function revoke(registry: Registry, session: Session, command: RevokeCommand, now: number): Effect[] {
  if ((command.session === undefined) === (command.invite === undefined)) {
    throw new ProtocolError("invalid", "Fields session and invite exclude each other: name one of them");
  }
  if (command.invite !== undefined) return revokeInvite(registry, session, command.invite, command.ref, now);
  return revokeToken(registry, session, command.session!, command.ref, now);
}

function revokeInvite(
  registry: Registry,
  session: Session,
  id: string,
  ref: string | undefined,
  now: number,
): Effect[] {
  const by = checkModerates(registry, session, undefined);
  const invite = registry.invites.withId(id);
  if (invite === undefined) {
    throw new ProtocolError("invalid", `Field invite is ${quote(id)}: invites lists those there are`);
  }
  const effects: Effect[] = [];
  registry.invites.remove(invite, effects);
  const entry = { at: timestamp(now), by, action: "revoke", room: invite.room };
  return [...effects, { type: "audit", entry }, {
    type: "send",
    session: session.id,
    event: { type: "revoked", ref, invite: id },
  }];
}

function revokeToken(registry: Registry, session: Session, id: string, ref: string | undefined, now: number): Effect[] {
  const { member } = session;
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your token");
  const { accounts, options } = registry;
  const digest = accounts.tokenWithId(accountOf(registry, member), id);
  if (digest === undefined) {
    throw new ProtocolError("invalid", `Field session is ${quote(id)}: sessions lists those there are`);
  }
  const effects: Effect[] = [];
  accounts.dropToken(digest, effects);
  effects.push({ type: "send", session: session.id, event: { type: "revoked", ref, session: id } });
  if (options.digest(session.token) === digest) effects.push(...expel(registry, session, "refused", "closed", now));
  return effects;
}
