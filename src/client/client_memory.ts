/** The client memory: what a client remembers over restarts, for one server address and one user. Adapters store it. */

import * as v from "valibot";
import {
  MAX_KEPT_PATH_CHARS,
  MAX_PENDING_MESSAGES,
  MAX_REF_CHARS,
  MAX_TEXT_BYTES,
  MAX_TRANSFERS,
} from "../protocol/limits.ts";
import { file } from "../protocol/messages/event_parts.ts";
import type { UploadRecord } from "./delivery/kept_uploads.ts";
import type { MessageIntent, PendingMessage } from "./delivery/message_intent.ts";
import { type KnownName, MAX_NAMES_REMEMBERED } from "./state/known_names.ts";
import { type Ignored, MAX_IGNORED } from "./state/reader_state.ts";
import { type LastSeq, MAX_ROOMS_REMEMBERED, type RoomId } from "./delivery/receive_cursor.ts";

export interface Remembered {
  /** The server that issued the token, seqs and ids; absent before the first `welcome`. */
  readonly serverId?: string;
  readonly token?: string;
  /** The server knows the member by the key of this client. */
  readonly keyed?: true;
  /** Our last name on the server, or the requested one. */
  readonly name: string;
  /** Rooms and conversations by their key, each with the last seq received in it and the id of that entry. */
  readonly lastSeqs: readonly LastSeq[];
  /** Rooms, each with its id: another id means that the room was removed and created again. */
  readonly roomIds?: readonly RoomId[];
  /** The member that first had each name, least recently seen first. */
  readonly names?: readonly KnownName[];
  /** Members that the user ignores. */
  readonly ignored?: readonly Ignored[];
  /** In the order sent. */
  readonly pending: readonly PendingMessage[];
  /** Files on their way to the server, in the order begun. Their messages are not among the pending ones yet. */
  readonly uploads?: readonly UploadRecord[] | undefined;
}

export interface ClientMemory {
  /** Returns what the last `save` of any process stored; `undefined` if there was none. */
  load(): Remembered | undefined;
  /**
   * Replaces the stored state, atomically: complete on return, even if the process dies then. Returns false on failure and
   * never throws. Cheap enough for once per turn of the event loop.
   */
  save(remembered: Remembered): boolean;
  /** Releases the memory for other processes. Nothing is saved after it. */
  close(): void;
}

const target = v.union([v.strictObject({ room: v.string() }), v.strictObject({ to: v.string() })]);

const ref = v.pipe(v.string(), v.maxLength(MAX_REF_CHARS));
const text = v.pipe(v.string(), v.maxLength(MAX_TEXT_BYTES));
const message = v.union([v.number(), v.string()]);
/** Earlier versions named messages by seq only, and in another field. */
const changed = { of: v.optional(message), seq: v.optional(v.number()) };
const intent = v.pipe(
  v.variant("kind", [
    v.object({ kind: v.literal("reply"), to: message }),
    v.object({ kind: v.literal("edit"), ...changed }),
    v.object({ kind: v.literal("delete"), ...changed }),
    v.object({ kind: v.literal("react"), ...changed, remove: v.optional(v.literal(true)) }),
  ]),
  v.transform((intent): MessageIntent => {
    if (intent.kind === "reply") return intent;
    const { seq, ...rest } = intent;
    return seq === undefined ? rest : { ...rest, of: seq };
  }),
);

const signed = v.object({ author: v.string(), signature: v.string(), key: v.string(), time: v.string() });

/** Earlier versions kept no ids here. */
const lastSeq = v.union([v.tuple([v.string(), v.number(), ref]), v.tuple([v.string(), v.number()])]);

/** Earlier versions did not keep whether the server blocks the member. */
const ignored = v.union([
  v.tuple([v.string(), v.string(), v.literal(true)]),
  v.tuple([v.string(), v.string()]),
]);

const upload = v.object({
  path: v.pipe(v.string(), v.maxLength(MAX_KEPT_PATH_CHARS)),
  size: v.number(),
  modified: v.number(),
  target,
  text,
  slot: v.optional(v.object({ id: v.string(), path: v.string(), token: v.string() })),
});

/** Earlier versions kept other fields, too, which are dropped. */
const REMEMBERED = v.object({
  serverId: v.optional(v.string()),
  token: v.optional(v.string()),
  keyed: v.optional(v.literal(true)),
  name: v.string(),
  lastSeqs: v.pipe(v.array(lastSeq), v.maxLength(MAX_ROOMS_REMEMBERED)),
  roomIds: v.optional(v.pipe(v.array(v.tuple([v.string(), v.string()])), v.maxLength(MAX_ROOMS_REMEMBERED))),
  names: v.optional(v.pipe(v.array(v.tuple([v.string(), v.string()])), v.maxLength(MAX_NAMES_REMEMBERED))),
  ignored: v.optional(v.pipe(v.array(ignored), v.maxLength(MAX_IGNORED))),
  pending: v.pipe(
    v.array(v.object({
      ref,
      target,
      text,
      file: v.optional(file),
      intent: v.optional(intent),
      signed: v.optional(signed),
    })),
    v.maxLength(MAX_PENDING_MESSAGES),
  ),
  uploads: v.optional(v.pipe(v.array(upload), v.maxLength(MAX_TRANSFERS))),
});

/** Checks a stored state. Returns `undefined` if no `save` can have stored it. */
export function parseRemembered(value: unknown): Remembered | undefined {
  const result = v.safeParse(REMEMBERED, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}
