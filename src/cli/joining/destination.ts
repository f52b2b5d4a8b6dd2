import type { Endpoint } from "../../protocol/address/endpoint.ts";
import { isInvite, parseInvite, parseSpoken } from "../../protocol/address/invite_link.ts";
import { decodeRoom, roomPartOfLink } from "../../protocol/address/page_paths.ts";
import { type Address, parseAddress } from "../args/address.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { passphraseError } from "../invites/passphrase.ts";

/** A server to join, with the details that an invite or an announcement adds. */
export interface Destination {
  readonly address: Address;
  /** Further servers of the chat. */
  readonly others?: readonly Endpoint[];
  readonly room?: string;
  /** The secret of the invite, used as the password. */
  readonly secret?: string;
  /** Whether the server must use TLS. */
  readonly tls: boolean;
  /** Fingerprint of the only certificate to accept. */
  readonly fingerprint?: string;
  /** The key of a shared chat, whose hosts prove themselves with it. */
  readonly chatKey?: string;
  /** Fingerprint as announced on the network, which proves nothing. */
  readonly announced?: string;
}

/**
 * Parses an address, an invite, or a spoken invite, whose words may be separate operands. Throws a
 * usage failure.
 */
export function parseDestination(operands: readonly string[]): Destination {
  const text = operands.join(" ").trim();
  if (text.startsWith("unix:")) return { address: parseAddress(text), tls: false };
  try {
    if (isInvite(text)) return fromInvite(text);
    if (/\s/.test(text)) return fromSpoken(text);
    const [, scheme, address, path] = WEB_ADDRESS.exec(text) ?? [];
    if (address !== undefined) return fromWebAddress(scheme!, parseAddress(address), path);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
  return { address: parseAddress(text), tls: false };
}

/** The web address of a chat, without a secret. */
const WEB_ADDRESS = /^(https?):\/\/([^/?#]+)(?:\/([^?#]*))?$/i;

function fromWebAddress(scheme: string, address: Address, path = ""): Destination {
  const tls = scheme.toLowerCase() === "https";
  const part = roomPartOfLink(`/${path}`);
  return part === "" ? { address, tls } : { address, tls, room: roomOf(part) };
}

function roomOf(text: string): string {
  try {
    return decodeRoom(text);
  } catch (error) {
    throw new Error(`Invalid address, its last part is not a room: ${(error as Error).message}`);
  }
}

function fromInvite(text: string): Destination {
  const { host, port, others, room, fingerprint, chatKey, secret } = parseInvite(text);
  const tls = fingerprint !== undefined || chatKey !== undefined || /^\s*https:/i.test(text);
  const address = { kind: "tcp", host, port } as const;
  return { address, ...others && { others }, room, secret, fingerprint, ...chatKey && { chatKey }, tls };
}

function fromSpoken(text: string): Destination {
  const { host, port, secret } = parseSpoken(text);
  const error = passphraseError(secret);
  if (error !== undefined) throw new Error(`The invite is not valid: ${error}`);
  return { address: { kind: "tcp", host, port }, secret, tls: true };
}
