/** The statements from which a roster is made, and the text that each one signs. */

import { canonicalJson } from "../identity/signed_text.ts";
import { MAX_ROSTER_NUMBER } from "../limits.ts";

export const ROSTER_LABEL = "confab-roster-1";

/** A chat that several members may host. */
export interface SharedChat {
  /** The id of the chat, the same in all copies. */
  readonly chat: string;
  /** The public key of the chat. It signs the founding statement only. */
  readonly chatKey: string;
}

/** `owner`: may change the roster, and host. `host`: may host. */
export type RosterRole = "owner" | "host";

/** The change that a statement makes. */
export interface RosterChange {
  readonly action: "add" | "remove";
  readonly role: RosterRole;
  /** The key of the device that it is about. */
  readonly key: string;
  /** The id of the member whose device it is. */
  readonly member: string;
  /** The member's name at that time, for people. */
  readonly name: string;
}

export interface UnsignedStatement extends RosterChange {
  /**
   * 1 for the founding statement, and 1 more than the highest number that the signer knew for each other one (a Lamport
   * clock), up to `MAX_ROSTER_NUMBER`.
   */
  readonly number: number;
  /** The signer's own time: RFC 3339 in UTC. */
  readonly time: string;
  /** The key that signs: an owner's, or the chat's for the founding statement. */
  readonly by: string;
}

/** It does not name its chat, which its signature covers: a statement of another chat is not genuine. */
export interface RosterStatement extends UnsignedStatement {
  readonly signature: string;
}

/** Returns the statement that founds a chat, for the chat's key to sign. */
export function foundingStatement(
  { chatKey }: SharedChat,
  owner: Pick<RosterChange, "key" | "member" | "name">,
  time: string,
): UnsignedStatement {
  const { key, member, name } = owner;
  return { number: 1, action: "add", role: "owner", key, member, name, time, by: chatKey };
}

/** Returns the text that `by` signs. Throws an Error for half of a surrogate pair, which has no UTF-8. */
export function rosterText({ chat, chatKey }: SharedChat, statement: UnsignedStatement): string {
  const { number, action, role, key, member, name, time, by } = statement;
  const fields = { chat, chatKey, number: String(number), action, role, key, member, name, time, by };
  return `${ROSTER_LABEL}\n${canonicalJson(fields)}`;
}

/** Whether it has the form of the founding statement. */
export function isFounding({ number, role, action, by }: UnsignedStatement, chatKey: string): boolean {
  return number === 1 && role === "owner" && action === "add" && by === chatKey;
}

export function isRosterNumber(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MAX_ROSTER_NUMBER;
}

/** The order of statements: by number, then an addition before a removal, then by signature. The last one of a key counts. */
export function compareStatements(one: RosterStatement, other: RosterStatement): number {
  return one.number - other.number || compareTexts(one.action, other.action) ||
    compareTexts(one.signature, other.signature);
}

/** By UTF-16 units. `add` comes before `remove`. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
