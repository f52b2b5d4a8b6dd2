/** Sentences about who is away, idle or writing. */

import type { Away, AwayEvent, MemberInfo } from "../../protocol/messages/messages.ts";
import type { Markup, Reader } from "./markup.ts";

/** The answer to the reader's own `/away` and `/back`. Others who go away are shown in lists only: `undefined`. */
export function awaySentence({ member: { id, away } }: AwayEvent, markup: Markup, { you }: Reader): string | undefined {
  if (id !== you?.id) return undefined;
  if (away === undefined || away.idle) return "You are back";
  return `You are away${away.text === undefined ? "" : `: ${markup.text(away.text)}`} (/back ends it)`;
}

/** `away: lunch`, `away` or `idle`; empty for a member who is neither. */
export function awayText({ away }: Pick<MemberInfo, "away">, markup: Markup): string {
  if (away === undefined) return "";
  if (away.idle) return "idle";
  return away.text === undefined ? "away" : `away: ${markup.text(away.text)}`;
}

/** Since when, for `/whois`: `Away since 12:03: lunch`. */
export function awaySinceSentence({ since, text, idle }: Away, markup: Markup): string {
  return `${idle ? "Idle" : "Away"} since ${markup.moment(since)}${text === undefined ? "" : `: ${markup.text(text)}`}`;
}

/** Up to so many members who are writing are named. */
const MAX_TYPISTS_NAMED = 2;

/** `ada is typing…`, as plain text for the view to sanitise; empty for nobody. `toYou`: to the reader alone. */
export function typingText(members: readonly MemberInfo[], { toYou = false } = {}): string {
  const [first] = members;
  if (first === undefined) return "";
  const end = toYou ? " to you…" : "…";
  if (members.length === 1) return `${first.name} is typing${end}`;
  const names = members.map(({ name }) => name);
  const who = members.length <= MAX_TYPISTS_NAMED ? names.join(" and ") : `${members.length} members`;
  return `${who} are typing${end}`;
}
