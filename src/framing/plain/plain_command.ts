import { ProtocolError } from "../../protocol/errors.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { parseCommand } from "../../protocol/messages/validate.ts";
import type { Decoded } from "../codec.ts";

/** Whoever types, as their commands see them. */
export interface Speaker {
  /** The room that lines go to. */
  readonly room: string;
  /** Whether they have joined. */
  readonly joined: boolean;
  /** The name that was refused last because it is taken or registered. */
  readonly refused: string | undefined;
  readonly say: (text: string) => Decoded;
  readonly tell: (to: string, text: string) => Decoded;
  /** Anything that is acknowledged, in the room that lines go to. */
  readonly post: (command: Record<string, unknown>) => Decoded;
  /** The first join, which may have to be tried again with a password. */
  readonly enter: (name: string, password?: string) => Decoded;
}

export interface PlainCommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** Whether it may come before the name. */
  readonly anytime?: true;
  readonly run: (argument: string, speaker: Speaker) => Decoded;
}

/** Goes through the same checks as a line of JSON. */
export function commands(command: ClientCommand | Record<string, unknown>): Decoded {
  return { commands: [parseCommand(command)] };
}

export function required(argument: string, usage: string): string {
  if (argument === "") throw misused(usage);
  return argument;
}

export function misused(usage: string): ProtocolError {
  return new ProtocolError("invalid", `Use it like this: ${usage}`);
}

/** The first word, and what stands behind it. */
export function splitFirstWord(text: string): [word: string, rest: string] {
  const [, word, rest] = /^(\S*)\s*(.*)$/s.exec(text.trim())!;
  return [word!, rest!];
}
