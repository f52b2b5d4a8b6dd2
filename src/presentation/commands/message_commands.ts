/** Commands about what was said. */

import { parseEmoji } from "../../protocol/text/emoji.ts";
import { quote } from "../../protocol/text/names.ts";
import { emojiFor } from "../../terminal/input/emoji_names.ts";
import { type Command, type Context, firstWord, need, type SlashInput } from "./slash_command.ts";

export const CHANGE_COMMANDS: readonly Command[] = [
  {
    name: "reply",
    usage: "[NAME|N] TEXT",
    summary: "answer a message, which stands above it",
    details:
      "Of whoever is named, the last one; without, the last one of others. /history shows the numbers: /reply 12 yes",
    argument: "name",
    parse: (argument, context) => ({ type: "reply", words: need(argument, context) }),
  },
  {
    name: "react",
    usage: "EMOJI [N]",
    summary: "put an emoji to a message, or take it away",
    details: "Without a number, to the last one of others. With a - in front it is taken away: /react -\u{1f44d} 12",
    argument: "text",
    parse: parseReact,
  },
  {
    name: "edit",
    usage: "[TEXT]",
    summary: "change what you said last",
    details: "Without a text it comes back into the line. Everybody sees that it was changed.",
    argument: "text",
    parse: (argument) => ({ type: "edit", text: argument }),
  },
  {
    name: "delete",
    usage: "[N]",
    summary: "take back what you said last, or message N",
    details: "Moderators take back what others said, too. What is on the screens of others stays there.",
    argument: "none",
    parse: (argument, context) => ({ type: "delete", seq: argument === "" ? undefined : seqOf(argument, context) }),
  },
];

function parseReact(argument: string, context: Context): SlashInput {
  const [word, number] = firstWord(need(argument, context));
  const remove = word.startsWith("-");
  const emoji = emojiOf(remove ? word.slice(1) : word);
  if (emoji === undefined) throw new Error(`${quote(word)} is no emoji: write one, such as /react \u{1f44d}`);
  return { type: "react", emoji, remove, seq: number === "" ? undefined : seqOf(number, context) };
}

/** Itself, or by its name: `:wave:`. */
function emojiOf(word: string): string | undefined {
  return parseEmoji(/^:.+:$/.test(word) ? emojiFor(word.slice(1))[0]?.[1] ?? word : word);
}

function seqOf(word: string, { usage }: Context): number {
  if (/^\d{1,15}$/.test(word) && Number(word) > 0) return Number(word);
  throw new Error(`${quote(word)} is no number of a message: write ${usage}, with one that /history shows`);
}
