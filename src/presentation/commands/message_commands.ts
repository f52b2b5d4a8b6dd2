/** Commands that list conversations, answer or change messages, and the editor that writes them. */

import { DEFAULT_PAGE_MESSAGES } from "../../protocol/limits.ts";
import { parseEmoji } from "../../protocol/text/emoji.ts";
import { quote } from "../../protocol/text/names.ts";
import { type CommandContext, firstWord, invalid, nameOf, need, type SlashCommand } from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const NO_NUMBERS = "lines on nc carry no numbers";

export const MESSAGE_COMMANDS: readonly SlashCommand[] = [
  {
    name: "conversations",
    usage: "[N|NAME]",
    summary: "list your private conversations, or open one",
    details: "The newest first, with the number of new messages. For example: /conversations, then /conversations 2",
    topic: "messages",
    argument: "name",
    variants: {
      plain: {
        usage: "[NAME]",
        details: "The newest first, with the number of new messages. For example: /conversations ada",
        reason: "the server keeps no list for each connection on nc, so entries have no numbers",
      },
    },
    parse: parseConversations,
  },
  {
    name: "reply",
    usage: "[NAME|N] TEXT",
    summary: "answer a message, which is quoted above your text",
    details: "Answers the last message of NAME, or of anyone else without NAME. /history shows numbers: /reply 12 yes",
    topic: "messages",
    argument: "name",
    variants: {
      page: {
        usage: "[NAME] TEXT",
        details: "Answers the last message of NAME, or of anyone else without NAME.",
        reason: "the page answers any other message by its button",
      },
      plain: { usage: "NAME TEXT", details: "Answers the last message of NAME.", reason: NO_NUMBERS },
    },
    parse: parseReply,
  },
  {
    name: "react",
    usage: "EMOJI [N]",
    summary: "add an emoji to a message, or remove it",
    details: "Without N: to the last message of someone else. - in front removes it: /react -\u{1f44d} 12",
    topic: "messages",
    argument: "text",
    variants: {
      page: {
        usage: "EMOJI",
        details: "To the last message of someone else. - in front removes it: /react -\u{1f44d}",
        reason: "the page reacts to any other message by its button",
      },
      plain: {
        usage: "EMOJI",
        details: "To the last message of someone else. - in front removes it: /react -\u{1f44d}",
        reason: NO_NUMBERS,
      },
    },
    parse: parseReact,
  },
  {
    name: "edit",
    usage: "[TEXT]",
    summary: "change your last message",
    details: "Without TEXT, the message returns to the input line. Everyone sees that it was edited.",
    topic: "messages",
    argument: "text",
    variants: {
      plain: {
        usage: "TEXT",
        details: "Everyone sees that it was edited.",
        reason: "the server cannot write into a line on nc",
      },
    },
    parse: (argument, context) => ({
      type: "edit",
      text: context.client === "plain" ? need(argument, context) : argument,
    }),
  },
  {
    name: "delete",
    usage: "[N]",
    summary: "delete your last message, or message N",
    details: "Moderators may delete others' messages. Screens that already show the message keep it.",
    topic: "messages",
    argument: "none",
    variants: {
      page: {
        usage: "",
        summary: "delete your last message",
        details: "Screens of the terminal client and of nc that already show the message keep it.",
        reason: "the page deletes any other message by its button",
      },
      plain: {
        usage: "",
        summary: "delete your last message",
        details: "Screens that already show the message keep it.",
        reason: NO_NUMBERS,
      },
    },
    parse: (argument, context) => ({ type: "delete", seq: argument === "" ? undefined : seqOf(argument, context) }),
  },
  {
    name: "editor",
    usage: "[TEXT]",
    summary: "write in your own editor",
    details: "The variable VISUAL or EDITOR names it. What you save becomes the line. Ctrl-X Ctrl-E does the same.",
    topic: "messages",
    argument: "text",
    clients: ["terminal"],
    parse: (text) => ({ type: "editor", text }),
  },
];

/** The reply carries the `ref`: a list without one is news, of which clients show only the new messages. */
function parseConversations(argument: string, context: CommandContext): SlashInput {
  if (argument === "") {
    return { type: "ask", command: { type: "conversations", ref: "conversations", limit: DEFAULT_PAGE_MESSAGES } };
  }
  const isNumber = context.client !== "plain" && /^[1-9]\d{0,3}$/.test(argument);
  return { type: "open", to: isNumber ? Number(argument) : nameOf(argument) };
}

function parseReply(argument: string, context: CommandContext): SlashInput {
  if (context.client === "plain") need(firstWord(argument)[1], context);
  return { type: "reply", text: need(argument, context) };
}

function parseReact(argument: string, context: CommandContext): SlashInput {
  const [word, number] = firstWord(need(argument, context));
  const remove = word.startsWith("-");
  const emoji = emojiOf(remove ? word.slice(1) : word, context);
  if (emoji === undefined) throw invalid(`${quote(word)} is not an emoji: write one, such as /react \u{1f44d}`);
  return { type: "react", emoji, remove, seq: number === "" ? undefined : seqOf(number, context) };
}

/** The emoji itself, or its name: `:wave:`. */
function emojiOf(word: string, { emojiNamed }: CommandContext): string | undefined {
  const [, name] = /^:(.+):$/.exec(word) ?? [];
  return parseEmoji(name === undefined ? word : emojiNamed?.(name) ?? word);
}

function seqOf(word: string, { client, usage }: CommandContext): number {
  if (/^\d{1,15}$/.test(word) && Number(word) > 0) return Number(word);
  const where = client === "terminal" ? ", with one that /history shows" : "";
  throw invalid(`${quote(word)} is not the number of a message: write ${usage}${where}`);
}
