/** The schemas of messages and their changes, the commands that a client checks before it sends them. */

import * as v from "valibot";
import { isFingerprint } from "../address/invite_link.ts";
import * as limits from "../limits.ts";
import {
  type EntrySignature,
  isKeyForm,
  isSignatureForm,
  isSignedTime,
  isWholeSignature,
} from "../identity/entry_signature.ts";
import { isUuid, isUuidV7 } from "../uuid.ts";
import {
  anyRef,
  bytes,
  countField,
  emoji,
  fileName,
  isTrue,
  name,
  newId,
  replyTarget,
  room,
  target,
  visible,
  visibleOrEmpty,
} from "./fields.ts";

const text = v.pipe(...bytes(1, limits.MAX_TEXT_BYTES).pipe, visible);
const anyText = v.pipe(...bytes(0, limits.MAX_TEXT_BYTES).pipe, visibleOrEmpty);
export const anyRoom = v.optional(room);
/** A member by name, or by id: an id is longer than any name. */
export const memberRef = v.union([v.pipe(v.string(), v.check(isUuid)), name]);
export const anyMember = v.optional(memberRef);
/** A room or a conversation: commands about one have exactly one of the two. */
export const place = { room: anyRoom, to: anyMember };
export const sha256 = v.pipe(v.string(), v.check(isFingerprint, "is not a SHA-256 in base64url"));
const uploadedId = v.pipe(v.string(), v.check(isUuidV7, "is not a UUIDv7 in lower case"));
const media = v.pipe(v.string(), v.maxLength(limits.MAX_MEDIA_CHARS));
const thumbnailPixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.MAX_THUMBNAIL_PIXELS));
/** A small picture of the file, which the sender has uploaded as a file of its own. */
const ownThumbnail = v.object({
  id: uploadedId,
  size: countField,
  media,
  sha256,
  width: thumbnailPixels,
  height: thumbnailPixels,
});
/** A file that the sender has uploaded: `name` and `size` are those of the offer, `media` and `sha256` those that the server found. */
const ownFile = v.object({
  id: uploadedId,
  name: fileName,
  size: countField,
  media,
  sha256,
  thumbnail: v.optional(ownThumbnail),
});
/** The author's signature of a message or change: see `entryText`. The server passes it on without a check. */
const entrySignature = {
  signature: v.optional(
    v.pipe(v.string(), v.check(isSignatureForm, "is not a signature: expected 86 characters of base64url")),
  ),
  key: v.optional(v.pipe(v.string(), v.check(isKeyForm, "is not a key: expected 43 characters of base64url"))),
  time: v.optional(
    v.pipe(v.string(), v.check(isSignedTime, "is not a time in UTC: expected one such as 2026-11-29T10:00:00.000Z")),
  ),
};

type Signable = Partial<EntrySignature> & { readonly id?: string | undefined };

/** A message or change is signed with all three fields and its id, or has none of the three. */
const signedAsAWhole = <E extends Signable>() =>
  v.forward<E, v.CheckIssue<E>, never>(
    v.check(
      (entry: E) => isWholeSignature(entry) && (entry.signature === undefined || entry.id !== undefined),
      INCOMPLETE,
    ),
    ["signature"] as never,
  );
const INCOMPLETE =
  "is incomplete: expected signature, key and time with the id that they are for, or none of the three";

/** A message or change that may be signed. The check of one without a signature skips the three fields, which saves time. */
function signable<E extends v.ObjectEntries>(entries: E) {
  const { signed, unsigned } = signedOrNot(entries);
  return { ...v.lazy((input) => namesSignature(input as object) ? signed : unsigned), entries: signed.entries };
}

/** A message that may be signed, and whose text may be empty if it has a file. The check of one without a file skips it. */
function withFile<E extends v.ObjectEntries & { readonly text: typeof text }>(entries: E) {
  const file = ownFile as unknown as v.OptionalSchema<typeof ownFile, undefined>;
  const having = signedOrNot({ ...entries, text: anyText, file });
  const { signed, unsigned } = signedOrNot(entries) as unknown as typeof having;
  const schema = v.lazy((input) => {
    if ("file" in (input as object)) return namesSignature(input as object) ? having.signed : having.unsigned;
    return namesSignature(input as object) ? signed : unsigned;
  });
  return { ...schema, entries: having.signed.entries };
}

function signedOrNot<E extends v.ObjectEntries>(entries: E) {
  const signed = v.pipe(v.object({ ...entries, ...entrySignature }), signedAsAWhole());
  return { signed, unsigned: v.object(entries) as v.GenericSchema as typeof signed };
}

function namesSignature(input: object): boolean {
  return "signature" in input || "key" in input || "time" in input;
}

/** Messages, and their changes. */
export const ENTRY_COMMANDS = {
  /**
   * A chat line to a room, to one member (`to`), or to the default room. Without `ref` it is not acknowledged.
   * A repeat is recognised by its `id` or its `ref`; without `id` the server makes one. `reply` is the id or the seq of a
   * message in the same room or conversation, or a name for that member's last message. With a `file`, which the member has
   * offered and uploaded, `text` may be empty.
   */
  message: withFile({
    type: v.literal("message"),
    ref: anyRef,
    id: newId,
    ...place,
    text,
    reply: v.optional(replyTarget),
  }),
  /** Replaces the text of the sender's own message, by its id or seq. Without `of`, of their last message in the room. */
  edit: signable({
    type: v.literal("edit"),
    ref: anyRef,
    id: newId,
    ...place,
    of: v.optional(target),
    text,
  }),
  /** Deletes the sender's own message, or as a moderator any message. Without `of`, their last message in the room. */
  delete: signable({
    type: v.literal("delete"),
    ref: anyRef,
    id: newId,
    ...place,
    of: v.optional(target),
  }),
  /** Adds an emoji to a message, or removes it. Without `of`, to the last message of another member in the room. */
  react: signable({
    type: v.literal("react"),
    ref: anyRef,
    id: newId,
    ...place,
    of: v.optional(target),
    emoji,
    remove: v.optional(isTrue),
  }),
};
