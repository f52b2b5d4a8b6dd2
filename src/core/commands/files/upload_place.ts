import type { MessageFile } from "../../../protocol/messages/messages.ts";
import type { Registry } from "../../state/registry.ts";
import type { Turn } from "../../turn.ts";

/** A place for one upload. */
export interface UploadPlace {
  /** The id of the member who has offered the file. */
  readonly member: string;
  /** In bytes. */
  readonly size: number;
  readonly tokenDigest: string;
  /** The findings of the server about the bytes, if they are complete. */
  readonly complete: Omit<MessageFile, "id" | "name"> | undefined;
}

/** The place for one upload; `undefined` if it was never offered, is used, or its time is over, or the member is banned. */
export function uploadPlace({ uploads, restrictions }: Registry, id: string, now: number): UploadPlace | undefined {
  const file = uploads.find(id, now);
  if (file === undefined || restrictions.banOf(file.member, undefined) !== undefined) return undefined;
  const { member, size, token, found } = file;
  return { member, size, tokenDigest: token, complete: found && { ...found, size } };
}

/** Notes that the bytes of the slot are complete. Asks to drop them if there is no such slot, or it has other bytes. */
export function noteUploaded(
  { registry: { uploads }, now, effects }: Turn,
  id: string,
  found: Pick<MessageFile, "sha256" | "media">,
): void {
  const file = uploads.find(id, now);
  const known = file?.found?.sha256;
  if (known === found.sha256) return;
  if (file === undefined || known !== undefined) effects.push({ type: "dropUpload", id, sha256: found.sha256 });
  else uploads.complete(file, found, effects);
}
