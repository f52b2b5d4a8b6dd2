/** Commands that change what one reads oneself, and nothing for others. */

import { type Command, type Context, firstWord, nameOf, need, refuseMore, type SlashInput } from "./slash_command.ts";

export const READER_COMMANDS: readonly Command[] = [
  {
    name: "set",
    usage: "[-keep] [NAME VALUE]",
    summary: "list the settings, or change one",
    details: "For example: /set bell on, or /set -keep keywords tea,cake, which lasts",
    argument: "setting",
    parse: parseSet,
  },
  {
    name: "ignore",
    usage: "[NAME]",
    summary: "show nothing more of somebody, or list whom",
    details: "Nobody is told. It is kept until /unignore NAME.",
    argument: "name",
    parse: (argument, context) => {
      const [name, rest] = firstWord(argument);
      refuseMore(rest, context);
      return { type: "ignore", name: name === "" ? undefined : nameOf(name) };
    },
  },
  {
    name: "unignore",
    usage: "NAME",
    summary: "show somebody again",
    details: "What they wrote meanwhile is in /history.",
    argument: "name",
    parse: (argument, context) => {
      const [name, rest] = firstWord(need(argument, context));
      refuseMore(rest, context);
      return { type: "unignore", name: nameOf(name) };
    },
  },
  {
    name: "resend",
    usage: "[N]",
    summary: "send again what failed",
    details: "The number stands before the message. Without one it is all of them.",
    argument: "none",
    parse: (argument, context) => ({ type: "resend", number: parseNumber(argument, context) }),
  },
  {
    name: "drop",
    usage: "[N|waiting]",
    summary: "give up what failed, or what waits to be sent",
    details: "What went out before the connection broke may have arrived.",
    argument: "none",
    parse: (argument, context) => ({
      type: "drop",
      number: argument.toLowerCase() === "waiting" ? "waiting" : parseNumber(argument, context),
    }),
  },
  {
    name: "ping",
    usage: "",
    summary: "how long it takes to the server and back",
    details: "In milliseconds.",
    argument: "none",
    parse: (argument, context) => {
      refuseMore(argument, context);
      return { type: "ping" };
    },
  },
];

function parseNumber(argument: string, context: Context): number | undefined {
  if (argument === "") return undefined;
  if (!/^[1-9]\d{0,3}$/.test(argument)) refuseMore(argument, context);
  return Number(argument);
}

function parseSet(argument: string): SlashInput {
  const [, flag, rest] = /^(-keep(?!\S))?\s*([^]*)$/.exec(argument)!;
  const [name, value] = firstWord(rest!);
  return { type: "set", name: name === "" ? undefined : name, value, keep: flag !== undefined };
}
