/** Commands about files. The page has buttons for them. */

import { type ClientKind, type CommandContext, firstWord, invalid, need, type SlashCommand } from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const TERMINAL: readonly ClientKind[] = ["terminal"];

export const TRANSFER_COMMANDS: readonly SlashCommand[] = [
  {
    name: "send",
    usage: "[NAME] FILE... [TEXT]",
    summary: "send files, with a text",
    details: "Further words are files if they have a dot or a slash and exist; -- ends them. " +
      'For example: /send "my report.pdf" as promised. A file that is dropped into the terminal works, too. ' +
      "With the NAME of a member before it, a file of any size goes straight to their machine, if they accept it.",
    topic: "messages",
    argument: "path",
    clients: TERMINAL,
    parse: (argument, context) => ({ type: "send", argument: need(argument, context) }),
  },
  {
    name: "save",
    usage: "[N] [PATH]",
    summary: "save the file of a message",
    details:
      "Without N the newest file, without PATH among your downloads. Nothing is overwritten, and after a break it " +
      "continues. For example: /save 12 ~/reports",
    topic: "messages",
    argument: "path",
    clients: TERMINAL,
    parse: parseSave,
  },
  {
    name: "get",
    usage: "N",
    summary: "get the web address of a file",
    details: "Open it in a browser, or with curl -OJ ADDRESS. It works for five minutes, for anyone who has it.",
    topic: "messages",
    argument: "none",
    clients: ["plain"],
    parse: (argument, context) => ({ type: "get", seq: numberOf(need(argument, context), context) }),
  },
  {
    name: "open",
    usage: "[N]",
    summary: "open the picture, sound, video or PDF of a message",
    details: "It is saved in a private folder and opened by the program of your system. Without N: the newest file.",
    topic: "messages",
    argument: "none",
    clients: TERMINAL,
    parse: (argument, context) => ({ type: "view", seq: argument === "" ? undefined : numberOf(argument, context) }),
  },
  {
    name: "accept",
    usage: "[N] [PATH]",
    summary: "take a file that a member offers",
    details: "It comes straight from their machine, and is saved as by /save. Without N: the newest offer.",
    topic: "messages",
    argument: "path",
    clients: TERMINAL,
    parse: (argument) => ({ ...parseNumbered(argument), type: "accept" }),
  },
  {
    name: "decline",
    usage: "[N]",
    summary: "refuse a call, or a file that a member offers",
    details: "Without N: the call that rings, or else the newest offer of a file.",
    topic: "messages",
    argument: "none",
    clients: ["terminal", "page"],
    variants: {
      page: {
        usage: "",
        summary: "refuse a call",
        details: "/answer enters it.",
        reason: "a browser cannot take a file straight from another machine",
      },
    },
    parse: (argument, context) => ({
      type: "decline",
      number: argument === "" ? undefined : numberOf(argument, context),
    }),
  },
  {
    name: "cancel",
    usage: "[N|all]",
    summary: "stop sending or saving a file",
    details: "The rows above the prompt show the numbers.",
    topic: "messages",
    argument: "none",
    clients: TERMINAL,
    parse: parseCancel,
  },
];

function parseSave(argument: string): SlashInput {
  const { number, path } = parseNumbered(argument);
  return { type: "save", seq: number, path };
}

function parseNumbered(argument: string): { readonly number: number | undefined; readonly path: string } {
  const [word, rest] = firstWord(argument);
  return NUMBER.test(word) ? { number: Number(word), path: rest } : { number: undefined, path: argument };
}

function parseCancel(argument: string, context: CommandContext): SlashInput {
  if (argument.toLowerCase() === "all") return { type: "cancel", number: "all" };
  return { type: "cancel", number: argument === "" ? undefined : numberOf(argument, context) };
}

const NUMBER = /^[1-9]\d{0,14}$/;

function numberOf(word: string, { usage }: CommandContext): number {
  if (NUMBER.test(word)) return Number(word);
  throw invalid(`Write ${usage}, where N is a number`);
}
