/** Sentences about the signatures of messages, which the clients of readers check. */

import { MAX_QUOTE_CHARS } from "../../protocol/limits.ts";
import type { Entry, MemberInfo } from "../../protocol/messages/messages.ts";
import { counted, type Markup, memberText } from "./markup.ts";

/** Warns of a message or change whose signature is false. */
export function falseSignatureSentence(entry: Entry, markup: Markup): string {
  const { type, from } = entry;
  const what = { message: "message", edited: "edit", deleted: "deletion", reacted: "reaction" }[type];
  const text = "text" in entry && entry.text ? ` "${markup.text(beginningOf(entry.text))}"` : "";
  return `The signature of this ${what} of ${memberText(from, markup)} is false${text && `:${text}`}. ` +
    "It is not what they signed: ask them in another way";
}

function beginningOf(text: string): string {
  return text.length <= MAX_QUOTE_CHARS ? text : `${text.slice(0, MAX_QUOTE_CHARS).toWellFormed()}…`;
}

/** Whether the last messages of a member are signed, as far as this client has seen them. */
export function signaturesSentence(member: MemberInfo, counts: SignatureCounts, markup: Markup): string {
  const { messages, otherKey } = counts;
  const facts = [
    signedText(counts),
    counts.false > 0 && `${counted(counts.false)} with a false signature`,
    otherKey > 0 && `${counted(otherKey)} with a key that is not one of theirs now`,
  ].filter((fact) => fact !== false);
  const last = messages === 1 ? "Last message" : `Last ${counted(messages)} messages`;
  return `${last} of ${memberText(member, markup)} here: ${facts.join(", ")}`;
}

function signedText({ messages, signed }: SignatureCounts): string {
  if (messages === 1) return signed === 1 ? "signed" : "not signed";
  return signed === messages ? "all signed" : signed === 0 ? "none signed" : `${counted(signed)} signed`;
}

/** Counts the last messages of a member. */
export interface SignatureCounts {
  readonly messages: number;
  readonly signed: number;
  readonly false: number;
  readonly otherKey: number;
}
