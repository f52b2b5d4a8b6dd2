/** The page's own address: the folder of the server, the room, and the secret of an invite or of a device to link. */

import { type LinkPass, parseLinkFragment } from "../protocol/address/invite_link.ts";
import { decodeRoom, formatRoomPath, SCRIPTS_PATH, splitChatPath } from "../protocol/address/page_paths.ts";
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
  /** Shown by another device of the user, which then admits this one. */
  readonly link?: LinkPass;
}

/**
 * Reads `/r/ROOM#FINGERPRINT.SECRET`, with both parts as in an invite; behind a proxy it may follow a folder, as in
 * `/chat/r/ROOM`. Ignores a secret that is invalid. After `#link.` follows the code of another device instead of an invite.
 */
export function parsePageAddress(
  { pathname, hash }: { readonly pathname: string; readonly hash: string },
): PageAddress {
  const link = parseLinkFragment(hash);
  const dot = link === undefined ? hash.indexOf(".") : -1;
  const secret = dot < 0 ? "" : decode(hash.slice(dot + 1)) ?? "";
  const { folder, roomPart } = splitChatPath(pathname);
  return { folder, ...roomOf(roomPart), ...secret !== "" && { secret }, ...link && { link } };
}

/** The address at which a new device opens the room, with the pass that admits it: `ORIGIN/FOLDER/r/ROOM#link.CODE.SECRET`. */
export function pageLinkAddress(origin: string, folder: string, room: string, { code, secret }: LinkPass): string {
  return `${origin}${folder}${formatRoomPath(room).slice(1)}#link.${code}.${secret}`;
}

/** The address of a room, at which the secret of an invite admits people: `ORIGIN/FOLDER/r/ROOM#.SECRET`. */
export function pageRoomAddress(origin: string, folder: string, room: string, secret?: string): string {
  const fragment = secret === undefined ? "" : `#.${encodeURIComponent(secret)}`;
  return `${origin}${folder}${formatRoomPath(room).slice(1)}${fragment}`;
}

/**
 * The addresses of a room at the other servers of the chat. None if the page's own is not listed: then it came through a proxy,
 * which finds another server by itself.
 */
export function otherPageAddresses(origin: string, servers: readonly string[], room: string): string[] {
  const scheme = origin.slice(0, origin.indexOf(":"));
  const origins = servers.filter((server) => SERVER.test(server)).map((server) => originOf(`${scheme}://${server}`));
  if (!origins.includes(origin)) return [];
  return origins.filter((other) => other !== "" && other !== origin).map((other) => pageRoomAddress(other, "/", room));
}

/** No more than a host and a port. */
const SERVER = /^[\w.:[\]-]+$/;

/** Empty for an address that is not valid. */
function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    return "";
  }
}

/** The address of a script that the page loads on demand, by its path below `SCRIPTS_PATH`. */
export function partAddress(file: string): string {
  return location.origin + splitChatPath(location.pathname).folder + SCRIPTS_PATH.slice(1) + file;
}

/** Whether no other device can open addresses of this host, as `location.hostname` gives it. */
export function isThisMachine(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
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
