import { isInvite, parseInvite, parseSpoken } from "../../protocol/address/invite_link.ts";
import { parseRoom } from "../../protocol/text/names.ts";
import { type Address, parseAddress } from "../args/address.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { passphraseError } from "../invites/passphrase.ts";

/** Where to go, and what an invite has said beyond that. */
export interface Destination {
  readonly address: Address;
  readonly room?: string;
  /** What to show as the password. */
  readonly secret?: string;
  /** Whether the other end has to speak TLS. */
  readonly tls: boolean;
  /** Of the only certificate to accept. */
  readonly fingerprint?: string;
  /** The same as somebody announced it on the network, which is no proof. */
  readonly announced?: string;
}

/** Reads an address, an invite, or one that was said: the latter may have its words apart. Throws a usage failure. */
export function parseDestination(operands: readonly string[]): Destination {
  const text = operands.join(" ").trim();
  if (text.startsWith("unix:")) return { address: parseAddress(text), tls: false };
  try {
    if (isInvite(text)) return invited(text);
    if (/\s/.test(text)) return said(text);
    const [, scheme, address, room] = PAGE.exec(text) ?? [];
    if (address !== undefined) return paged(scheme!, parseAddress(address), room);
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message);
  }
  return { address: parseAddress(text), tls: false };
}

/** The page's address without a secret. */
const PAGE = /^(https?):\/\/([^/?#]+)(?:\/([^?#]*))?$/i;

function paged(scheme: string, address: Address, room = ""): Destination {
  const tls = scheme.toLowerCase() === "https";
  return room === "" ? { address, tls } : { address, tls, room: roomOf(room) };
}

function roomOf(text: string): string {
  try {
    return parseRoom(decodeURIComponent(text));
  } catch {
    throw new Error("Invalid address: the part after the last / is not a room name");
  }
}

function invited(text: string): Destination {
  const { host, port, room, fingerprint, secret } = parseInvite(text);
  const tls = fingerprint !== undefined || /^\s*https:/i.test(text);
  return { address: { kind: "tcp", host, port }, room, secret, fingerprint, tls };
}

function said(text: string): Destination {
  const { host, port, secret } = parseSpoken(text);
  const fault = passphraseError(secret);
  if (fault !== undefined) throw new Error(`The invite does not work: ${fault}`);
  return { address: { kind: "tcp", host, port }, secret, tls: true };
}
