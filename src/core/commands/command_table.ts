import type { ChangeCommand, ClientCommand, MessageCommand } from "../../protocol/messages/messages.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Effect } from "../effect.ts";
import type { HubCommand } from "../hub_command.ts";
import { isTrusted } from "../state/ranks.ts";
import { type Caller, joined, type Session } from "../state/members/session.ts";
import type { Turn } from "../turn.ts";
import { authenticate, register, sessions } from "./members/account.ts";
import { answerCall, callMembers, hangUp } from "./calls/call.ts";
import { allow } from "./moderation/allow.ts";
import { appoint } from "./moderation/appoint.ts";
import { deleteMessage, editMessage, reactToMessage } from "./change.ts";
import { device } from "./members/device.ts";
import { blockMember, listConversations, markRead } from "./conversations/read.ts";
import { passOn } from "./files/straight_transfer.ts";
import { fetch } from "./files/fetch.ts";
import { offer } from "./files/offer.ts";
import { invite, invites, revoke } from "./invite_commands.ts";
import { join } from "./join.ts";
import { link } from "./members/link.ts";
import { leave } from "./leave.ts";
import {
  describeByName,
  listMembers,
  listRestrictions,
  listRooms,
  readAudit,
  readHistory,
  searchMessages,
} from "./list.ts";
import { setAway } from "./presence/away.ts";
import { ban, kick, lock, lockdown, mute, slow } from "./moderation/moderate.ts";
import { post } from "./post.ts";
import { remove } from "./moderation/remove.ts";
import { rename } from "./members/rename.ts";
import { checkInRoom, setTopic } from "./room_lifecycle.ts";
import { tooFast } from "./voice.ts";

/**
 * How a command is run. `audited`: it may add an entry to the audit log. `cost`: tokens that it takes from its session's
 * bucket. Messages and changes cost 0 here, because their functions take tokens from other buckets. `query`: see
 * `isQuery`.
 */
type Rule<C extends HubCommand> =
  & { readonly cost: number; readonly audited?: true; readonly query?: (command: C) => boolean }
  & (
    | { readonly needs: "nothing"; readonly run: Run<Session, C> }
    | { readonly needs: "member" | "room"; readonly run: Run<Caller, C> }
  );

type Run<S, C> = (turn: Turn, sender: S, command: C) => void;

const always = () => true;
const repliesToName = ({ reply }: MessageCommand) => typeof reply === "string" && !isUuid(reply);
const findsNewest = ({ of }: ChangeCommand) => of === undefined;

/**
 * All commands of the hub. `member`: the sender must have joined. `room`: the sender must be in the room that the command names.
 * Commands of moderators check the rank themselves, because an owner need not join.
 */
