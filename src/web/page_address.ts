/** The page's own address: the folder of the server, the room, and the secret of an invite. */

import { decodeRoom, splitChatPath } from "../protocol/address/page_paths.ts";
import { DEFAULT_ROOM } from "../protocol/conventions.ts";

export interface PageAddress {
  /** The path to which the server's other addresses are relative. It begins and ends with a slash. */
  readonly folder: string;
  /** The default room if the address names none, or an invalid one. */
  readonly room: string;
  /** Why the address names no valid room. */
  readonly error?: string;
  /** The secret of an invite, which admits the user like a password. */
  readonly secret?: string;
}

/**
 * Reads `/r/ROOM#FINGERPRINT.SECRET`, with both parts as in an invite; behind a proxy it may follow a folder, as in
 * `/chat/r/ROOM`. Ignores a secret that is invalid.
 */
export function parsePageAddress(
  { pathname, hash }: { readonly pathname: string; readonly hash: string },
): PageAddress {
  const dot = hash.indexOf(".");
  const secret = dot < 0 ? "" : decode(hash.slice(dot + 1)) ?? "";
  const { folder, roomPart } = splitChatPath(pathname);
  return { folder, ...roomOf(roomPart), ...secret !== "" && { secret } };
}

function roomOf(part: string): Pick<PageAddress, "room" | "error"> {
  if (part === "") return { room: DEFAULT_ROOM };
  try {
    return { room: decodeRoom(part) };
  } catch (error) {
    return { room: DEFAULT_ROOM, error: (error as Error).message };
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
