/** The frames inside of sealed ones: one byte for the type, four for the number of a request, then what the type has. */

import * as v from "valibot";
import { MAX_CALL_MEMBERS, MAX_REF_CHARS } from "../../../protocol/limits.ts";
import { parseEvent } from "../../../protocol/messages/validate.ts";
import type { ServerEvent, TypingEvent } from "../../../protocol/messages/messages.ts";
import type { LinkNote } from "../../../server/links/server_links.ts";
import { LinkFault, REFUSALS } from "./link_fault.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const sha256 = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));

const request = v.variant("ask", [
  /** A copy of the database. */
  v.object({ ask: v.literal("snapshot") }),
  /** The state of the cluster as this server sees it, as JSON. */
  v.object({ ask: v.literal("status") }),
  /** The certificate that all servers share, with its key, as JSON. */
  v.object({ ask: v.literal("secrets") }),
  /** Ends the part of a server that will not come back. The answer is empty. */
  v.object({ ask: v.literal("remove"), server: count }),
  /** The bytes of a blob. */
  v.object({ ask: v.literal("blob"), sha256 }),
  /** Fetch this blob from me now. The answer is empty, and comes when the blob is stored. */
  v.object({ ask: v.literal("hold"), sha256, size: count }),
]);
const head = v.object({ size: count });
/** `sha256`: of the whole answer, if the one who has asked cannot know it. */
const ending = v.object({ sha256: v.optional(sha256) });
const refusal = v.object({ reason: v.picklist(REFUSALS) });

const call = v.pipe(v.string(), v.maxLength(MAX_REF_CHARS));
const stream = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_CALL_MEMBERS - 1));
const time = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const note = v.variant("type", [
  v.object({ type: v.literal("signal"), sessions: v.array(count), event: v.unknown() }),
  v.object({ type: v.literal("media"), call }),
  v.object({ type: v.literal("demand"), call, to: stream }),
  v.object({ type: v.literal("got"), call, of: v.picklist(["video", "sound"]), stream, time }),
  v.object({ type: v.literal("entered"), call, stream }),
  v.object({ type: v.literal("left"), call, stream }),
]);

/** A request of one server to another. */
export type LinkRequest = v.InferOutput<typeof request>;

/** `id`: the number of a request, which the end that asks chooses. */
export type LinkFrame =
  | { readonly type: "request"; readonly id: number; readonly request: LinkRequest }
  /** The answer begins: it has that many bytes. */
  | { readonly type: "answer"; readonly id: number; readonly size: number }
  | { readonly type: "piece"; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end"; readonly id: number; readonly sha256?: string | undefined }
  | { readonly type: "refuse"; readonly id: number; readonly reason: v.InferOutput<typeof refusal>["reason"] }
  /** The end that asks has taken that many bytes of the answer. */
  | { readonly type: "credit"; readonly id: number; readonly bytes: number }
  /** The end that asks does not want the answer any more. */
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "note"; readonly id: 0; readonly note: LinkNote }
  /** The other end lives. */
  | { readonly type: "beat"; readonly id: 0 };

/** By the first byte, less 1. */
const TYPES = ["request", "answer", "piece", "end", "refuse", "credit", "cancel", "note", "beat"] as const;
/** Bytes before those of a piece. */
export const LINK_HEAD_BYTES = 5;
/** A note has the length of its JSON before it, and bytes after it. */
const LENGTH_BYTES = 2;
const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeLinkFrame(frame: LinkFrame): Uint8Array<ArrayBuffer> {
  switch (frame.type) {
    case "request":
      return packed(frame, ENCODER.encode(JSON.stringify(frame.request)));
    case "answer":
      return packed(frame, ENCODER.encode(JSON.stringify({ size: frame.size })));
    case "piece":
      return packed(frame, frame.bytes);
    case "end":
      return packed(frame, ENCODER.encode(JSON.stringify({ sha256: frame.sha256 })));
    case "refuse":
      return packed(frame, ENCODER.encode(JSON.stringify({ reason: frame.reason })));
    case "credit":
      return packed(frame, numberBytes(frame.bytes, 4));
    case "note":
      return packed(frame, encodeNote(frame.note));
    case "cancel":
    case "beat":
      return packed(frame, new Uint8Array(0));
    default:
      return frame satisfies never;
  }
}

