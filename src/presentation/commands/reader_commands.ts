/** Commands that change only what their user reads. The terminal client alone keeps the state that they need. */

import {
  type ClientKind,
  type CommandContext,
  firstWord,
  nameOf,
  need,
  refuseMore,
  type SlashCommand,
} from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

const TERMINAL: readonly ClientKind[] = ["terminal"];
const READERS: readonly ClientKind[] = ["terminal", "page"];

export const READER_COMMANDS: readonly SlashCommand[] = [
  {
    name: "set",
    usage: "[-keep] [NAME VALUE]",
    summary: "list the settings, or change one",
    details: "-keep saves the change. For example: /set bell on, or /set -keep keywords tea,cake",
    topic: "reading",
    argument: "setting",
    clients: TERMINAL,
    parse: parseSet,
  },
  {
    name: "ignore",
    usage: "[NAME]",
    summary: "hide a member's messages from you, or list ignored members",
    details: "Private messages of the member no longer reach you, on any device. The member is not notified. " +
      "It lasts until /unignore NAME.",
    topic: "reading",
    argument: "name",
    clients: READERS,
    parse: (argument, context) => {
      const [name, rest] = firstWord(argument);
      refuseMore(rest, context);
      return { type: "ignore", name: name === "" ? undefined : nameOf(name) };
    },
  },
  {
    name: "unignore",
    usage: "NAME",
    summary: "show a member's messages again",
    details: "/history shows what they wrote meanwhile.",
    topic: "reading",
    argument: "name",
    clients: READERS,
    variants: {
      page: {
        details: "Their messages of the meantime are shown, too.",
        reason: "the page loads older messages by itself",
      },
    },
    parse: (argument, context) => {
      const [name, rest] = firstWord(need(argument, context));
      refuseMore(rest, context);
      return { type: "unignore", name: nameOf(name) };
    },
  },
  {
    name: "resend",
    usage: "[N]",
    summary: "send failed messages again",
    details: "Each failed message shows its number. Without N it resends all of them.",
    topic: "reading",
    argument: "none",
    clients: TERMINAL,
    parse: (argument, context) => ({ type: "resend", number: parseNumber(argument, context) }),
  },
  {
    name: "drop",
    usage: "[N|waiting]",
    summary: "drop failed messages, or all that wait to be sent",
    details: "Messages sent before the connection broke may have arrived.",
    topic: "reading",
    argument: "none",
    clients: TERMINAL,
    parse: (argument, context) => ({
      type: "drop",
      number: argument.toLowerCase() === "waiting" ? "waiting" : parseNumber(argument, context),
    }),
  },
  {
    name: "ping",
    usage: "",
    summary: "measure the time to the server and back",
    details: "In milliseconds.",
    topic: "reading",
    argument: "none",
    clients: TERMINAL,
    parse: (argument, context) => {
      refuseMore(argument, context);
      return { type: "ping" };
    },
  },
];

function parseNumber(argument: string, context: CommandContext): number | undefined {
  if (argument === "") return undefined;
  if (!/^[1-9]\d{0,3}$/.test(argument)) refuseMore(argument, context);
  return Number(argument);
}

function parseSet(argument: string): SlashInput {
  const [, flag, rest] = /^(-keep(?!\S))?\s*([^]*)$/.exec(argument)!;
  const [name, value] = firstWord(rest!);
  return { type: "set", name: name === "" ? undefined : name, value, keep: flag !== undefined };
}
