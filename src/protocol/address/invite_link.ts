/**
 * An invite in its two forms: an address to click or paste, and words to read out. Nothing here repeats what it was given,
 * for all of it may be a secret.
 */

import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { ProtocolError } from "../errors.ts";
import { INVITE_WORDS, MAX_INVITE_CHARS, MAX_PASSWORD_BYTES } from "../limits.ts";
import { formatRoomPath, roomPartOf } from "./page_paths.ts";
import { DEFAULT_ROOM } from "../conventions.ts";
import { parseRoom } from "../text/names.ts";
import { utf8Length } from "../text/utf8_length.ts";

export interface InviteLink extends Endpoint {
  readonly room: string;
  /** SHA-256 of the server's certificate in base64url; absent where the server speaks no TLS. */
  readonly fingerprint?: string;
  /** What `join` shows as its password. */
  readonly secret: string;
}

/** An invite as it is said on the phone. It names no room, and no fingerprint: the certificate is trusted on first sight. */
export interface SpokenInvite extends Endpoint {
  /** As `canonicalSecret` has it: `join` shows it as its password. */
  readonly secret: string;
}

const SCHEME = /^confab:/i;
/** The page's address is one, too. */
const FORM = /^(confab|https?):\/\/([^/#]*)(?:\/([^#]*))?(?:#(.*))?$/is;
/** 32 bytes: the last character holds two bits that are zero. */
const FINGERPRINT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const COPY_AGAIN = "copy the whole line that begins with confab://";

/** Whether a text is meant as an invite's address, be it right or wrong. */
export function isInvite(text: string): boolean {
  return SCHEME.test(text.trimStart()) || text.includes("#");
}

/** Whether a text is a SHA-256 as an invite has it, in base64url. */
export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}

/** `confab://HOST:PORT/ROOM#FINGERPRINT.SECRET`. Throws `invalid`. */
export function parseInvite(text: string): InviteLink {
  if (text.length > MAX_INVITE_CHARS) throw fault(`it is longer than ${MAX_INVITE_CHARS} characters`);
  const [form, scheme, endpoint, path = "", fragment] = FORM.exec(text.trim()) ?? [];
  if (form === undefined) throw fault(`it does not begin with confab://`);
  const { host, port } = parseEndpointOf(endpoint!);
  const [fingerprint, ...rest] = (fragment ?? "").split(".");
  if (rest.length === 0) throw fault(`the part behind # is missing or cut off: ${COPY_AGAIN}`);
  if (fingerprint !== "" && !isFingerprint(fingerprint!)) {
    throw fault(`the fingerprint behind # is cut off or changed: ${COPY_AGAIN}`);
  }
  const secret = checkSecret(unescape(rest.join("."), "secret"));
  const isPage = scheme!.toLowerCase() !== "confab";
  const room = (isPage && roomPartOf(`/${path}`)) || path;
  return { host, port, room: parseRoomOf(room), ...fingerprint === "" ? {} : { fingerprint }, secret };
}

/** Safe within double quotes of every shell. */
export function formatInvite({ host, port, room, fingerprint = "", secret }: InviteLink): string {
  return `confab://${formatEndpoint({ host, port })}/${escape(room)}#${fingerprint}.${escape(secret)}`;
}

/**
 * `https://HOST:PORT/r/ROOM#.SECRET`, the page that lets in whoever opens it. It is short, for phones and for people who type it:
 * browsers have no use for the fingerprint, and the default room goes without saying.
 */
export function formatPageAddress({ host, port, room, secret }: InviteLink, tls: boolean): string {
  return `${tls ? "https" : "http"}://${formatEndpoint({ host, port })}${formatRoomPath(room, escape)}#.${
    escape(secret)
  }`;
}

/** `HOST:PORT word word word`, with any blanks or dashes between the words. Throws `invalid`. */
export function parseSpoken(text: string): SpokenInvite {
  if (text.length > MAX_INVITE_CHARS) throw fault(`it is longer than ${MAX_INVITE_CHARS} characters`);
  const [, address, said] = /^(\S+)\s+(.*)$/s.exec(text.trim()) ?? [];
  const words = inviteWords(said ?? "");
  if (address === undefined || words.length !== INVITE_WORDS) {
    throw fault(`the number of words behind the address is ${words.length} in place of ${INVITE_WORDS}`);
  }
  const odd = words.findIndex((word) => !WORD.test(word));
  if (odd >= 0) throw fault(`word ${odd + 1} is none that an invite is made of`);
  return { ...parseEndpointOf(address), secret: words.join("-") };
}

export function formatSpoken({ secret, ...endpoint }: SpokenInvite): string {
  return `${formatEndpoint(endpoint)} ${inviteWords(secret).join(" ")}`;
}

/** Three words however they are said, in lower case and with dashes between them; every other secret as it is. */
export function canonicalSecret(text: string): string {
  const words = inviteWords(text);
  return words.length === INVITE_WORDS && words.every((word) => WORD.test(word)) ? words.join("-") : text;
}

const WORD = /^[a-z]{3,8}$/;

/** The words of a secret that is said in words. */
export function inviteWords(secret: string): string[] {
  return secret.toLowerCase().split(/[\s\p{Pd}]+/u).filter((word) => word !== "");
}

function parseEndpointOf(text: string): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    throw fault((error as ProtocolError).message);
  }
}

function parseRoomOf(text: string): string {
  const room = unescape(text, "room");
  if (room === "") return DEFAULT_ROOM;
  try {
    return parseRoom(room);
  } catch {
    throw fault("the room between / and # is none that can be");
  }
}

/** Throws `invalid` for what cannot be asked for as a password. */
function checkSecret(secret: string): string {
  if (secret === "" || !secret.isWellFormed()) {
    throw fault(`the secret at its end is missing or cut off: ${COPY_AGAIN}`);
  }
  if (utf8Length(secret) > MAX_PASSWORD_BYTES) throw fault(`its secret is longer than ${MAX_PASSWORD_BYTES} bytes`);
  return secret;
}

function unescape(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw fault(`its ${what} is cut off or changed: ${COPY_AGAIN}`);
  }
}

/** RFC 3986's unreserved characters stay as they are. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function fault(why: string): ProtocolError {
  return new ProtocolError("invalid", `The invite does not work: ${why}`);
}
