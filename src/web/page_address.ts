/** The page's own address: the room, and the secret of an invite. */

import { roomPartOf } from "../protocol/address/page_paths.ts";
import { DEFAULT_ROOM } from "../protocol/conventions.ts";
import { parseRoom } from "../protocol/text/names.ts";

export interface PageAddress {
  readonly room: string;
  /** The secret of an invite, which admits the user like a password. */
  readonly secret?: string;
}

/** Reads `/r/ROOM#FINGERPRINT.SECRET`, with both parts as in an invite. Ignores parts that are invalid. */
export function parsePageAddress(
  { pathname, hash }: { readonly pathname: string; readonly hash: string },
): PageAddress {
  const room = roomOf(decode(roomPartOf(pathname)) ?? "");
  const dot = hash.indexOf(".");
  const secret = dot < 0 ? "" : decode(hash.slice(dot + 1)) ?? "";
  return secret === "" ? { room } : { room, secret };
}

function roomOf(path: string): string {
  try {
    return parseRoom(path);
  } catch {
    return DEFAULT_ROOM;
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
