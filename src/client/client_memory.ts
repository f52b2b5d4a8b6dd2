/** What a client remembers over its own restart, for one server address and one person. Where it is kept, others know. */

import * as v from "valibot";
import { MAX_PENDING_MESSAGES, MAX_REF_CHARS, MAX_TEXT_BYTES } from "../protocol/limits.ts";
import type { PendingMessage } from "./delivery/outgoing_message.ts";
import { type KnownName, MAX_NAMES_REMEMBERED } from "./state/known_names.ts";
import { type Ignored, MAX_IGNORED } from "./state/reader_state.ts";
import { type LastSeq, MAX_DIRECT_IDS, MAX_ROOMS_REMEMBERED, type RoomId } from "./delivery/receive_cursor.ts";

export interface Remembered {
  /** Whose token, seqs and ids these are; absent before the first `welcome`. */
  readonly serverId?: string;
  readonly token?: string;
  /** As the server called us last, or as we wish to be called. */
  readonly name: string;
  /** Rooms, each with the last seq received in it. */
  readonly lastSeqs: readonly LastSeq[];
  /** Rooms, each with its id: another id means that the room was removed and made again. */
  readonly roomIds?: readonly RoomId[];
  /** Of the last direct messages, oldest first. */
  readonly directIds: readonly string[];
  /** Who had which name, the longest unseen first. */
  readonly names?: readonly KnownName[];
  /** Rooms, each with the oldest seq in it that was received and not read. */
  readonly unread?: readonly LastSeq[];
  /** Whom the reader does not want to read. */
  readonly ignored?: readonly Ignored[];
  /** In the order typed. */
  readonly pending: readonly PendingMessage[];
}

export interface ClientMemory {
  /** What the last `save` of whichever process kept; undefined where there was none. */
  load(): Remembered | undefined;
  /**
   * Keeps this in place of what was there; whole when it returns, even if the process dies then. False where that
   * fails. Never throws. Cheap enough to be called once a turn of the event loop.
   */
  save(remembered: Remembered): boolean;
  /** Lets others have it. Nothing is saved after it. */
  close(): void;
}

const target = v.union([v.strictObject({ room: v.string() }), v.strictObject({ to: v.string() })]);

const ref = v.pipe(v.string(), v.maxLength(MAX_REF_CHARS));
const text = v.pipe(v.string(), v.maxLength(MAX_TEXT_BYTES));
const seq = v.optional(v.number());
const intent = v.variant("kind", [
  v.object({ kind: v.literal("reply"), to: v.union([v.number(), v.string()]) }),
  v.object({ kind: v.literal("edit"), seq }),
  v.object({ kind: v.literal("delete"), seq }),
  v.object({ kind: v.literal("react"), seq, remove: v.optional(v.literal(true)) }),
]);

const seqs = v.pipe(v.array(v.tuple([v.string(), v.number()])), v.maxLength(MAX_ROOMS_REMEMBERED));

const REMEMBERED = v.object({
  serverId: v.optional(v.string()),
  token: v.optional(v.string()),
  name: v.string(),
  lastSeqs: seqs,
  roomIds: v.optional(v.pipe(v.array(v.tuple([v.string(), v.string()])), v.maxLength(MAX_ROOMS_REMEMBERED))),
  directIds: v.pipe(v.array(v.string()), v.maxLength(MAX_DIRECT_IDS)),
  names: v.optional(v.pipe(v.array(v.tuple([v.string(), v.string()])), v.maxLength(MAX_NAMES_REMEMBERED))),
  unread: v.optional(seqs),
  ignored: v.optional(v.pipe(v.array(v.tuple([v.string(), v.string()])), v.maxLength(MAX_IGNORED))),
  pending: v.pipe(
    v.array(v.object({ ref, target, text, intent: v.optional(intent) })),
    v.maxLength(MAX_PENDING_MESSAGES),
  ),
});

/** Undefined for what no `save` can have kept. */
export function parseRemembered(value: unknown): Remembered | undefined {
  const result = v.safeParse(REMEMBERED, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}
