import { Buffer } from "node:buffer";
import { MAX_TOPIC_BYTES } from "../../../protocol/limits.ts";
import { checkedEntry, checkId } from "../../../protocol/messages/entry_check.ts";
import { isEntry, isOfRoom, type RoomEntry } from "../../../protocol/messages/messages.ts";
import { parseRoom, quote } from "../../../protocol/text/names.ts";
import { utf8Length } from "../../../protocol/text/utf8_length.ts";
import { parseEvent } from "../../../protocol/messages/validate.ts";

/** The version of the format of `export`. A file without a version line has version 1. */
export const EXPORT_VERSION = 1;

export type ImportLine =
  | RoomEntry
  | { readonly type: "export"; readonly version: number }
  | { readonly type: "room"; readonly id: string; readonly name: string; readonly topic: string };

/** Splits a file into lines, without LF or CRLF. */
export async function* byteLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield joinParts(rest, chunk.subarray(start, end));
      rest = [];
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
  }
  const last = joinParts(rest, new Uint8Array());
  if (last.length > 0) yield last;
}

const LF = 0x0a;
const CR = 0x0d;

function joinParts(parts: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  const line = parts.length === 0 ? last : new Uint8Array(Buffer.concat([...parts, last]));
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** Parses a line that `export` printed. Throws an Error that says what is wrong with it. */
export function parseImportLine(line: Uint8Array): ImportLine {
  const value = parseJson(decode(line));
  switch (value.type) {
    case "export":
      return parseVersionLine(value);
    case "room":
      return parseRoomLine(value);
    default:
      return parseEntryLine(value);
  }
}

function decode(line: Uint8Array): string {
  try {
    return DECODER.decode(line);
  } catch {
    throw new Error("The line is not valid UTF-8");
  }
}

function parseJson(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${quote(line)} is not valid JSON`);
  }
  if (typeof value !== "object" || value === null) throw new Error(`${quote(line)} is not a JSON object`);
  return value as Record<string, unknown>;
}

function parseVersionLine({ version }: Record<string, unknown>): ImportLine {
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 1) return { type: "export", version };
  throw new Error(`Field version is ${quote(String(version))}: expected a whole number from 1`);
}

function parseRoomLine({ id, name, topic = "" }: Record<string, unknown>): ImportLine {
  if (typeof name !== "string" || parseRoom(name) !== name) throw new Error("Field name is not a room name");
  if (typeof topic !== "string" || utf8Length(topic) > MAX_TOPIC_BYTES) {
    throw new Error("Field topic is not a valid topic");
  }
  return { type: "room", id: checkId(id), name, topic };
}

function parseEntryLine(value: Record<string, unknown>): RoomEntry {
  const event = parseEvent(value);
  if (event === undefined || !isEntry(event) || !isOfRoom(event)) {
    throw new Error(
      `Unknown type ${quote(String(value.type))}: expected a message, a change of a message, or a room`,
    );
  }
  const { room } = event;
  if (parseRoom(room) !== room) throw new Error(`Field room is ${quote(room)}: expected ${quote(parseRoom(room))}`);
  return checkedEntry(event);
}
