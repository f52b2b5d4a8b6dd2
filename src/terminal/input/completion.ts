/** Completions of the word before the cursor, for Tab. */

import type { ClientState } from "../../client/state/client_state.ts";
import { foldName } from "../../protocol/text/names.ts";
import { emojiFor } from "./emoji_names.ts";
import { argumentOf, COMMAND_NAMES, HELP_TOPICS } from "../commands/terminal_commands.ts";
import type { ArgumentKind } from "../../presentation/commands/slash_command.ts";
import { SETTING_NAMES } from "../model/settings.ts";

/** A colon and the beginning of an emoji name such as `thumbsup`. A closing colon asks for exactly that name. */
const EMOJI_PREFIX = /^:[+\-\w]+:?$/;

/** Names that can be completed. Each list has the likeliest first. */
export interface CompletionWords {
  /** Members of the current place except the user, the latest speakers first, then partners of conversations, latest first. */
  readonly names: readonly string[];
  readonly rooms: readonly string[];
  readonly joinedRooms: readonly string[];
  /** Words that complete the last path of an argument; without it, paths are not completed. */
  readonly paths?: (argument: string) => PathCompletion | undefined;
}

/** Words that replace the text from `start` on. An open one is the path of a folder, which can be continued. */
export interface PathCompletion {
  readonly start: number;
  readonly words: readonly { readonly word: string; readonly isOpen: boolean }[];
}

/** The names that the client knows. `listed` are the rooms of the last `/rooms`. */
export function completionWords(
  state: ClientState,
  place: string | undefined,
  listed: readonly string[],
): CompletionWords {
  const current = place === undefined ? undefined : state.rooms.get(place);
  const partners = [...state.conversations].map(([key, { partner }]) => ({ key, name: partner.name })).reverse();
  const partner = partners.find(({ key }) => key === place)?.name;
  const present = Array.from(current?.members.values() ?? [], ({ name }) => name);
  const speakers = current?.speakers ?? [];
  const here = new Set(present);
  const names = new Set([
    ...(partner === undefined ? [] : [partner]),
    ...speakers.filter((name) => here.has(name)),
    ...present.toSorted(),
    ...speakers,
    ...partners.map(({ name }) => name),
  ]);
  names.delete(state.you?.name ?? "");
  const joinedRooms = [...state.rooms.keys()];
  return { names: [...names], rooms: [...new Set([...joinedRooms, ...listed])], joinedRooms };
}

/** Candidates that replace the text from `start` to the cursor, the likeliest first. */
export interface Completion {
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  /** The text that is inserted. */
  readonly text: string;
  /** The text in the list of candidates. */
  readonly label: string;
}

export type Completer = (text: string, cursor: number) => Completion;

export function complete(text: string, cursor: number, words: CompletionWords): Completion {
  const before = text.slice(0, cursor);
  const [command, name] = /^\/([a-z]+)\s+/i.exec(before) ?? [];
  if (command !== undefined && argumentOf(name!) === "path") return pathCompletion(before, command.length, words);
  const start = before.search(/\S*$/);
  const word = before.slice(start);
  return { start, candidates: candidates(before, start, word, words) };
}

function pathCompletion(before: string, from: number, { paths }: CompletionWords): Completion {
  const found = paths?.(before.slice(from));
  if (found === undefined) return { start: before.length, candidates: [] };
  const candidates = found.words.map(({ word, isOpen }) => ({ text: isOpen ? word : `${word} `, label: word }));
  return { start: from + found.start, candidates };
}

function candidates(before: string, start: number, word: string, words: CompletionWords): Candidate[] {
  if (start === 0 && word.startsWith("/")) {
    return match(word.slice(1), COMMAND_NAMES, (name) => `/${name} `);
  }
  const command = /^\/([a-z]+)\s+$/i.exec(before.slice(0, start))?.[1];
  const kind = command === undefined ? "text" : argumentOf(command);
  return argumentCandidates(kind, start, word, words);
}

function argumentCandidates(kind: ArgumentKind, start: number, word: string, words: CompletionWords): Candidate[] {
  switch (kind) {
    case "none":
      return [];
    case "command":
      return match(word.replace(/^\//, ""), [...HELP_TOPICS, ...COMMAND_NAMES], (name) => name);
    case "room":
      return placeCandidates(word, words.rooms, words);
    case "joined room":
      return placeCandidates(word, words.joinedRooms, words);
    case "name":
      return match(word.replace(/^@/, ""), words.names, (name) => `${name} `);
    case "path":
      return [];
    case "setting":
      return match(word, SETTING_NAMES, (name) => `${name} `);
    case "text":
      return textCandidates(start, word, words);
    default:
      return unknown(kind);
  }
}

/** Rooms, or after `@` members whose conversation opens in place of a room. */
function placeCandidates(word: string, rooms: readonly string[], { names }: CompletionWords): Candidate[] {
  if (word.startsWith("@")) return match(word.slice(1), names, (name) => `@${name} `);
  return match(word.replace(/^#/, ""), rooms, (room) => `#${room} `);
}

function textCandidates(start: number, word: string, words: CompletionWords): Candidate[] {
  if (EMOJI_PREFIX.test(word)) return emojiFor(word.slice(1)).map(([name, emoji]) => labelled(name, emoji));
  if (word.startsWith("#")) return match(word.slice(1), words.rooms, (room) => `#${room} `);
  if (word.startsWith("@")) return match(word.slice(1), words.names, (name) => `@${name} `);
  return match(word, words.names, (name) => start === 0 ? `${name}: ` : `${name} `);
}

function labelled(name: string, emoji: string): Candidate {
  return { text: emoji, label: `${emoji} :${name}:` };
}

function match(word: string, all: readonly string[], write: (found: string) => string): Candidate[] {
  const prefix = foldName(word);
  return all.filter((candidate) => foldName(candidate).startsWith(prefix))
    .map((found) => ({ text: write(found), label: write(found).trimEnd() }));
}

function unknown(kind: never): never {
  throw new Error(`Cannot complete ${JSON.stringify(kind)}`);
}
