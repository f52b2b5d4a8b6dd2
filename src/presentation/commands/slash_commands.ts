/** The table of all slash commands, and the parser of typed lines. */

import { ProtocolError } from "../../protocol/errors.ts";
import { quote } from "../../protocol/text/names.ts";
import { ACCOUNT_COMMANDS } from "./account_commands.ts";
import { CALL_COMMANDS } from "./call_commands.ts";
import { CHAT_COMMANDS } from "./chat_commands.ts";
import { MESSAGE_COMMANDS } from "./message_commands.ts";
import { MODERATION_COMMANDS } from "./moderation_commands.ts";
import { PRESENCE_COMMANDS } from "./presence_commands.ts";
import { READER_COMMANDS } from "./reader_commands.ts";
import type { ClientKind, CommandContext, SlashCommand } from "./slash_command.ts";
import type { SlashInput } from "./slash_input.ts";
import { TRANSFER_COMMANDS } from "./transfer_commands.ts";

/** In the order of the help. */
export const SLASH_COMMANDS: readonly SlashCommand[] = [
  ...CHAT_COMMANDS,
  ...PRESENCE_COMMANDS,
  ...CALL_COMMANDS,
  ...MESSAGE_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...MODERATION_COMMANDS,
  ...READER_COMMANDS,
];

/** Commands that a client has, in the order of the help. */
export function commandsOf(client: ClientKind): readonly SlashCommand[] {
  return SLASH_COMMANDS.filter(({ clients }) => clients === undefined || clients.includes(client));
}

/** Finds a command of a client by its name, ignoring case. */
export function findCommand(client: ClientKind, name: string): SlashCommand | undefined {
  const wanted = name.toLowerCase();
  return SLASH_COMMANDS.find((command) =>
    command.name === wanted && (command.clients === undefined || command.clients.includes(client))
  );
}

/** A command as a client writes it, such as `/msg NAME TEXT`. */
export function usageOf(client: ClientKind, { name, usage, variants }: SlashCommand): string {
  return `/${name} ${variants?.[client]?.usage ?? usage}`.trimEnd();
}

/** The name of the command that a line begins with, and its argument; `undefined` for a line of chat. */
export function splitCommand(line: string): { readonly name: string; readonly argument: string } | undefined {
  const [, name, argument] = /^\s*\/(?!\/)(\S*)\s*([^]*)$/.exec(line) ?? [];
  return name === undefined ? undefined : { name, argument: argument!.trim() };
}

/**
 * Parses a typed line. A line that begins with `//` is sent with one of the two. A line that begins with one `/` is never
 * sent, even after blanks or if the command is unknown: a password may follow.
 * Throws `unknown_type` for an unknown command and `invalid` or `name_invalid` for wrong arguments, each with the next step.
 */
export function parseSlashLine(line: string, context: Omit<CommandContext, "usage">): SlashInput {
  const { client } = context;
  const split = isSecret(line) ? splitCommand(line.replace(/^(\s*)\/+/, "$1/")) : splitCommand(line);
  if (split === undefined) return { type: "say", text: line.startsWith("//") ? line.slice(1) : line };
  const command = findCommand(client, split.name);
  if (command === undefined) throw unknownCommand(client, split.name);
  return command.parse(split.argument, { ...context, usage: usageOf(client, command) });
}

/**
 * True for a line that may hold a password: a command that takes one, also after blanks or too many slashes, or an unknown
 * command that is spelled like one. Such a line is never sent as chat nor remembered.
 */
export function isSecret(line: string): boolean {
  const [, slashes, name] = /^\s*(\/+)(\S+)/.exec(line) ?? [];
  if (name === undefined) return false;
  const wanted = name.toLowerCase();
  const command = SLASH_COMMANDS.find(({ name }) => name === wanted);
  if (command !== undefined) return command.secret === true;
  return slashes === "/" && SLASH_COMMANDS.some(({ secret, name }) => secret && isNear(wanted, name));
}

/** The error for an unknown command, with the command that was probably meant. */
export function unknownCommand(client: ClientKind, name: string): ProtocolError {
  const near = nearest(client, name.toLowerCase());
  const next = near === undefined
    ? "/help lists them all, and a second / in front sends the line as it is"
    : `did you mean /${near}?`;
  return new ProtocolError("unknown_type", `Command ${quote(`/${name}`)} is unknown: ${next}`);
}

function nearest(client: ClientKind, name: string): string | undefined {
  if (name === "") return undefined;
  const names = commandsOf(client).map(({ name }) => name);
  const begun = names.filter((command) => command.startsWith(name));
  if (begun.length === 1) return begun[0];
  const [near] = names.filter((command) => isNear(name, command))
    .sort((one, other) => editDistance(name, one) - editDistance(name, other));
  return near;
}

function isNear(name: string, command: string): boolean {
  return editDistance(name, command) <= Math.min(2, name.length - 1);
}

/**
 * The Levenshtein distance, at least 3 for texts whose lengths differ by more than 2. `@std/text` has one as well, but the
 * page cannot load packages from JSR.
 */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, char] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 0; column < other.length; column++) {
      const substituted = row[column]! + (char === other[column] ? 0 : 1);
      next.push(Math.min(substituted, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