const COMMANDS: { readonly [K in HubCommand["type"]]: Rule<Extract<HubCommand, { type: K }>> } = {
  join: { needs: "nothing", cost: 1, query: ({ after }) => after !== undefined, run: join },
  leave: { needs: "nothing", cost: 1, run: leave },
  message: { needs: "member", cost: 0, query: repliesToName, run: post },
  offer: { needs: "member", cost: 1, run: offer },
  fetch: { needs: "member", cost: 1, run: fetch },
  direct: { needs: "member", cost: 1, run: passOn },
  call: { needs: "member", cost: 2, run: callMembers },
  answer: { needs: "member", cost: 2, run: answerCall },
  hangup: { needs: "member", cost: 1, run: hangUp },
  edit: { needs: "member", cost: 0, query: findsNewest, run: editMessage },
  delete: { needs: "member", cost: 0, audited: true, query: findsNewest, run: deleteMessage },
  react: { needs: "member", cost: 0, query: findsNewest, run: reactToMessage },
  rename: { needs: "member", cost: 1, run: rename },
  topic: { needs: "room", cost: 1, run: setTopic },
  members: { needs: "member", cost: 1, query: always, run: listMembers },
  rooms: { needs: "member", cost: 1, query: always, run: listRooms },
  whois: { needs: "member", cost: 1, run: describeByName },
  history: { needs: "member", cost: 2, query: always, run: readHistory },
  search: { needs: "member", cost: 3, query: always, run: searchMessages },
  conversations: { needs: "member", cost: 2, query: always, run: listConversations },
  read: { needs: "member", cost: 1, run: markRead },
  block: { needs: "member", cost: 1, run: blockMember },
  away: { needs: "member", cost: 1, run: setAway },
  auth: { needs: "nothing", cost: 1, audited: true, run: authenticate },
  register: { needs: "member", cost: 1, run: register },
  sessions: { needs: "member", cost: 1, run: sessions },
  revoke: { needs: "nothing", cost: 1, audited: true, run: revoke },
  device: { needs: "member", cost: 1, run: device },
  link: { needs: "nothing", cost: 1, run: link },
  invite: { needs: "nothing", cost: 1, audited: true, run: invite },
  invites: { needs: "nothing", cost: 1, query: always, run: invites },
  kick: { needs: "nothing", cost: 1, audited: true, run: kick },
  ban: { needs: "nothing", cost: 1, audited: true, run: ban },
  mute: { needs: "nothing", cost: 1, audited: true, run: mute },
  allow: { needs: "nothing", cost: 1, audited: true, run: allow },
  lock: { needs: "nothing", cost: 1, audited: true, run: lock },
  slow: { needs: "nothing", cost: 1, audited: true, run: slow },
  lockdown: { needs: "nothing", cost: 1, audited: true, run: lockdown },
  moderator: { needs: "nothing", cost: 1, audited: true, run: appoint },
  remove: { needs: "nothing", cost: 1, audited: true, run: remove },
  restrictions: { needs: "nothing", cost: 1, query: always, run: listRestrictions },
  audit: { needs: "nothing", cost: 1, query: always, run: readAudit },
};

/** The tokens that each command takes from its session's bucket. */
export const COMMAND_COSTS = Object.fromEntries(Object.entries(COMMANDS).map(([type, { cost }]) => [type, cost])) as {
  readonly [K in HubCommand["type"]]: number;
};

function ruleOf({ type }: HubCommand): Rule<HubCommand> {
  return COMMANDS[type] as Rule<HubCommand>;
}

/**
 * Runs a command, which adds its effects to the turn. Throws a ProtocolError before the state has changed; the caller then
 * drops the effects that the command had added.
 */
export function runCommand(turn: Turn, session: Session, command: HubCommand): void {
  const rule = ruleOf(command);
  if (rule.cost > 0) {
    const wait = session.commands.take(turn.now, rule.cost);
    if (wait > 0) throw tooFast(wait);
  }
  const start = turn.effects.length;
  run(turn, session, rule, command);
  if (rule.audited && isTrusted(turn.registry, session)) markTrusted(turn.effects, start);
}

/** Marks audit entries by owners and moderators of all rooms: the log keeps them apart. */
function markTrusted(effects: Effect[], start: number): void {
  for (let index = start; index < effects.length; index++) {
    const effect = effects[index]!;
    if (effect.type === "audit") effects[index] = { ...effect, trusted: true };
  }
}

function run(turn: Turn, session: Session, rule: Rule<HubCommand>, command: HubCommand): void {
  if (rule.needs === "nothing") return rule.run(turn, session, command);
  const member = joined(session);
  if (rule.needs === "room") checkInRoom(turn.registry, session, (command as { room: string }).room);
  rule.run(turn, { session, member }, command);
}

/**
 * True for a command that reads or sorts much, even if its answer is short. The server runs such commands one after another,
 * a few milliseconds at a time, so that they do not delay other members.
 */
export function isQuery(command: ClientCommand): boolean {
  const rule = (COMMANDS as Readonly<Record<string, Rule<HubCommand>>>)[command.type];
  return rule?.query?.(command as HubCommand) === true;
}
