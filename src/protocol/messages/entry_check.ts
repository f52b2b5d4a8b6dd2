/** Checks messages and changes that come from a file or from another server, and not from the client of their author. */

import {
  type EntrySignature,
  isKeyForm,
  isSignatureForm,
  isSignedTime,
  isWholeSignature,
  signatureOf,
} from "../identity/entry_signature.ts";
import { parseFileName } from "../files/file_names.ts";
import { isFingerprint } from "../address/invite_link.ts";
import { MAX_MEDIA_CHARS, MAX_TEXT_BYTES, MAX_THUMBNAIL_PIXELS } from "../limits.ts";
import { parseEmoji } from "../text/emoji.ts";
import { parseName, quote } from "../text/names.ts";
import { utf8Length } from "../text/utf8_length.ts";
import type { MemberInfo, MessageFile, Quote, RoomChange, RoomEntry, RoomMessage, Thumbnail } from "./messages.ts";

/** Upper limit of imported seqs, far above any real one. */
const MAX_SEQ = 2 ** 36 - 1;
const MAX_ID_CHARS = 64;

/**
 * Returns the entry with its known fields, as a server stores it. The room is the caller's to check. Throws an Error that says what is
 * wrong. A signature of the right form may still be false: the client that shows the entry checks it.
 */
export function checkedEntry(entry: RoomEntry): RoomEntry {
  switch (entry.type) {
    case "message":
      return checkedMessage(entry);
    case "edited": {
      const { text } = entry;
      return { ...checkedChange(entry), type: "edited", ...text !== undefined && { text: checkText(text) } };
    }
    case "deleted":
      return { ...checkedChange(entry), type: "deleted" };
    case "reacted": {
      const { count, removed } = entry;
      const emoji = parseEmoji(entry.emoji);
      if (emoji === undefined) throw new Error(`Field emoji is ${quote(entry.emoji)}: expected one emoji`);
      return { ...checkedChange(entry), type: "reacted", emoji, count, ...removed && { removed } };
    }
    default:
      return entry satisfies never;
  }
}

function checkedMessage({ text, file, reply, edited, deleted, ...message }: RoomMessage): RoomMessage {
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

function checkedChange(change: RoomChange) {
  return { ...checkEntry(change), of: checkQuote(change.of) };
}

type Common = Pick<RoomMessage, "id" | "room" | "seq" | "from" | "at" | keyof EntrySignature>;

/** Checks the common fields of messages and changes except the room, and drops all others. */
function checkEntry(entry: Common): Common {
  const { id, room, seq, from, at } = entry;
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

export function checkId(id: unknown): string {
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
