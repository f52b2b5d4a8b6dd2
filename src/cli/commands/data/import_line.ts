import { Buffer } from "node:buffer";
import {
  type EntrySignature,
  isKeyForm,
  isSignatureForm,
  isSignedTime,
  isWholeSignature,
  signatureOf,
} from "../../../protocol/identity/entry_signature.ts";
import { parseFileName } from "../../../protocol/files/file_names.ts";
import { isFingerprint } from "../../../protocol/address/invite_link.ts";
import { MAX_MEDIA_CHARS, MAX_TEXT_BYTES, MAX_THUMBNAIL_PIXELS, MAX_TOPIC_BYTES } from "../../../protocol/limits.ts";
import {
  isEntry,
  isOfRoom,
  type MemberInfo,
  type MessageFile,
  type Quote,
  type RoomChange,
  type RoomEntry,
  type RoomMessage,
  type Thumbnail,
} from "../../../protocol/messages/messages.ts";
import { parseEmoji } from "../../../protocol/text/emoji.ts";
import { parseName, parseRoom, quote } from "../../../protocol/text/names.ts";
import { utf8Length } from "../../../protocol/text/utf8_length.ts";
import { parseEvent } from "../../../protocol/messages/validate.ts";

/** Upper limit of imported seqs, far above any real one. */
const MAX_SEQ = 2 ** 36 - 1;
const MAX_ID_CHARS = 64;

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
  const entry = event !== undefined && isEntry(event) && isOfRoom(event) ? event : undefined;
  switch (entry?.type) {
    case "message":
      return parseMessage(entry);
    case "edited": {
      const { text } = entry;
      return { ...parseChange(entry), type: "edited", ...text !== undefined && { text: checkText(text) } };
    }
    case "deleted":
      return { ...parseChange(entry), type: "deleted" };
    case "reacted": {
      const { count, removed } = entry;
      const emoji = parseEmoji(entry.emoji);
      if (emoji === undefined) throw new Error(`Field emoji is ${quote(entry.emoji)}: expected one emoji`);
      return { ...parseChange(entry), type: "reacted", emoji, count, ...removed && { removed } };
    }
  }
  throw new Error(
    `Unknown type ${quote(String(value.type))}: expected a message, a change of a message, or a room`,
  );
}

function parseMessage({ text, file, reply, edited, deleted, ...message }: RoomMessage): RoomMessage {
  const isEmpty = text === "" && (deleted || file !== undefined);
  return {
    type: "message",
    ...checkEntry(message),
    text: isEmpty ? text : checkText(text),
    ...file && !deleted && { file: checkFile(file) },
    ...reply && { reply: checkQuote(reply) },
    ...edited && { edited },
    ...deleted && { deleted },
  };
}

function checkFile({ name, thumbnail, ...blob }: MessageFile): MessageFile {
  const file = { name: parseFileName(name), ...checkBlob(blob, "file") };
  return thumbnail === undefined ? file : { ...file, thumbnail: checkThumbnail(thumbnail) };
}

function checkThumbnail({ width, height, ...blob }: Thumbnail): Thumbnail {
  for (const [side, pixels] of Object.entries({ width, height })) {
    if (Number.isSafeInteger(pixels) && pixels >= 1 && pixels <= MAX_THUMBNAIL_PIXELS) continue;
    throw new Error(`Field file.thumbnail.${side} is ${pixels}: expected 1 to ${MAX_THUMBNAIL_PIXELS}`);
  }
  return { ...checkBlob(blob, "file.thumbnail"), width, height };
}

type BlobFields = Pick<MessageFile, "id" | "size" | "media" | "sha256">;

function checkBlob({ id, size, media, sha256 }: BlobFields, field: string): BlobFields {
  if (!Number.isSafeInteger(size) || size < 0) throw new Error(`Field ${field}.size is ${size}: expected 0 or more`);
  if (media.length > MAX_MEDIA_CHARS) throw new Error(`Field ${field}.media is ${quote(media)}: it is too long`);
  if (!isFingerprint(sha256)) throw new Error(`Field ${field}.sha256 is ${quote(sha256)}: expected 43 characters`);
  return { id: checkId(id), size, media, sha256 };
}

function parseChange(change: RoomChange) {
  return { ...checkEntry(change), of: checkQuote(change.of) };
}

type Common = Pick<RoomMessage, "id" | "room" | "seq" | "from" | "at" | keyof EntrySignature>;

/** Checks the common fields of messages and changes, and drops all others. */
function checkEntry(entry: Common): Common {
  const { id, room, seq, from, at } = entry;
  if (parseRoom(room) !== room) throw new Error(`Field room is ${quote(room)}: expected ${quote(parseRoom(room))}`);
  const checked = { id: checkId(id), room, seq: checkSeq(seq), from: checkMember(from), at: checkTime(at) };
  return { ...checked, ...checkSignature(entry) };
}

/** A signature of the right form may still be false: the client that shows the entry checks it. */
function checkSignature(entry: Common): EntrySignature | undefined {
  if (!isWholeSignature(entry)) throw new Error("Fields signature, key and time belong together: one is missing");
  const signed = signatureOf(entry);
  if (signed === undefined) return undefined;
  const { signature, key, time } = signed;
  if (isSignatureForm(signature) && isKeyForm(key) && isSignedTime(time)) return signed;
  throw new Error(`Field signature, key or time is malformed: expected 86 and 43 characters of base64url, and a time`);
}

function checkMember({ id, name }: MemberInfo): MemberInfo {
  parseName(name);
  return { id: checkId(id), name };
}

/** Author and text follow from the quoted message. Exports of earlier versions have no id here. */
function checkQuote({ id, seq }: Quote): Quote {
  return { ...id !== undefined && { id: checkId(id) }, seq: checkSeq(seq) };
}

function checkSeq(seq: number): number {
  if (Number.isSafeInteger(seq) && seq >= 1 && seq <= MAX_SEQ) return seq;
  throw new Error(`Field seq is ${seq}: expected 1 or more`);
}

function checkText(text: string): string {
  const bytes = text.isWellFormed() ? utf8Length(text) : 0;
  if (bytes >= 1 && bytes <= MAX_TEXT_BYTES) return text;
  throw new Error(`Field text has ${bytes} bytes: expected 1 to ${MAX_TEXT_BYTES}`);
}

function checkId(id: unknown): string {
  if (typeof id === "string" && id !== "" && id.length <= MAX_ID_CHARS && id.isWellFormed() && !id.includes("\0")) {
    return id;
  }
  throw new Error(`An id is ${quote(String(id))}: expected 1 to ${MAX_ID_CHARS} characters`);
}

function checkTime(at: string): string {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) throw new Error(`Field at is ${quote(at)}: expected a time such as 2026-11-10T12:00:00.000Z`);
  return new Date(ms).toISOString();
}
