/** Turns slash commands of users on nc and telnet into commands of the protocol. The shared table parses them. */

import { commandsFor, helpColumns, helpText } from "../../presentation/commands/command_help.ts";
import { awayCommand } from "../../presentation/commands/presence_commands.ts";
import type { MessageSide } from "../../presentation/commands/last_direct.ts";
import { firstWord } from "../../presentation/commands/slash_command.ts";
import type { CommandPlace, SlashInput } from "../../presentation/commands/slash_input.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { parseCommand } from "../../protocol/messages/validate.ts";
import type { Decoded } from "../codec.ts";

/** The user of a connection, as slash commands need it. */
export interface PlainUser {
  /** The current room or conversation. */
  readonly place: CommandPlace;
  readonly joined: boolean;
  /** Whether the user is away by their own word. */
  readonly away: boolean;
  /** The last name that was refused because it is taken or registered. */
  readonly refusedName: string | undefined;
  /**
   * Sends a message or a change to the current place. Throws `not_joined` outside of all. It has no `ref`: an acknowledgement
   * would not be shown, and the server would take a `ref` of an earlier connection of the same member for a repeat.
   */
  readonly post: (command: Record<string, unknown>) => Decoded;
  readonly sendDirect: (to: string, text: string) => Decoded;
  /** Throws `invalid`, once, if the last message was a direct one of another place; with a `name`, if that member wrote it. */
  readonly warn: (side: MessageSide, name?: string) => void;
  /** Makes the conversation with this member the current place. */
  readonly open: (name: string) => Decoded;
  /** Closes the conversation that is the current place. */
  readonly close: () => Decoded;
  /** Sends the first join, which may have to be repeated with a password. */
  readonly enter: (name: string, password?: string) => Decoded;
}

/** Validates a command as if it were a line of JSON. Throws a `ProtocolError`. */
export function commands(command: ClientCommand | Record<string, unknown>): Decoded {
  return { commands: [parseCommand(command)] };
}

/** Turns a parsed line into commands of the protocol or a reply of the codec. Throws a `ProtocolError`. */
export function performPlain(input: SlashInput, user: PlainUser): Decoded {
  switch (input.type) {
    case "say":
      return user.post({ type: "message", text: input.text });
    case "msg":
      return user.sendDirect(input.to, input.text);
    case "help":
      return { commands: [], reply: plainHelp(input.topic) };
    case "reply":
    case "react":
    case "edit":
    case "delete":
      return user.post(changeOf(input, user));
    case "open":
      return openPlain(input, user);
    case "join":
      return commands({ type: "join", room: input.room, password: input.password });
    case "leave":
      return leavePlain(input, user);
    case "name":
      return commands({ type: "rename", name: input.name });
    case "away":
      return commands(awayCommand(input, user.away));
    case "history": {
      const place = input.to === undefined ? user.place : { to: input.to };
      return commands({ type: "history", ...place, limit: input.limit });
    }
    case "get":
      return commands({ type: "fetch", ...user.place, of: input.seq });
    case "ask":
      return commands(input.command);
    case "login":
      return logIn(input, user);
    case "register":
      return commands({ type: "register", password: input.password ?? "" });
    case "remove room":
      return commands({ type: "remove", room: input.room });
    case "quit":
      return commands({ type: "leave" });
    case "end":
      throw new ProtocolError("invalid", `Entries have ids here: write /${input.list} end ID, with an id of the list`);
    case "link":
    case "lock":
    case "room":
    case "topic":
    case "editor":
    case "set":
    case "ignore":
    case "unignore":
    case "ping":
    case "resend":
    case "drop":
    case "clear":
    case "send":
    case "save":
    case "view":
    case "accept":
    case "decline":
    case "cancel":
    case "call":
      throw new ProtocolError("invalid", `Command /${input.type} needs the terminal client`);
    default:
      return input satisfies never;
  }
}

/** A reply or a change, without its place. Throws as `PlainUser.warn`. */
function changeOf(
  input: Extract<SlashInput, { type: "reply" | "react" | "edit" | "delete" }>,
  { warn }: PlainUser,
): Record<string, unknown> {
  switch (input.type) {
    case "reply": {
      const [name, text] = firstWord(input.text);
      warn("others", name);
      return { type: "message", reply: name, text };
    }
    case "react":
      warn("others");
      return { type: "react", of: input.seq, emoji: input.emoji, remove: input.remove || undefined };
    case "edit":
      warn("own");
      return { type: "edit", text: input.text };
    case "delete":
      warn("own");
      return { type: "delete", of: input.seq };
    default:
      return input satisfies never;
  }
}

function openPlain({ to }: Extract<SlashInput, { type: "open" }>, { open }: PlainUser): Decoded {
  if (typeof to === "string") return open(to);
  throw new ProtocolError("invalid", "Lists have no numbers here: write /msg NAME");
}

/** Leaves a room, by default the current one, or closes a conversation. */
function leavePlain({ room }: Extract<SlashInput, { type: "leave" }>, { place, close }: PlainUser): Decoded {
  if (room === undefined && "to" in place) return close();
  return commands({ type: "leave", ...room === undefined ? place : { room } });
}

function logIn(
  { name, password = "" }: Extract<SlashInput, { type: "login" }>,
  { joined, refusedName, enter }: PlainUser,
): Decoded {
  if (name === undefined && !joined && refusedName !== undefined) return enter(refusedName, password);
  if (name === undefined) return commands({ type: "auth", password });
  if (!joined) return enter(name, password);
  throw new ProtocolError(
    "invalid",
    "You have joined already: write /quit, connect again, and begin with /login NAME PASSWORD",
  );
}

/** Returns the list of all commands without an argument; otherwise the help of a topic or a command. */
function plainHelp(argument: string): string {
  const help = argument === ""
    ? { type: "list", commands: commandsFor("plain") } as const
    : helpText("plain", argument);
  const lines = help.type === "list"
    ? helpColumns(help.commands, Infinity)
    : [`  ${help.command.usage}  ${help.command.summary}`, `  ${help.command.details}`];
  return lines.map((line) => `* ${line.slice(2)}\n`).join("");
}
