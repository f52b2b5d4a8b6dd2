import { join } from "node:path";
import { parseEndpoint } from "../../protocol/address/endpoint.ts";
import { formatInvite, formatPageAddress, formatSpoken, inviteWords } from "../../protocol/address/invite_link.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import { quote } from "../../protocol/text/names.ts";
import { programName } from "../args/command_spec.ts";
import { EXIT, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { checkedPassword } from "../args/password_options.ts";
import { readPrivateFile, replacePrivateFile } from "../platform/private_file.ts";
import { drawPassphrase } from "./passphrase.ts";

const PASSWORD_FILE = "confab.password";

/**
 * The words that let others in: those of the folder, so that invites outlive a restart, or new ones that are kept there.
 * Without a folder they are for this run. Throws a failure.
 */
export function sharedPassword(folder: string | undefined): string {
  if (folder === undefined) return drawPassphrase();
  const path = join(folder, PASSWORD_FILE);
  try {
    const kept = keptPassword(folder);
    if (kept !== undefined) return kept;
    const drawn = drawPassphrase();
    replacePrivateFile(path, `${drawn}\n`);
    return drawn;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(EXIT.cannotStore, `Cannot keep the password in ${quote(path)}: ${explain(error)}`, {
      cause: error,
    });
  }
}

/** Undefined where nothing was shared from the folder. Throws a failure for what can be no password. */
export function keptPassword(folder: string): string | undefined {
  const path = join(folder, PASSWORD_FILE);
  const kept = readPrivateFile(path)?.trim();
  return kept ? checkedPassword(kept, `File ${quote(path)}`) : undefined;
}

/** How others come to the server. */
export interface Reach {
  /** As `host:port`, the likeliest first; none where the server listens on no port. */
  readonly addresses: readonly string[];
  readonly tls: boolean;
  /** With TLS, of the certificate, unless it is trusted by its authority alone. */
  readonly fingerprint?: string;
}

/** What lets them in. */
export interface InvitePass {
  readonly room?: string;
  readonly secret: string;
  /** The same secret to be said, where there are such words. */
  readonly words?: string;
}

/** Lines for whoever invites: what to send, what others do with it, and what to say instead. */
export function invitation(reach: Reach | undefined, pass: InvitePass): string[] {
  const [address, ...others] = reach?.addresses ?? [];
  if (reach === undefined || address === undefined) {
    return [`The password for it is ${pass.secret}; at what address others find the server is not known here`];
  }
  const browse = `With a browser alone: ${pageAddress(reach, pass)}`;
  const lines = [...toSend(address, reach, pass), browse, ...toSay(address, reach, pass)];
  if (others.length > 0) lines.push(`If nobody gets through to ${address}, put in its place: ${others.join(", ")}`);
  return lines;
}

/** What a browser opens, and a QR code shows; undefined where the address is not known. */
export function pageAddress(reach: Reach | undefined, { room = DEFAULT_ROOM, secret }: InvitePass): string | undefined {
  const [address] = reach?.addresses ?? [];
  return address && formatPageAddress({ ...parseEndpoint(address), room, secret }, reach!.tls);
}

/** Without a fingerprint an invite stands for a server without TLS. */
function toSend(address: string, { tls, fingerprint }: Reach, { room = DEFAULT_ROOM, secret }: InvitePass): string[] {
  if (tls && fingerprint === undefined) return [];
  const invite = formatInvite({ ...parseEndpoint(address), room, fingerprint, secret });
  return [`Invite: ${invite}`, `Whoever gets it joins with: ${programName()} connect "${invite}"`];
}

/** An address with words behind it stands for a server with TLS. What a server says is not to do anything in a shell. */
function toSay(address: string, { tls }: Reach, { words, room }: InvitePass): string[] {
  if (words === undefined || !/^[a-z]+(-[a-z]+)*$/.test(words)) return [];
  const where = tls ? formatSpoken({ ...parseEndpoint(address), secret: words }) : address;
  const into = room === undefined ? "" : ` --room "${room.replace(/[^\p{L}\p{M}\p{N}_.'-]/gu, "")}"`;
  const password = tls ? "" : `, and the password ${inviteWords(words).join(" ")}`;
  return [`Or say on the phone: ${programName()} connect ${where}${into}${password}`];
}
