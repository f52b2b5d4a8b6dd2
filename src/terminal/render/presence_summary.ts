/** Comings and goings in a row: the first ones get a line each, those behind them share one. Pure. */

import type { MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { type Markup, nameList } from "../../presentation/sentences/markup.ts";

export type PresenceChange = Extract<ServerEvent, { type: "join" | "leave" }>;

export interface PresenceSummary {
  /** How many were told one by one, with nothing else between them. */
  readonly told: number;
  /** Those that share a line, by id. */
  readonly joined: ReadonlyMap<string, MemberInfo>;
  readonly left: ReadonlyMap<string, MemberInfo>;
  /** Who came and went again, or the other way round. */
  readonly passed: ReadonlyMap<string, MemberInfo>;
  /** How many more there were than are known by name. */
  readonly more: number;
}

const MAX_NAMED = 200;

export const NOBODY: PresenceSummary = { told: 0, joined: new Map(), left: new Map(), passed: new Map(), more: 0 };

/** The crowd with one more, who gets a line of their own where `folded` is false. */
export function gather(
  crowd: PresenceSummary,
  event: PresenceChange,
  fold: number,
): { readonly crowd: PresenceSummary; readonly folded: boolean } {
  if (crowd.told < fold) return { crowd: { ...crowd, told: crowd.told + 1 }, folded: false };
  return { crowd: withOne(crowd, event), folded: true };
}

function withOne(crowd: PresenceSummary, { type, member }: PresenceChange): PresenceSummary {
  const [mine, other] = type === "join" ? ["joined", "left"] as const : ["left", "joined"] as const;
  if (crowd[other].has(member.id)) {
    return { ...crowd, [other]: without(crowd[other], member), passed: withMember(crowd.passed, member) };
  }
  if (crowd.passed.has(member.id)) return crowd;
  if (crowd.joined.size + crowd.left.size + crowd.passed.size >= MAX_NAMED) return { ...crowd, more: crowd.more + 1 };
  return { ...crowd, [mine]: withMember(crowd[mine], member) };
}

function withMember(members: ReadonlyMap<string, MemberInfo>, member: MemberInfo): ReadonlyMap<string, MemberInfo> {
  return new Map(members).set(member.id, member);
}

function without(members: ReadonlyMap<string, MemberInfo>, { id }: MemberInfo): ReadonlyMap<string, MemberInfo> {
  const rest = new Map(members);
  rest.delete(id);
  return rest;
}

/** The line that they share; undefined where nobody was folded. */
export function crowdLine(crowd: PresenceSummary, markup: Markup): string | undefined {
  const part = (members: ReadonlyMap<string, MemberInfo>, what: string) =>
    members.size === 0 ? [] : [`${nameList([...members.values()], members.size, markup)} ${what}`];
  const parts = [
    ...part(crowd.joined, "joined"),
    ...part(crowd.left, "left"),
    ...part(crowd.passed, "passed by"),
    ...(crowd.more > 0 ? [`${crowd.more} more joins and leaves`] : []),
  ];
  return parts.length === 0 ? undefined : `* ${parts.join("; ")}`;
}