/** Writes what comes before the bytes of a piece, which are in the buffer already. */
export function putPieceHead(buffer: Uint8Array<ArrayBuffer>, id: number): void {
  buffer[0] = TYPES.indexOf("piece") + 1;
  new DataView(buffer.buffer, buffer.byteOffset).setUint32(1, id);
}

/** Decodes a whole frame. The bytes of a piece or a note are a part of `bytes`, not a copy. Throws a `LinkFault` of the kind `invalid`. */
export function decodeLinkFrame(bytes: Uint8Array<ArrayBuffer>): LinkFrame {
  const type = TYPES[(bytes[0] ?? 0) - 1];
  if (type === undefined || bytes.length < LINK_HEAD_BYTES) throw invalid("it has no known type");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = view.getUint32(1);
  const body = bytes.subarray(LINK_HEAD_BYTES);
  switch (type) {
    case "request":
      return { type, id, request: parsed(request, body) };
    case "answer":
      return { type, id, ...parsed(head, body) };
    case "piece":
      if (body.length === 0) throw invalid("the piece is empty");
      return { type, id, bytes: body };
    case "end":
      return { type, id, ...parsed(ending, body) };
    case "refuse":
      return { type, id, ...parsed(refusal, body) };
    case "credit":
      checkLength(body, 4);
      return { type, id, bytes: view.getUint32(LINK_HEAD_BYTES) };
    case "cancel":
      checkLength(body, 0);
      return { type, id };
    case "note":
      return { type, id: 0, note: decodeNote(body) };
    case "beat":
      checkLength(body, 0);
      return { type, id: 0 };
    default:
      return type satisfies never;
  }
}

function encodeNote(whole: LinkNote): Uint8Array<ArrayBuffer> {
  const { bytes = new Uint8Array(0), ...rest } = { bytes: undefined, ...whole };
  const json = ENCODER.encode(JSON.stringify(rest));
  const body = new Uint8Array(LENGTH_BYTES + json.length + bytes.length);
  body.set(numberBytes(json.length, LENGTH_BYTES));
  body.set(json, LENGTH_BYTES);
  body.set(bytes, LENGTH_BYTES + json.length);
  return body;
}

function decodeNote(body: Uint8Array<ArrayBuffer>): LinkNote {
  const length = (body[0] ?? 0) * 256 + (body[1] ?? 0);
  if (body.length < LENGTH_BYTES + length) throw invalid("the note is cut off");
  const found = parsed(note, body.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const bytes = body.subarray(LENGTH_BYTES + length);
  switch (found.type) {
    case "signal":
      checkLength(bytes, 0);
      return { ...found, event: typingOf(found.event) };
    case "media":
    case "demand":
      return { ...found, bytes };
    case "got":
    case "entered":
    case "left":
      checkLength(bytes, 0);
      return found;
    default:
      return found satisfies never;
  }
}

function typingOf(value: unknown): TypingEvent {
  let event: ServerEvent | undefined;
  try {
    event = parseEvent(value);
  } catch {
    throw invalid("the signal is no event");
  }
  if (event?.type !== "typing") throw invalid("the signal is no event");
  return event;
}

function packed({ type, id }: Pick<LinkFrame, "type" | "id">, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LINK_HEAD_BYTES + body.length);
  bytes[0] = TYPES.indexOf(type) + 1;
  bytes.set(numberBytes(id, 4), 1);
  bytes.set(body, LINK_HEAD_BYTES);
  return bytes;
}

/** Big endian. */
function numberBytes(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, nth) => Math.floor(value / 256 ** (length - 1 - nth)) & 0xff);
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw invalid("it has no JSON");
  }
  const result = v.safeParse(schema, value);
  if (!result.success) throw invalid("its fields are not those of its type");
  return result.output;
}

function checkLength(body: Uint8Array, length: number): void {
  if (body.length !== length) throw invalid("its length does not suit its type");
}

function invalid(why: string): LinkFault {
  return new LinkFault("invalid", `A frame of the other server is invalid: ${why}`);
}
