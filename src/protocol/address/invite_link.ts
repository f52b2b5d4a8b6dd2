/**
 * The two forms of an invite: a link to click or paste, and a passphrase to read out. Error messages never repeat the
 * text, since all of it may be a secret.
 */

import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";
import { parseServers } from "./server_list.ts";
import { ProtocolError } from "../errors.ts";
import { publicKeyBytes } from "../identity/public_key.ts";
import { INVITE_WORDS, MAX_INVITE_CHARS, MAX_PASSWORD_BYTES, MAX_SERVERS_INVITED } from "../limits.ts";
import { decodeRoom, formatRoomPath, roomPartOfLink } from "./page_paths.ts";
import { DEFAULT_ROOM } from "../conventions.ts";
import { utf8Length } from "../text/utf8_length.ts";

export interface InviteLink extends Endpoint {
  /** Further servers of the chat. */
  readonly others?: readonly Endpoint[];
  readonly room: string;
  /** SHA-256 of the server's certificate in base64url; absent if the server does not use TLS. */
  readonly fingerprint?: string;
  /** The key of a shared chat, in place of the fingerprint: each of its hosts proves itself, whatever its certificate. */
  readonly chatKey?: string;
  /** The password of `join`. */
  readonly secret: string;
}

/** An invite as a passphrase. It has no room and no fingerprint: the client trusts the certificate on first use. */
export interface SpokenInvite extends Endpoint {
  /** The password of `join`, in the form of `canonicalSecret`. */
  readonly secret: string;
}

