/** Rosters without real keys: a signature is the signed text itself, after the name of its signer. */

import { emptyRoster, mergeRoster, type Roster } from "../../src/protocol/hosts/roster.ts";
import {
  foundingStatement,
  type RosterStatement,
  rosterText,
  type SharedChat,
  type UnsignedStatement,
} from "../../src/protocol/hosts/roster_statement.ts";

export const TIME = "2026-11-29T10:00:00.000Z";
export const CHAT: SharedChat = { chat: "chat", chatKey: "chat key" };

export function signStatement(statement: UnsignedStatement, chat = CHAT): RosterStatement {
  return { ...statement, signature: `${statement.by}:${rosterText(chat, statement)}` };
}

export function isGenuineStatement(statement: RosterStatement, chat = CHAT): boolean {
  return statement.signature === signStatement(statement, chat).signature;
}

/** The roster of a chat whose first owner is `owner`. */
export function foundedRoster(owner: string, chat = CHAT): Roster {
  const founding = foundingStatement(chat, { key: owner, member: `id of ${owner}`, name: owner }, TIME);
  return mergeRoster(emptyRoster(chat), [signStatement(founding, chat)], (it) => isGenuineStatement(it, chat));
}

export function statement(
  [action, role, key]: readonly ["add" | "remove", "owner" | "host", string],
  by: string,
  number: number,
): RosterStatement {
  return signStatement({ action, role, key, member: `id of ${key}`, name: key, number, time: TIME, by });
}
