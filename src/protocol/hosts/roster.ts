/**
 * Who owns a shared chat, and who may host it. It is pure: signatures are checked outside, and only the result comes in.
 *
 * A roster is a set of statements, and merging is their union. Two rosters that have seen the same statements are equal,
 * whatever the order in which they were merged. For this to hold, the right to sign is never taken back: an owner stays one.
 * An owner could date a statement back, so a removal would stop nobody who has the key.
 *
 * Of the statements that count, a roster keeps those that decide:
 * - for each owner the first statement that made them one. Its signer was an owner by a lower number, so the chain of signers
 *   ends at the founding statement, which the chat's key signed;
 * - for each host the last statement. The removals stay as well: without them, an earlier statement would bring the host back.
 *
 * Beyond the limits, which only owners can reach, the first owners and the hosts with the lowest keys count.
 */

import { ProtocolError } from "../errors.ts";
import { MAX_ROSTER_HOSTS, MAX_ROSTER_NUMBER, MAX_ROSTER_OWNERS } from "../limits.ts";
import {
  compareStatements,
  isFounding,
  isRosterNumber,
  type RosterChange,
  type RosterRole,
  type RosterStatement,
  type SharedChat,
  type UnsignedStatement,
} from "./roster_statement.ts";

export interface Roster extends SharedChat {
  /** For each owner the statement that made them one, by `compareStatements`. Empty before the founding statement is known. */
  readonly owners: readonly RosterStatement[];
  /** For each key that was ever added or removed as a host the statement that counts, by key. */
  readonly hosts: readonly RosterStatement[];
}

/** A device that may host. */
export interface RosterHost {
  readonly key: string;
  readonly role: RosterRole;
  readonly member: string;
  readonly name: string;
}

/** The roster of a chat of which only its id and key are known: nobody may host it. */
export function emptyRoster({ chat, chatKey }: SharedChat): Roster {
  return { chat, chatKey, owners: [], hosts: [] };
}

/**
 * Returns the roster with all statements that count. It is the same object if nothing changes. `isGenuine` tells whether the
 * signature is that of the key `by`, under the text of this chat. A statement whose signer is not known as an owner is lost,
 * so pass on whole rosters (`rosterStatements`).
 */
export function mergeRoster(
  roster: Roster,
  statements: readonly RosterStatement[],
  isGenuine: (statement: RosterStatement) => boolean,
): Roster {
  const known = rosterStatements(roster);
  const signatures = new Set(known.map(({ signature }) => signature));
  const others = statements.filter((statement) =>
    isRosterNumber(statement.number) && !signatures.has(statement.signature) && isGenuine(statement)
  );
  if (others.length === 0) return roster;
  const all = [...known, ...others].sort(compareStatements);
  const owners = ownersAmong(all, roster.chatKey);
  const hosts = hostsAmong(all, owners);
  const isSame = sameStatements([...owners.values(), ...hosts], known);
  return isSame ? roster : { ...roster, owners: [...owners.values()], hosts };
}

/** All statements that decide. */
export function rosterStatements({ owners, hosts }: Roster): RosterStatement[] {
  return [...owners, ...hosts];
}

export function ownsChat({ owners }: Roster, key: string): boolean {
  return owners.some((owner) => owner.key === key);
}

/** An owner always may. */
export function mayHost(roster: Roster, key: string): boolean {
  return ownsChat(roster, key) || roster.hosts.some((host) => host.key === key && host.action === "add");
}

/** All devices that may host: the owners first. */
export function hostsOf(roster: Roster): RosterHost[] {
  const added = roster.hosts.filter(({ key, action }) => action === "add" && !ownsChat(roster, key));
  return [...roster.owners, ...added].map(({ key, role, member, name }) => ({ key, role, member, name }));
}

/** The number of the next statement. The last number is used again. */
export function nextNumber(roster: Roster): number {
  const highest = rosterStatements(roster).reduce((most, { number }) => Math.max(most, number), 0);
  return Math.min(highest + 1, MAX_ROSTER_NUMBER);
}

/**
 * Returns the statement for the owner's key `by` to sign. Throws `forbidden` if that key is not an owner's, at the limits, and
 * for the removal of an owner, and `invalid` if the roster is so already.
 */
export function draftStatement(roster: Roster, change: RosterChange, by: string, time: string): UnsignedStatement {
  if (!ownsChat(roster, by)) {
    throw new ProtocolError("forbidden", "Only owners of the chat choose its hosts: ask an owner");
  }
  checkChange(roster, change);
  const { action, role, key, member, name } = change;
  return { number: nextNumber(roster), action, role, key, member, name, time, by };
}

function checkChange(roster: Roster, { action, role, key, name }: RosterChange): void {
  const isOwner = ownsChat(roster, key);
  if (action === "add") {
    const isThere = role === "owner" ? isOwner : mayHost(roster, key);
    if (isThere) throw new ProtocolError("invalid", `${name} is in the list already`);
    checkRoom(roster, role, key);
  } else {
    if (role === "owner" || isOwner) {
      throw new ProtocolError("forbidden", `${name} owns the chat and stays its owner: found a new chat without them`);
    }
    if (!mayHost(roster, key)) throw new ProtocolError("invalid", `${name} is not among the hosts: nothing to remove`);
  }
}

function checkRoom({ owners, hosts }: Roster, role: RosterRole, key: string): void {
  const [count, limit, what] = role === "owner"
    ? [owners.length, MAX_ROSTER_OWNERS, "owners"]
    : [hosts.filter((host) => host.key !== key).length, MAX_ROSTER_HOSTS, "present and former hosts"];
  if (count >= limit) {
    throw new ProtocolError("forbidden", `The chat has ${limit} ${what} already: found a new chat for others`);
  }
}

/** The owners by key. `statements` are sorted, so the signer of each one comes before it. */
function ownersAmong(statements: readonly RosterStatement[], chatKey: string): Map<string, RosterStatement> {
  const owners = new Map<string, RosterStatement>();
  for (const statement of statements) {
    const { action, role, key } = statement;
    if (role !== "owner" || action !== "add" || owners.has(key) || owners.size >= MAX_ROSTER_OWNERS) continue;
    if (isFounding(statement, chatKey) || isByOwner(statement, owners)) owners.set(key, statement);
  }
  return owners;
}

/** The statement that counts for each key of a host, sorted by key. */
function hostsAmong(
  statements: readonly RosterStatement[],
  owners: ReadonlyMap<string, RosterStatement>,
): RosterStatement[] {
  const counting = statements.filter((statement) => statement.role === "host" && isByOwner(statement, owners));
  const last = new Map(counting.map((statement) => [statement.key, statement]));
  return [...last.keys()].sort().slice(0, MAX_ROSTER_HOSTS).map((key) => last.get(key)!);
}

/** Whether its signer was an owner by a lower number. */
function isByOwner({ by, number }: RosterStatement, owners: ReadonlyMap<string, RosterStatement>): boolean {
  return (owners.get(by)?.number ?? MAX_ROSTER_NUMBER) < number;
}

function sameStatements(some: readonly RosterStatement[], others: readonly RosterStatement[]): boolean {
  return some.length === others.length && some.every(({ signature }, index) => signature === others[index]!.signature);
}
