/** Joins and leaves in a row: the first ones get a line each, the others share one. Pure. */

import type { MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { type Markup, nameList } from "../../presentation/sentences/markup.ts";

export type PresenceChange = Extract<ServerEvent, { type: "join" | "leave" }>;

export interface PresenceSummary {
  /** Number of joins and leaves that got a line each, with nothing else between them. */
  readonly single: number;
  /** Members who share a line, by id. */
  readonly joined: ReadonlyMap<string, MemberInfo>;
  readonly left: ReadonlyMap<string, MemberInfo>;
  /** Members who joined and left again, or left and rejoined. */
  readonly passed: ReadonlyMap<string, MemberInfo>;
  /** Number of joins and leaves beyond `MAX_NAMED` members. */
  readonly more: number;
}

/** Members that the summary remembers by name. */
const MAX_NAMED = 200;

export const NO_PRESENCE: PresenceSummary = {
  single: 0,
  joined: new Map(),
  left: new Map(),
  passed: new Map(),
  more: 0,
};

/** Adds a join or a leave. It shares the line if `folded` is true, and gets a line of its own otherwise. */
export function addPresence(
  summary: PresenceSummary,
  event: PresenceChange,
  fold: number,
): { readonly summary: PresenceSummary; readonly folded: boolean } {
  if (summary.single < fold) return { summary: { ...summary, single: summary.single + 1 }, folded: false };
  return { summary: withOne(summary, event), folded: true };
}

function withOne(summary: PresenceSummary, { type, member }: PresenceChange): PresenceSummary {
  const [mine, other] = type === "join" ? ["joined", "left"] as const : ["left", "joined"] as const;
  if (summary[other].has(member.id)) {
    return { ...summary, [other]: without(summary[other], member), passed: withMember(summary.passed, member) };
  }
  if (summary.passed.has(member.id)) return summary;
  if (summary.joined.size + summary.left.size + summary.passed.size >= MAX_NAMED) {
    return { ...summary, more: summary.more + 1 };
  }
  return { ...summary, [mine]: withMember(summary[mine], member) };
}

function withMember(members: ReadonlyMap<string, MemberInfo>, member: MemberInfo): ReadonlyMap<string, MemberInfo> {
  return new Map(members).set(member.id, member);
}

function without(members: ReadonlyMap<string, MemberInfo>, { id }: MemberInfo): ReadonlyMap<string, MemberInfo> {
  const rest = new Map(members);
  rest.delete(id);
  return rest;
}

/** The shared line; `undefined` if every join and leave has its own. */
export function summaryLine(summary: PresenceSummary, markup: Markup): string | undefined {
  const part = (members: ReadonlyMap<string, MemberInfo>, what: string) =>
    members.size === 0 ? [] : [`${nameList([...members.values()], members.size, markup)} ${what}`];
  const parts = [
    ...part(summary.joined, "joined"),
    ...part(summary.left, "left"),
    ...part(summary.passed, "came and went"),
    ...(summary.more > 0 ? [`${summary.more} more joins and leaves`] : []),
  ];
  return parts.length === 0 ? undefined : `* ${parts.join("; ")}`;
}