const SCHEME = /^confab:/i;
/** An invite link, or the address of the page with an invite. */
const FORM = /^(confab|https?):\/\/([^/#]*)(?:\/([^#]*))?(?:#(.*))?$/is;
/** Between the room of an invite link and the addresses of further servers. */
const OTHERS = "?or=";
/** 32 bytes: the last two bits of the last character are zero. */
const FINGERPRINT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Before the key of a shared chat. An earlier version takes it for a damaged fingerprint, and does not connect. */
const CHAT = "chat=";
const COPY_AGAIN = "copy the whole line that begins with confab://";

/** Whether a text is meant as an invite link, valid or not. */
export function isInvite(text: string): boolean {
  return SCHEME.test(text.trimStart()) || text.includes("#");
}

/** Whether a text is a SHA-256 in base64url. */
export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}

/**
 * Parses `confab://HOST:PORT/ROOM?or=HOST:PORT,HOST:PORT#FINGERPRINT.SECRET`, the same with `chat=KEY` in place of the
 * fingerprint, or the page's address with an invite. Throws `invalid`.
 */
export function parseInvite(text: string): InviteLink {
  if (text.length > MAX_INVITE_CHARS) throw inviteError(`it is longer than ${MAX_INVITE_CHARS} characters`);
  const [form, scheme, endpoint, path = "", fragment] = FORM.exec(text.trim()) ?? [];
  if (form === undefined) throw inviteError(`it does not begin with confab://`);
  const { host, port } = parseEndpointOf(endpoint!);
  const [proof, ...rest] = (fragment ?? "").split(".");
  if (rest.length === 0) throw inviteError(`the part after # is missing or cut off: ${COPY_AGAIN}`);
  const secret = checkSecret(unescape(rest.join(".")));
  const isPage = scheme!.toLowerCase() !== "confab";
  const [place, also = ""] = isPage ? [roomPartOfLink(`/${path}`)] : path.split(OTHERS);
  // An address that is not valid is left out: the others are enough.
  const others = parseServers(also.split(",")).slice(0, MAX_SERVERS_INVITED - 1);
  return {
    ...{ host, port, room: parseRoomOf(place!) },
    ...others.length > 0 && { others },
    ...parseProof(proof!),
    secret,
  };
}

/** By what the client knows the server: its certificate, or the key of a shared chat. Empty without either. */
function parseProof(text: string): Pick<InviteLink, "fingerprint" | "chatKey"> {
  if (text === "") return {};
  if (text.startsWith(CHAT)) {
    const chatKey = text.slice(CHAT.length);
    if (publicKeyBytes(chatKey) !== undefined) return { chatKey };
    throw inviteError(`the key of the chat after # is cut off or changed: ${COPY_AGAIN}`);
  }
  if (isFingerprint(text)) return { fingerprint: text };
  throw inviteError(`the fingerprint after # is cut off or changed: ${COPY_AGAIN}`);
}

/** The invite link. It is safe within the double quotes of every shell. */
export function formatInvite(
  { host, port, others = [], room, fingerprint = "", chatKey, secret }: InviteLink,
): string {
  const also = others.slice(0, MAX_SERVERS_INVITED - 1).map(formatEndpoint).join(",");
  const query = also === "" ? "" : OTHERS + also;
  const proof = chatKey === undefined ? fingerprint : CHAT + chatKey;
  return `confab://${formatEndpoint({ host, port })}/${escape(room)}${query}#${proof}.${escape(secret)}`;
}

/**
 * `https://HOST:PORT/r/ROOM#.SECRET`, the address of the page with an invite. It is short enough for QR codes and for
 * typing: it has no fingerprint, which browsers could not check, and omits the default room.
 */
export function formatPageAddress({ host, port, room, secret }: InviteLink, tls: boolean): string {
  return `${tls ? "https" : "http"}://${formatEndpoint({ host, port })}${formatRoomPath(room, escape)}#.${
    escape(secret)
  }`;
}

/** A web address carries both for a new device: the code, and the secret that the server never sees. */
export interface LinkPass {
  readonly code: string;
  readonly secret: string;
}

/** The code and the secret are of base64url's characters. */
const LINK_FRAGMENT = /^link\.([\w-]+)\.([\w-]+)$/;

/** `https://HOST:PORT/#link.CODE.SECRET`: a browser sends the part after `#` to no server. */
export function formatLinkAddress({ host, port, code, secret }: Endpoint & LinkPass, tls: boolean): string {
  return `${tls ? "https" : "http"}://${formatEndpoint({ host, port })}/#link.${code}.${secret}`;
}

/** Parses the part after `#` of such an address; `undefined` for any other. */
export function parseLinkFragment(fragment: string): LinkPass | undefined {
  const [, code, secret] = LINK_FRAGMENT.exec(fragment.replace(/^#/, "")) ?? [];
  return code === undefined || secret === undefined ? undefined : { code, secret };
}

/** Parses `HOST:PORT word word word`, with spaces or dashes between the words. Throws `invalid`. */
export function parseSpoken(text: string): SpokenInvite {
  if (text.length > MAX_INVITE_CHARS) throw inviteError(`it is longer than ${MAX_INVITE_CHARS} characters`);
  const [, address, passphrase] = /^(\S+)\s+(.*)$/s.exec(text.trim()) ?? [];
  const words = inviteWords(passphrase ?? "");
  if (address === undefined || words.length !== INVITE_WORDS) {
    throw inviteError(
      `it has ${words.length} ${words.length === 1 ? "word" : "words"} after the address instead of ${INVITE_WORDS}`,
    );
  }
  const invalid = words.findIndex((word) => !WORD.test(word));
  if (invalid >= 0) throw inviteError(`word ${invalid + 1} is not a word of a passphrase: check its spelling`);
  return { ...parseEndpointOf(address), secret: words.join("-") };
}

export function formatSpoken({ secret, ...endpoint }: SpokenInvite): string {
  return `${formatEndpoint(endpoint)} ${inviteWords(secret).join(" ")}`;
}

/** A passphrase in lower case with dashes between its words; any other secret unchanged. */
export function canonicalSecret(text: string): string {
  const words = inviteWords(text);
  return words.length === INVITE_WORDS && words.every((word) => WORD.test(word)) ? words.join("-") : text;
}

const WORD = /^[a-z]{3,8}$/;

/** The words of a passphrase. */
export function inviteWords(secret: string): string[] {
  return secret.toLowerCase().split(/[\s\p{Pd}]+/u).filter((word) => word !== "");
}

function parseEndpointOf(text: string): Endpoint {
  try {
    return parseEndpoint(text);
  } catch (error) {
    throw inviteError((error as ProtocolError).message);
  }
}

function parseRoomOf(text: string): string {
  if (text === "") return DEFAULT_ROOM;
  try {
    return decodeRoom(text);
  } catch {
    throw inviteError(`the room between / and # is not a valid name: ${COPY_AGAIN}`);
  }
}

/** Throws `invalid` if the secret cannot be a password. */
function checkSecret(secret: string): string {
  if (secret === "" || !secret.isWellFormed()) {
    throw inviteError(`its secret is missing or cut off: ${COPY_AGAIN}`);
  }
  if (utf8Length(secret) > MAX_PASSWORD_BYTES) {
    throw inviteError(`its secret is longer than ${MAX_PASSWORD_BYTES} bytes`);
  }
  return secret;
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw inviteError(`its secret is cut off or changed: ${COPY_AGAIN}`);
  }
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function inviteError(reason: string): ProtocolError {
  return new ProtocolError("invalid", `The invite is not valid: ${reason}`);
}
