/**
 * Paths of the server's web pages: `/` opens the chat, `/r/ROOM` opens it in a room, `/help` opens the manual, and the chat page
 * loads parts of its script from `/scripts`. Behind a proxy
 * they may follow the path of a folder, which the server does not see: so its pages link each other by relative addresses.
 */

import { DEFAULT_ROOM } from "../conventions.ts";
import { ProtocolError } from "../errors.ts";
import { parseRoom, quote } from "../text/names.ts";

/** Path of the browser's WebSocket. */
export const SOCKET_PATH = "/ws";
/** Path of the manual; a topic may follow, as in `/help/hosting`. */
export const MANUAL_PATH = "/help";
/** Path of the chat page's scripts, such as `/scripts/HASH/1.js`. */
export const SCRIPTS_PATH = "/scripts/";

const MANUAL_PAGE = /^\/help(?:\/([\w-]+))?$/;
const ROOM_PREFIX = "/r/";
const SCRIPT_FILE = /^\/scripts\/([\w-]+\/\d+\.js)$/;
const CHAT_PATH = /^\/(?:r\/[^/]*)?$/;
/** Rooms had paths without a prefix before; such links still work, except for these names. */
const OLD_ROOM_PATH = /^\/[^/]+$/;
const RESERVED: ReadonlySet<string> = new Set([
  "help",
  "r",
  "scripts",
  "ws",
  "api",
  "call",
  "cluster",
  "copy",
  "files",
  "health",
  "metrics",
  "favicon.ico",
  "robots.txt",
  ".well-known",
]);

/** Returns `/r/ROOM`, or `/` for the default room. `escape` must escape `/`, `?`, `#` and all non-ASCII characters. */
export function formatRoomPath(room: string, escape: (text: string) => string = encodeURIComponent): string {
  return room === DEFAULT_ROOM ? "/" : `${ROOM_PREFIX}${escape(room)}`;
}

/** Whether the path belongs to the chat page; the page itself reads the room from it. */
export function isChatPath(path: string): boolean {
  return CHAT_PATH.test(path);
}

/** The topic that a path of the manual names, `""` for the list of topics; `undefined` for other paths. */
export function manualTopicOf(path: string): string | undefined {
  return MANUAL_PAGE.exec(path)?.[1] ?? (MANUAL_PAGE.test(path) ? "" : undefined);
}

/** The path below `SCRIPTS_PATH` of a script of the chat page; `undefined` for other paths. */
export function scriptFileOf(path: string): string | undefined {
  return SCRIPT_FILE.exec(path)?.[1];
}

/** The address of a chat page as the browser sees it. */
export interface ChatPath {
  /** The path of the server's `/`, with a slash at both ends. It is longer behind a proxy that passes on one folder. */
  readonly folder: string;
  /** The part that names the room, still escaped; `""` if the path names no room. */
  readonly roomPart: string;
}

/** Splits the path of a chat page, which ends in `/` or in `/r/ROOM`. */
export function splitChatPath(path: string): ChatPath {
  const [, folder, roomPart] = /^(.*\/)r\/([^/]*)$/s.exec(path) ?? [];
  return { folder: folder ?? path.slice(0, path.lastIndexOf("/") + 1), roomPart: roomPart ?? "" };
}

/** The part of a link's path that names the room, also of old links without the prefix. */
export function roomPartOfLink(path: string): string {
  return path.slice(path.startsWith(ROOM_PREFIX) ? ROOM_PREFIX.length : 1);
}

/**
 * The room that a part of a path names. Percent-encoded UTF-8 (RFC 3986, section 2.1) and the characters themselves
 * (RFC 3987) mean the same. Throws `invalid` with the reason.
 */
export function decodeRoom(part: string): string {
  let room: string;
  try {
    room = decodeURIComponent(part);
  } catch {
    throw new ProtocolError("invalid", `${quote(part)} has a % that is cut off or wrong: copy the whole address`);
  }
  return parseRoom(room);
}

/**
 * Returns where a page is that has another path now, relative to the old one (RFC 3986, section 4.2): of an old link `/ROOM`,
 * unless the name is reserved, and of `/help/`, below which the manual's relative links would not work.
 */
export function movedPath(path: string): string | undefined {
  if (path === `${MANUAL_PATH}/`) return `..${MANUAL_PATH}`;
  if (!OLD_ROOM_PATH.test(path)) return undefined;
  const room = path.slice(1);
  return RESERVED.has(room.toLowerCase()) ? undefined : `${ROOM_PREFIX.slice(1)}${room}`;
}
