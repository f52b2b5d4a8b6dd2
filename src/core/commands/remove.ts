/** Commands that end something for good: a room with all its messages, or an account. */

import { ProtocolError } from "../../protocol/errors.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { RemoveCommand } from "../../protocol/messages/messages.ts";
import { quote } from "../../protocol/text/names.ts";
import type { Effect } from "../effect.ts";
import { putOut } from "./leave.ts";
import type { Registry } from "../state/registry.ts";
import { checkIsOwner, checkModerates } from "../state/ranks.ts";
import { endRoom, existing } from "./room_lifecycle.ts";
import type { Session } from "../state/session.ts";
import { auditEffect, noticeEffects } from "./moderation_notices.ts";

/** Throws `forbidden` where the caller may not, and `invalid` where it is not plain what to end. */
export function remove(registry: Registry, session: Session, command: RemoveCommand, now: number): Effect[] {
  const { room, account, ref } = command;
  if ((room === undefined) === (account === undefined)) {
    throw new ProtocolError("invalid", "Fields room and account exclude each other: name one of them");
  }
  const effects = room === undefined
    ? removeAccount(registry, session, account!, now)
    : removeRoom(registry, session, room, now);
  const text = room === undefined ? `The account ${account} is removed` : `#${room} is removed`;
  return [...effects, { type: "send", session: session.id, event: { type: "notice", ref, text } }];
}

function removeRoom(registry: Registry, session: Session, name: string, now: number): Effect[] {
  const room = existing(registry, name);
  const by = checkModerates(registry, session, name);
  if (name === DEFAULT_ROOM) {
    throw new ProtocolError(
      "forbidden",
      `Room ${quote(name)} cannot be removed: everyone who names no room comes to it`,
    );
  }
  const effects: Effect[] = [];
  for (const member of [...room.members]) {
    if (member !== session.member) effects.push(...noticeEffects(member, by, `removed #${name}`, name));
    effects.push(...putOut(registry, member, name, now));
  }
  endRoom(registry, room, effects);
  return [...effects, auditEffect(by, "remove", { room: name }, now)];
}

/** Its password and tokens are void. Its member goes on as a guest. */
function removeAccount(registry: Registry, session: Session, name: string, now: number): Effect[] {
  const by = checkIsOwner(session);
  const account = registry.accounts.named(name);
  if (account === undefined) {
    throw new ProtocolError("no_such_member", `No account is called ${quote(name)}: check the spelling`);
  }
  const effects: Effect[] = [];
  const member = registry.withId(account.id);
  registry.accounts.remove(account, effects);
  registry.roomQuota.release(account.id);
  if (member !== undefined) {
    effects.push(...noticeEffects(member, by, "removed your account: you are a guest now", undefined));
  }
  const target = { id: account.id, name: account.name };
  return [...effects, auditEffect(by, "remove", { target }, now)];
}
