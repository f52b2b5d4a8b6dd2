import { ProtocolError } from "../../protocol/errors.ts";
import { MAX_LIST_BYTES } from "../../protocol/limits.ts";
import type { InvitesCommand, RevokeCommand } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import { quote } from "../../protocol/text/names.ts";
import { longestPrefix } from "../../protocol/text/utf8_length.ts";
import type { HubInviteCommand } from "../hub_command.ts";
import { checkModerates, checkRank } from "../state/ranks.ts";
import type { Session } from "../state/members/session.ts";
import { send, type Turn } from "../turn.ts";
import { dropDevice } from "./members/device.ts";
import { accountOf } from "./members/account.ts";
import { expel } from "./leave.ts";
import { addAudit } from "./moderation/moderation_notices.ts";

/** Makes an invite. The event names the digests of its link and passphrase, whose texts are sent this once. Throws `forbidden`. */
export function invite(turn: Turn, session: Session, command: HubInviteCommand): void {
  const { registry, now, effects } = turn;
  const by = checkModerates(registry, session, undefined);
  const { ref, room, uses, secret, words } = command;
  const id = registry.newId(now);
  const expires = now + 1000 * command.expires;
  registry.invites.add(
    { id, digests: [secret, words], room, expires, uses, used: 0, by: by.name },
    session.isOwner,
    effects,
  );
  addAudit(turn, by, "invite", { room, seconds: command.expires });
  send(turn, session, { type: "invite", ref, id, secret, words, room, expires: timestamp(expires), uses });
}

/** Lists the invites, as many as fit on a line. Throws `forbidden`. */
export function invites(turn: Turn, session: Session, { ref }: InvitesCommand): void {
  const { registry } = turn;
  checkRank(registry, session, undefined);
  const all = registry.invites.list();
  send(turn, session, { type: "invites", ref, invites: longestPrefix(all, MAX_LIST_BYTES), count: all.length });
}

/** Ends an invite, or a token of the member's account and the sessions that use it. */
export function revoke(turn: Turn, session: Session, command: RevokeCommand): void {
  if ((command.session === undefined) === (command.invite === undefined)) {
    throw new ProtocolError("invalid", "Fields session and invite exclude each other: name one of them");
  }
  if (command.invite !== undefined) return revokeInvite(turn, session, command.invite, command.ref);
  revokeToken(turn, session, command.session!, command.ref);
}

function revokeInvite(turn: Turn, session: Session, id: string, ref: string | undefined): void {
  const { registry, effects } = turn;
  const by = checkModerates(registry, session, undefined);
  const invite = registry.invites.withId(id);
  if (invite === undefined) {
    throw new ProtocolError("invalid", `Field invite is ${quote(id)}: the command invites lists all`);
  }
  registry.invites.remove(invite, effects);
  addAudit(turn, by, "revoke", { room: invite.room });
  send(turn, session, { type: "revoked", ref, invite: id });
}

function revokeToken(turn: Turn, session: Session, id: string, ref: string | undefined): void {
  const { registry, effects } = turn;
  const { member } = session;
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your token");
  const { accounts } = registry;
  const digest = accounts.tokenWithId(accountOf(registry, member), id);
  if (digest === undefined) {
    throw new ProtocolError("invalid", `Field session is ${quote(id)}: the command sessions lists all`);
  }
  accounts.dropToken(digest, effects);
  dropDevice(turn, member, digest);
  send(turn, session, { type: "revoked", ref, session: id });
  for (const own of member.sessions) {
    if (own.tokenDigest === digest) expel(turn, registry.sessions.get(own.id)!, "refused", "closed");
  }
}
