import { DEFAULT_ROOM } from "../../../protocol/conventions.ts";
import { ProtocolError } from "../../../protocol/errors.ts";
import { isThumbnailMedia } from "../../../protocol/files/media_types.ts";
import { MAX_THUMBNAIL_BYTES, SLOT_MS } from "../../../protocol/limits.ts";
import type { MessageFile } from "../../../protocol/messages/messages.ts";
import { timestamp } from "../../../protocol/text/durations.ts";
import { quote } from "../../../protocol/text/names.ts";
import type { HubOfferCommand } from "../../hub_command.ts";
import type { OfferedFile } from "../../state/files/uploads.ts";
import type { Member } from "../../state/members/member.ts";
import type { Caller } from "../../state/members/session.ts";
import { originOf } from "../../state/quotas/quota.ts";
import type { Registry } from "../../state/registry.ts";
import { send, type Turn } from "../../turn.ts";
import { findPartner, oneOfTwo } from "../conversations/channel_lookup.ts";
import { checkVoice } from "../voice.ts";
import { noSuchFile } from "./fetch.ts";

/**
 * Opens a slot for the upload of a file. The event names the digest of its token, whose text is sent this once. Throws
 * `forbidden`, `file_too_large`, `quota_exceeded`, or as a message to the same place.
 */
export function offer(turn: Turn, caller: Caller, command: HubOfferCommand): void {
  const { registry, now, effects } = turn;
  const { session, member } = caller;
  const { ref, name, size, token, used } = command;
  if (registry.fileQuota === undefined) throw new ProtocolError("forbidden", "This server takes no files");
  checkMayWrite(turn, caller, command);
  const from = registry.accounts.withId(member.id) === undefined ? originOf(session) : undefined;
  registry.fileQuota.take({ member: member.id, from, size, used }, now);
  const id = registry.newId(now);
  const until = now + SLOT_MS;
  const offered = { id, member: member.id, name, size, token, until };
  registry.uploads.add(from === undefined ? offered : { ...offered, from }, effects);
  send(turn, session, { type: "slot", ref, id, token, path: `/files/${id}`, until: timestamp(until) });
}

function checkMayWrite(turn: Turn, { session, member }: Caller, { room, to }: HubOfferCommand): void {
  if (to === undefined) return checkMayWriteIn(turn.registry, session.rooms, member, room ?? DEFAULT_ROOM);
  if (room !== undefined) throw oneOfTwo();
  findPartner(turn, to);
  checkVoice(turn.registry, member, undefined);
}

function checkMayWriteIn(registry: Registry, joined: readonly string[], member: Member, room: string): void {
  if (!joined.includes(room)) {
    throw new ProtocolError("not_joined", `You are not in room ${quote(room)}: join it first`);
  }
  checkVoice(registry, member, room);
}

/**
 * Returns the complete upload of the member that a message names. Throws `no_such_file` if the member has no such upload,
 * and `invalid` if the message describes another file.
 */
export function offeredFileOf(turn: Turn, member: Member, file: MessageFile): OfferedFile {
  const { id, name, size, media, sha256 } = file;
  return completeUpload(turn, member, { id, name, size, media, sha256 }, "file");
}

/** `field` is the name of the field that has the described file. */
function completeUpload(
  { registry, now }: Turn,
  { id: memberId }: Member,
  file: Omit<MessageFile, "name" | "thumbnail"> & { readonly name?: string },
  field: string,
): OfferedFile {
  const offered = registry.uploads.find(file.id, now);
  if (offered === undefined || offered.member !== memberId) throw noSuchFile(file.id);
  if (offered.found === undefined) {
    throw new ProtocolError("no_such_file", `The upload of file ${file.id} is not complete: send the rest of it first`);
  }
  const { name, size, found: { sha256, media } } = offered;
  const known = { id: file.id, name: file.name === undefined ? undefined : name, size, media, sha256 };
  const wrong = (["name", "size", "media", "sha256"] as const).find((key) => known[key] !== file[key]);
  if (wrong === undefined) return offered;
  const text = `Field ${field}.${wrong} is ${quote(String(file[wrong]))}: the file here has ${
    quote(String(known[wrong]))
  }`;
  throw new ProtocolError("invalid", text);
}

/**
 * Returns the complete upload of the member that the file's thumbnail names; `undefined` for a file without one. Throws as
 * `offeredFileOf`, and `invalid` if it is no small picture, or the file itself.
 */
export function offeredThumbnailOf(turn: Turn, member: Member, file: MessageFile): OfferedFile | undefined {
  const { thumbnail } = file;
  if (thumbnail === undefined) return undefined;
  const { id, size, media, sha256 } = thumbnail;
  if (id === file.id) {
    throw new ProtocolError("invalid", "Field file.thumbnail.id is that of the file: upload another one");
  }
  if (size > MAX_THUMBNAIL_BYTES) {
    const text = `Field file.thumbnail.size is ${size}: a thumbnail has at most ${MAX_THUMBNAIL_BYTES} bytes`;
    throw new ProtocolError("invalid", text);
  }
  if (!isThumbnailMedia(media)) {
    throw new ProtocolError(
      "invalid",
      `Field file.thumbnail.media is ${quote(media)}: expected image/jpeg, png or webp`,
    );
  }
  return completeUpload(turn, member, { id, size, media, sha256 }, "file.thumbnail");
}

/** Drops what was offered and no message carries in time. */
export function endExpiredUploads(turn: Turn): void {
  for (const file of turn.registry.uploads.expired(turn.now)) endUpload(turn, file);
}

/** Ends a slot because its member no longer wants it. `hasBytes`: some of the file had arrived. */
export function cancelUpload(turn: Turn, file: OfferedFile, hasBytes: boolean): void {
  endUpload(turn, file);
  if (hasBytes) turn.registry.fileQuota?.keepCounted(file, turn.now);
}

function endUpload({ registry, effects }: Turn, file: OfferedFile): void {
  registry.uploads.remove(file, effects);
  effects.push({ type: "dropUpload", id: file.id, sha256: file.found?.sha256 });
}
