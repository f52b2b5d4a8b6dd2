import { join } from "node:path";
import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import { parseServers } from "../../protocol/address/server_list.ts";
import {
  formatInvite,
  formatLinkAddress,
  formatPageAddress,
  formatSpoken,
  inviteWords,
  type LinkPass,
} from "../../protocol/address/invite_link.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { quote } from "../../protocol/text/names.ts";
import { programName } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { checkedPassword } from "../args/password_options.ts";
import { readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";
import { drawPassphrase } from "./passphrase.ts";
import { addressesNow } from "./reachability.ts";

const PASSWORD_FILE = "confab.password";

/**
 * The passphrase of a shared server: that of the folder, so that invites survive a restart, or a
 * new one that is kept there. Without a folder it is valid for this run only. Throws a failure.
 */
export function sharedPassword(folder: string | undefined): string {
  if (folder === undefined) return drawPassphrase();
  const path = join(folder, PASSWORD_FILE);
  try {
    const kept = keptPassword(folder);
    if (kept !== undefined) return kept;
    const drawn = drawPassphrase();
    keepPassword(folder, drawn);
    return drawn;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT.cannotStore, `Cannot keep the password in ${quote(path)}: ${explain(error)}`, {
      cause: error,
    });
  }
}

/** Keeps the passphrase of a shared server in its folder. Throws the errors of the system. */
export function keepPassword(folder: string, passphrase: string): void {
  replacePrivateFile(join(folder, PASSWORD_FILE), `${passphrase}\n`);
}

/** The kept passphrase; `undefined` if the folder was never shared. Throws a failure if it is invalid. */
export function keptPassword(folder: string): string | undefined {
  const path = join(folder, PASSWORD_FILE);
  const kept = readPrivateFile(path)?.trim();
  return kept ? checkedPassword(kept, `File ${quote(path)}`) : undefined;
}

/** How other machines reach a server. */
export interface Reach {
  /**
   * The listeners' addresses as `host:port`; empty if the server listens on no port. `0.0.0.0` and `::` mean all
   * addresses that this machine has when an invite is shown.
   */
  readonly addresses: readonly string[];
  /** The addresses of the other servers of the chat. */
  readonly others?: readonly string[];
  readonly tls: boolean;
  /** Fingerprint of the certificate; absent without TLS. */
  readonly fingerprint?: string;
  /** The key of a shared chat: invites have it in place of the fingerprint, which is that of one host. */
  readonly chatKey?: string;
}

/** The secret of an invite. */
export interface InvitePass {
  readonly room?: string;
  readonly secret: string;
  /** The secret as words that can be read out, if it has them. */
  readonly words?: string;
}

/** Lines with an invite: the link, the web address, and words to read out. */
export function invitation(reach: Reach | undefined, pass: InvitePass): string[] {
  const [address, ...others] = addressesNow(reach?.addresses ?? []);
  if (reach === undefined || address === undefined) {
    return [`The password is ${pass.secret}; the address of the server is not known here`];
  }
  const browse = `In a browser: ${pageAddress(reach, pass)}`;
  const lines = [...toSend(address, reach, pass), browse, ...toSay(address, reach, pass)];
  if (others.length > 0) lines.push(`If ${address} cannot be reached, use instead: ${others.join(", ")}`);
  return lines;
}

/** The web address of an invite, also shown as a QR code; `undefined` if the server's address is unknown. */
export function pageAddress(reach: Reach | undefined, { room = DEFAULT_ROOM, secret }: InvitePass): string | undefined {
  const [address] = addressesNow(reach?.addresses ?? []);
  return address && formatPageAddress({ ...parseEndpoint(address), room, secret }, reach!.tls);
}

/** The code of an offer to admit another device, in all its forms. */
export type OfferedLink = LinkPass & { readonly words: string };

/** The web address that makes a browser a further device of the member; `undefined` if the server's address is unknown. */
export function linkAddress(reach: Reach | undefined, { code, secret }: OfferedLink): string | undefined {
  const [address] = addressesNow(reach?.addresses ?? []);
  return address && formatLinkAddress({ ...parseEndpoint(address), code, secret }, reach!.tls);
}

/** Lines that say how another device uses the code. */
export function linkWays(reach: Reach | undefined, pass: OfferedLink): string[] {
  const address = linkAddress(reach, pass);
  const [host] = addressesNow(reach?.addresses ?? []);
  const words = /^[a-z]+(-[a-z]+)*$/.test(pass.words) ? inviteWords(pass.words).join(" ") : undefined;
  return [
    ...address === undefined ? [] : [`In a browser there: ${address}`],
    ...host === undefined || words === undefined
      ? []
      : [`With the program there: ${programName()} connect ${host}${reach!.tls ? " --tls" : ""} --link "${words}"`],
  ];
}

/** Lines with the invite link. None for TLS without a fingerprint, because such a link would mean a server without TLS. */
function toSend(
  address: string,
  { tls, others, fingerprint, chatKey }: Reach,
  { room = DEFAULT_ROOM, secret }: InvitePass,
): string[] {
  if (tls && fingerprint === undefined && chatKey === undefined) return [];
  const invite = formatInvite({
    ...{ ...parseEndpoint(address), room, fingerprint, secret },
    ...chatKey !== undefined && { chatKey },
    ...others !== undefined && { others: parseServers(others) },
  });
  return [`Invite: ${invite}`, `Others join with: ${programName()} connect "${invite}"`];
}

/**
 * The words to read out. An address followed by words means a server with TLS.
 * Text from the server is reduced to characters that are harmless in a shell.
 */
function toSay(address: string, { tls }: Reach, { words, room }: InvitePass): string[] {
  if (words === undefined || !/^[a-z]+(-[a-z]+)*$/.test(words)) return [];
  const where = tls ? formatSpoken({ ...parseEndpoint(address), secret: words }) : address;
  const into = room === undefined ? "" : ` --room "${room.replace(/[^\p{L}\p{M}\p{N}_.'-]/gu, "")}"`;
  const password = tls ? "" : `, and the password ${inviteWords(words).join(" ")}`;
  return [`Or read out: ${programName()} connect ${where}${into}${password}`];
}
