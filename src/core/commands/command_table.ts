import type { ClientCommand, PingCommand, PongCommand } from "../../protocol/messages/messages.ts";
import { allow } from "./allow.ts";
import { deleteMessage, editMessage, reactToMessage } from "./change.ts";
import type { Effect } from "../effect.ts";
import { join } from "./join.ts";
import { invite, invites, revoke } from "./invite_commands.ts";
import { leave } from "./leave.ts";
import { describeByName, listMembers, listRooms, readHistory, searchMessages, setTopic } from "./list.ts";
import type { Caller } from "../state/member.ts";
import { appoint } from "./appoint.ts";
import { ban, kick, lock, lockdown, mute, slow } from "./moderate.ts";
import { rename } from "./rename.ts";
import { post } from "./post.ts";
import { noteReceived } from "./direct_receipts.ts";
import { authenticate, register, sessions } from "./account.ts";
import type { Registry } from "../state/registry.ts";
import { remove } from "./remove.ts";
import { listRestrictions, readAudit } from "./audit.ts";
import { isTrusted } from "../state/ranks.ts";
import { checkInRoom } from "./room_lifecycle.ts";
import { joined, type Session } from "../state/session.ts";
import { tooFast } from "./voice.ts";

/**
 * `audited` commands may lead to an entry of the audit log.
 * `cost`: tokens of the session's bucket. Messages and their changes have the member's bucket, and pings one of their own,
 * and take from it themselves. A `pong` has none: the server asks for as many as there are direct messages.
 */
type Rule<C extends ClientCommand> =
  | { readonly needs: "nothing"; readonly cost: number; readonly audited?: true; readonly run: Run<Session, C> }
  | { readonly needs: "member" | "room"; readonly cost: number; readonly audited?: true; readonly run: Run<Caller, C> };

type Run<S, C> = (registry: Registry, sender: S, command: C, now: number) => Effect[];

/**
 * What each command needs and does: `member` is to have joined at all, `room` is to be in the room it names. Those of
 * moderators see for themselves who calls, for an owner need not join.
 */
const COMMANDS: { readonly [K in ClientCommand["type"]]: Rule<Extract<ClientCommand, { type: K }>> } = {
  join: { needs: "nothing", cost: 1, run: join },
  leave: { needs: "nothing", cost: 1, run: leave },
  message: { needs: "member", cost: 0, run: post },
  edit: { needs: "member", cost: 0, run: editMessage },
  delete: { needs: "member", cost: 0, audited: true, run: deleteMessage },
  react: { needs: "member", cost: 0, run: reactToMessage },
  rename: { needs: "member", cost: 1, run: rename },
  topic: { needs: "room", cost: 1, run: setTopic },
  members: { needs: "member", cost: 1, run: listMembers },
  rooms: { needs: "member", cost: 1, run: listRooms },
  whois: { needs: "member", cost: 1, run: describeByName },
  history: { needs: "room", cost: 2, run: readHistory },
  search: { needs: "room", cost: 3, run: searchMessages },
  ping: { needs: "nothing", cost: 0, run: pong },
  pong: { needs: "nothing", cost: 0, run: receivePong },
  auth: { needs: "nothing", cost: 1, audited: true, run: authenticate },
  register: { needs: "member", cost: 1, run: register },
  sessions: { needs: "member", cost: 1, run: sessions },
  revoke: { needs: "nothing", cost: 1, audited: true, run: revoke },
  invite: { needs: "nothing", cost: 1, audited: true, run: invite },
  invites: { needs: "nothing", cost: 1, run: invites },
  kick: { needs: "nothing", cost: 1, audited: true, run: kick },
  ban: { needs: "nothing", cost: 1, audited: true, run: ban },
  mute: { needs: "nothing", cost: 1, audited: true, run: mute },
  allow: { needs: "nothing", cost: 1, audited: true, run: allow },
  lock: { needs: "nothing", cost: 1, audited: true, run: lock },
  slow: { needs: "nothing", cost: 1, audited: true, run: slow },
  lockdown: { needs: "nothing", cost: 1, audited: true, run: lockdown },
  moderator: { needs: "nothing", cost: 1, audited: true, run: appoint },
  remove: { needs: "nothing", cost: 1, audited: true, run: remove },
  restrictions: { needs: "nothing", cost: 1, run: listRestrictions },
  audit: { needs: "nothing", cost: 1, run: readAudit },
};

/** Tokens that each command takes of its session's bucket. */
export const COMMAND_COSTS = Object.fromEntries(Object.entries(COMMANDS).map(([type, { cost }]) => [type, cost])) as {
  readonly [K in ClientCommand["type"]]: number;
};

/** What a command leads to. Throws ProtocolError, and then nothing has changed. */
export function runCommand(registry: Registry, session: Session, command: ClientCommand, now: number): Effect[] {
  const rule = COMMANDS[command.type] as Rule<ClientCommand>;
  if (rule.cost > 0) {
    const wait = session.commands.take(now, rule.cost);
    if (wait > 0) throw tooFast(wait);
  }
  const effects = run(registry, session, rule, command, now);
  return rule.audited && isTrusted(registry, session) ? effects.map(trusted) : effects;
}

/** The log keeps what owners and moderators of all rooms did apart. */
function trusted(effect: Effect): Effect {
  return effect.type === "audit" ? { ...effect, trusted: true } : effect;
}

function run(
  registry: Registry,
  session: Session,
  rule: Rule<ClientCommand>,
  command: ClientCommand,
  now: number,
): Effect[] {
  if (rule.needs === "nothing") return rule.run(registry, session, command, now);
  const member = joined(session);
  if (rule.needs === "room") checkInRoom(registry, member, (command as { room: string }).room);
  return rule.run(registry, { session, member }, command, now);
}

function receivePong(_: Registry, { member }: Session, { ref }: PongCommand): Effect[] {
  return member === undefined || ref === undefined ? [] : noteReceived(member, ref);
}

function pong(_: Registry, session: Session, { ref }: PingCommand, now: number): Effect[] {
  const wait = session.pings.take(now);
  if (wait > 0) throw tooFast(wait);
  return [{ type: "send", session: session.id, event: { type: "pong", ref } }];
}
