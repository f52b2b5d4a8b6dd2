import { ProtocolError } from "../protocol/errors.ts";
import type { ServerEvent } from "../protocol/messages/messages.ts";
import { parseCommand } from "../protocol/messages/validate.ts";
import { type Codec, type Decoded, type Format, packLines } from "./codec.ts";

export const JSON_FORMAT: Format = {
  name: "json",
  echoes: true,
  encode: (event: ServerEvent): string => JSON.stringify(event) + "\n",
  pack: packLines,
};

/** One JSON object per line, UTF-8, ended by LF. It has no state, so all connections share it. Blank lines are ignored. */
export const JSON_LINES: Codec = {
  format: JSON_FORMAT,
  decode,
  encode: JSON_FORMAT.encode,
};

const NOTHING: Decoded = { commands: [] };

function decode(line: string): Decoded {
  if (line.trim() === "") return NOTHING;
  return { commands: [parseCommand(parseJson(line))] };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new ProtocolError("bad_json", "Line is not JSON: write one object per line, ended by a line feed");
  }
}
