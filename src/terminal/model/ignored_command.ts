import type { IgnoredMembers } from "../../client/ignored_members.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import {
  ignoredSentence,
  ignoreListSentence,
  unignoredSentence,
} from "../../presentation/sentences/ignore_sentences.ts";

/** Performs `/ignore` and `/unignore`, and returns what to say. `/ignore` without a name lists the ignored members. */
export function changeIgnored(
  ignored: Pick<IgnoredMembers, "add" | "remove" | "names">,
  { type, name }: Extract<SlashInput, { readonly type: "ignore" | "unignore" }>,
): string {
  if (name === undefined) return ignoreListSentence(ignored.names);
  if (type === "ignore") {
    ignored.add(name);
    return ignoredSentence(name);
  }
  ignored.remove(name);
  return unignoredSentence(name);
}
