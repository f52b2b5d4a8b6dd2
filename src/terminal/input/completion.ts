/** What Tab offers for the word before the cursor. */

import { foldCase } from "../../protocol/text/names.ts";
import { emojiFor } from "./emoji_names.ts";
import { argumentOf, COMMAND_NAMES, HELP_TOPICS } from "../commands/terminal_commands.ts";
import type { ArgumentKind } from "../../presentation/commands/slash_command.ts";
import { SETTING_NAMES } from "../model/settings.ts";

/** A colon, and the beginning of a name such as `thumbsup`; the colon behind it makes it exact. */
const EMOJI_BEGUN = /^:[+\-\w]+:?$/;

/** What can be named, each list with the likeliest first. */
export interface Known {
  /** Members of the current room but the reader, the latest speakers first. */
  readonly names: readonly string[];
  readonly rooms: readonly string[];
  readonly joinedRooms: readonly string[];
}

/** Each candidate stands for the text from `start` to the cursor, the likeliest first. */
export interface Completion {
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  /** What is written. */
  readonly text: string;
  /** How it is listed among others. */
  readonly label: string;
}

export type Completer = (text: string, cursor: number) => Completion;

export function complete(text: string, cursor: number, known: Known): Completion {
  const before = text.slice(0, cursor);
  const start = before.search(/\S*$/);
  const word = before.slice(start);
  return { start, candidates: candidates(before, start, word, known) };
}

function candidates(before: string, start: number, word: string, known: Known): Candidate[] {
  if (start === 0 && word.startsWith("/")) {
    return match(word.slice(1), COMMAND_NAMES, (name) => `/${name} `);
  }
  const command = /^\/([a-z]+)\s+$/i.exec(before.slice(0, start))?.[1];
  const kind = command === undefined ? "text" : argumentOf(command);
  return argumentCandidates(kind, start, word, known);
}

function argumentCandidates(kind: ArgumentKind, start: number, word: string, known: Known): Candidate[] {
  switch (kind) {
    case "none":
      return [];
    case "command":
      return match(word.replace(/^\//, ""), [...HELP_TOPICS, ...COMMAND_NAMES], (name) => name);
    case "room":
      return match(word.replace(/^#/, ""), known.rooms, (room) => `#${room} `);
    case "joined room":
      return match(word.replace(/^#/, ""), known.joinedRooms, (room) => `#${room} `);
    case "name":
      return match(word.replace(/^@/, ""), known.names, (name) => `${name} `);
    case "setting":
      return match(word, SETTING_NAMES, (name) => `${name} `);
    case "text":
      return textCandidates(start, word, known);
    default:
      return unknown(kind);
  }
}

function textCandidates(start: number, word: string, known: Known): Candidate[] {
  if (EMOJI_BEGUN.test(word)) return emojiFor(word.slice(1)).map(([name, emoji]) => labelled(name, emoji));
  if (word.startsWith("#")) return match(word.slice(1), known.rooms, (room) => `#${room} `);
  if (word.startsWith("@")) return match(word.slice(1), known.names, (name) => `@${name} `);
  return match(word, known.names, (name) => start === 0 ? `${name}: ` : `${name} `);
}

function labelled(name: string, emoji: string): Candidate {
  return { text: emoji, label: `${emoji} :${name}:` };
}

function match(word: string, all: readonly string[], write: (found: string) => string): Candidate[] {
  const begun = foldCase(word);
  return all.filter((candidate) => foldCase(candidate).startsWith(begun))
    .map((found) => ({ text: write(found), label: write(found).trimEnd() }));
}

function unknown(kind: never): never {
  throw new Error(`Cannot complete ${JSON.stringify(kind)}`);
}
