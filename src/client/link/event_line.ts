/** Between lines and what they say, on the client's side. */

import { ProtocolError } from "../../protocol/errors.ts";
import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import { parseEvent } from "../../protocol/messages/validate.ts";

/** With its terminator. */
export function commandLine(command: ClientCommand): string {
  return JSON.stringify(command) + "\n";
}

/** Undefined where the line is no JSON, of an unknown type, or has a wrong field. */
export function eventOfLine(line: string): ServerEvent | undefined {
  try {
    return parseEvent(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ProtocolError) return undefined;
    throw error;
  }
}

const WELCOME = '{"type":"welcome"';

/**
 * What counts of a line that came before `welcome`: a server that took us for a person may have written a prompt,
 * whose last line has no terminator and so stands before the welcome.
 */
export function withoutPrompt(line: string): string | undefined {
  if (line.startsWith("{")) return line;
  const start = line.indexOf(WELCOME);
  return start < 0 ? undefined : line.slice(start);
}
