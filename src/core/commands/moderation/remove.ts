/** Commands that end something for good: a room with all its messages, or an account. */

import { DEFAULT_ROOM } from "../../../protocol/conventions.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import type { RemoveCommand } from "../../../protocol/messages/messages.ts";
import { quote } from "../../../protocol/text/names.ts";
import { checkIsOwner, checkModerates } from "../../state/ranks.ts";
import type { Session } from "../../state/members/session.ts";
import { send, type Turn } from "../../turn.ts";
import { removeFromEndingRoom } from "../leave.ts";
import { addAudit, sendNotice } from "./moderation_notices.ts";
import { endRoom, findRoom } from "../room_lifecycle.ts";

/** Removes a room or an account. Throws `forbidden` if the caller may not, and `invalid` unless exactly one is named. */
export function remove(turn: Turn, session: Session, command: RemoveCommand): void {
  const { room, account, ref } = command;
  if ((room === undefined) === (account === undefined)) {
    throw new ProtocolError("invalid", "Fields room and account exclude each other: name one of them");
  }
  if (room === undefined) removeAccount(turn, session, account!);
  else removeRoom(turn, session, room);
  const text = room === undefined ? `The account ${account} is removed` : `#${room} is removed`;
  send(turn, session, { type: "notice", ref, text });
}

function removeRoom(turn: Turn, session: Session, name: string): void {
  const { registry } = turn;
  const room = findRoom(registry, name);
  const by = checkModerates(registry, session, name);
  if (name === DEFAULT_ROOM) {
    throw new ProtocolError(
      "forbidden",
      `Room ${quote(name)} cannot be removed: a join without a room enters it`,
    );
  }
  for (const member of [...room.members]) {
    if (member !== session.member) sendNotice(turn, member, by, `removed #${name}`, name);
    removeFromEndingRoom(turn, member, name);
  }
  endRoom(turn, room);
  addAudit(turn, by, "remove", { room: name });
}

/** Ends the account with its password and tokens. Its member becomes a guest. */
function removeAccount(turn: Turn, session: Session, name: string): void {
  const { registry, effects } = turn;
  const by = checkIsOwner(session);
  const account = registry.accounts.named(name);
  if (account === undefined) {
    throw new ProtocolError("no_such_member", `No account is called ${quote(name)}: check the spelling`);
  }
  const member = registry.withId(account.id);
  registry.accounts.remove(account, effects);
  registry.roomQuota.release(account.id);
  if (member !== undefined) {
    sendNotice(turn, member, by, "removed your account: you are a guest now", undefined);
  }
  addAudit(turn, by, "remove", { target: { id: account.id, name: account.name } });
}
