/** Commands about calls. */

import {
  type ClientKind,
  type CommandContext,
  firstWord,
  invalid,
  nameOf,
  refuseMore,
  type SlashCommand,
} from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";

/** Clients that can show pictures and play sound. */
const CLIENTS: readonly ClientKind[] = ["terminal", "page"];
const AUDIO = "-audio";

export const CALL_COMMANDS: readonly SlashCommand[] = [
  {
    name: "call",
    usage: "[NAME] [-audio]",
    summary: "call a member, or all in a small room, to see and hear each other",
    details:
      "Without NAME: those in this room, at most four with you, or the other one of this conversation. Where a call " +
      "is on, it enters that. -audio: without your camera. /hangup ends it. For example: /call ada",
    topic: "calls",
    argument: "name",
    clients: CLIENTS,
    parse: parseCall,
  },
  {
    name: "answer",
    usage: "[-audio]",
    summary: "enter a call that you are asked to join",
    details: "-audio: without your camera. /decline refuses.",
    topic: "calls",
    argument: "none",
    clients: CLIENTS,
    parse: (argument, context) => {
      if (argument !== "" && argument !== AUDIO) refuseMore(argument, context);
      return { type: "call", action: { do: "answer", audio: argument === AUDIO } };
    },
  },
  {
    name: "hangup",
    usage: "",
    summary: "leave the call",
    details: "It ends when one is left.",
    topic: "calls",
    argument: "none",
    clients: CLIENTS,
    parse: (argument, context) => {
      refuseMore(argument, context);
      return { type: "call", action: { do: "hangup" } };
    },
  },
  {
    name: "mic",
    usage: "on|off",
    summary: "switch your microphone in a call",
    details: "/mute keeps others quiet, for moderators.",
    topic: "calls",
    argument: "none",
    clients: CLIENTS,
    parse: (argument, context) => ({ type: "call", action: { do: "microphone", on: isOn(argument, context) } }),
  },
  {
    name: "camera",
    usage: "on|off",
    summary: "switch your camera in a call",
    details: "The others see your name instead.",
    topic: "calls",
    argument: "none",
    clients: CLIENTS,
    parse: (argument, context) => ({ type: "call", action: { do: "camera", on: isOn(argument, context) } }),
  },
  {
    name: "ptt",
    usage: "[on|off]",
    summary: "push to talk: the others hear you only while you want them to",
    details: "Space in an empty line begins to talk, and ends it. It helps without headphones: the terminal does not " +
      "cancel echoes.",
    topic: "calls",
    argument: "none",
    clients: ["terminal"],
    parse: (argument, context) => ({
      type: "call",
      action: { do: "ptt", on: argument === "" ? undefined : isOn(argument, context) },
    }),
  },
];

function parseCall(argument: string, context: CommandContext): SlashInput {
  const [word, rest] = firstWord(argument);
  const audio = word === AUDIO || rest === AUDIO;
  const name = word === AUDIO ? rest : word;
  if (word !== AUDIO && rest !== "" && rest !== AUDIO) refuseMore(rest, context);
  const place = name === "" ? context.place() : { to: nameOf(name) };
  return { type: "call", action: { do: "call", place, audio } };
}

function isOn(word: string, { usage }: CommandContext): boolean {
  if (word === "on" || word === "off") return word === "on";
  throw invalid(`Write ${usage}`);
}
