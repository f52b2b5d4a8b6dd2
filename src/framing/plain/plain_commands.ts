import { commands, type PlainCommand } from "./plain_command.ts";
import { PLAIN_CHANGE_COMMANDS } from "./plain_change_commands.ts";
import { PLAIN_MODERATION_COMMANDS } from "./plain_moderation_commands.ts";
import { PLAIN_CHAT_COMMANDS } from "./plain_chat_commands.ts";

/** What a line may begin with. The same table prints `/help`. */
const PLAIN_COMMANDS: readonly PlainCommand[] = [
  { name: "help", usage: "/help", help: "this list", anytime: true, run: () => ({ commands: [], reply: help() }) },
  ...PLAIN_CHAT_COMMANDS,
  ...PLAIN_CHANGE_COMMANDS,
  ...PLAIN_MODERATION_COMMANDS,
  { name: "quit", usage: "/quit", help: "end the chat", anytime: true, run: () => commands({ type: "leave" }) },
];

export function plainCommand(name: string): PlainCommand | undefined {
  return PLAIN_COMMANDS.find((entry) => entry.name === name);
}

function help(): string {
  const width = Math.max(...PLAIN_COMMANDS.map((command) => command.usage.length));
  return PLAIN_COMMANDS.map((command) => `* ${command.usage.padEnd(width)}  ${command.help}\n`).join("");
}
