import { ProtocolError } from "../protocol/errors.ts";
import type { ClientCommand, PongCommand } from "../protocol/messages.ts";
import { allow } from "./allowing.ts";
import { edit, react, takeBack } from "./changing.ts";
import type { Effect } from "./effect.ts";
import { join } from "./entering.ts";
import { invite, invites, revoke } from "./inviting.ts";
import { leave } from "./leaving.ts";
import { history, members, rooms, search, setTopic } from "./listing.ts";
import type { Caller } from "./member.ts";
import { appoint, ban, kick, lock, lockdown, mute, slow } from "./moderating.ts";
import { rename } from "./naming.ts";
import { post } from "./posting.ts";
import { noteReceived } from "./receipts.ts";
import { authenticate, register, sessions } from "./registering.ts";
import type { Registry } from "./registry.ts";
import { audit, orders } from "./reviewing.ts";
import { checkInRoom } from "./rooms.ts";
import type { Session } from "./session.ts";
import { tooFast } from "./speaking.ts";

/** `paced` commands take from the session's bucket; messages and their changes have the member's, and see to it themselves. */
type Rule<C extends ClientCommand> =
  | { readonly needs: "nothing"; readonly paced: boolean; readonly run: Run<Session, C> }
  | { readonly needs: "member" | "room"; readonly paced: boolean; readonly run: Run<Caller, C> };

type Run<S, C> = (registry: Registry, sender: S, command: C, now: number) => Effect[];

/**
 * What each command needs and does: `member` is to have joined at all, `room` is to be in the room it names. Those of
 * moderators see for themselves who calls, for an owner need not join.
 */
const COMMANDS: { readonly [K in ClientCommand["type"]]: Rule<Extract<ClientCommand, { type: K }>> } = {
  join: { needs: "nothing", paced: true, run: join },
  leave: { needs: "member", paced: true, run: leave },
  message: { needs: "member", paced: false, run: post },
  edit: { needs: "member", paced: false, run: edit },
  delete: { needs: "member", paced: false, run: takeBack },
  react: { needs: "member", paced: false, run: react },
  rename: { needs: "member", paced: true, run: rename },
  topic: { needs: "room", paced: true, run: setTopic },
  members: { needs: "member", paced: true, run: members },
  rooms: { needs: "member", paced: true, run: rooms },
  history: { needs: "room", paced: true, run: history },
  search: { needs: "room", paced: true, run: search },
  ping: { needs: "nothing", paced: false, run: pong },
  pong: { needs: "nothing", paced: false, run: receivePong },
  auth: { needs: "nothing", paced: true, run: authenticate },
  register: { needs: "member", paced: true, run: register },
  sessions: { needs: "member", paced: true, run: sessions },
  revoke: { needs: "nothing", paced: true, run: revoke },
  invite: { needs: "nothing", paced: true, run: invite },
  invites: { needs: "nothing", paced: true, run: invites },
  kick: { needs: "nothing", paced: true, run: kick },
  ban: { needs: "nothing", paced: true, run: ban },
  mute: { needs: "nothing", paced: true, run: mute },
  allow: { needs: "nothing", paced: true, run: allow },
  lock: { needs: "nothing", paced: true, run: lock },
  slow: { needs: "nothing", paced: true, run: slow },
  lockdown: { needs: "nothing", paced: true, run: lockdown },
  moderator: { needs: "nothing", paced: true, run: appoint },
  orders: { needs: "nothing", paced: true, run: orders },
  audit: { needs: "nothing", paced: true, run: audit },
};

/** What a command leads to. Throws ProtocolError, and then nothing has changed. */
export function runCommand(registry: Registry, session: Session, command: ClientCommand, now: number): Effect[] {
  const rule = COMMANDS[command.type] as Rule<ClientCommand>;
  if (rule.paced) {
    const wait = session.commands.take(now);
    if (wait > 0) throw tooFast(wait);
  }
  if (rule.needs === "nothing") return rule.run(registry, session, command, now);
  const { member } = session;
  if (member === undefined) throw new ProtocolError("not_joined", "You have not joined yet: send join with your name");
  if (rule.needs === "room") checkInRoom(registry, member, (command as { room: string }).room);
  return rule.run(registry, { session, member }, command, now);
}

function receivePong(_: Registry, { member }: Session, { ref }: PongCommand): Effect[] {
  return member === undefined || ref === undefined ? [] : noteReceived(member, ref);
}

function pong(_: Registry, session: Session, { ref }: { readonly ref?: string }): Effect[] {
  return [{ type: "send", session: session.id, event: { type: "pong", ref } }];
}
