import { createHash } from "node:crypto";
import { join } from "node:path";
import type { SigningKey } from "../../identity/identity_keys.ts";
import { clientIdentity } from "../../identity/client_identity.ts";
import { chooseKeys } from "../../identity/key_choice.ts";
import { withoutZone } from "../../protocol/address/network.ts";
import { fromBase64Url, toBase64Url } from "../../protocol/identity/base64url.ts";
import type { ClientIdentity } from "../../protocol/identity/join_proof.ts";
import { foldName } from "../../protocol/text/names.ts";
import type { Address } from "../args/address.ts";
import type { LinkClaimEvent } from "../../protocol/identity/link_steps.ts";
import { mayUse, moveFile, preparePrivateFolder, readPrivateFile, removeIfThere } from "../platform/private_file.ts";
import { memoryAddress } from "./client_storage.ts";

export interface ClientKeyOptions {
  /** Absent: there is no place for a key, and the client joins without one. */
  readonly folder: string | undefined;
  readonly address: Address;
  /** The requested name; case is ignored. */
  readonly name: string;
  /** Returns the host that the client has dialed last, of the address or of another server of the chat. Default: the address. */
  readonly dialedHost?: () => string;
  /** The fingerprint of the certificate that the client trusts at this address, once it has connected. */
  readonly seenCertificate?: () => string | undefined;
  /** With it the key is a new one, which another device must admit. */
  readonly admission?: KeyAdmission;
}

/**
 * The files of a new key that another device must admit. The key kept so far may be another member's, to whom a new device
 * cannot belong; it stays until the new one is admitted.
 */
export class KeyAdmission {
  #isAdmitted = false;
  #kept: string | undefined;
  #waiting: string | undefined;

  /** The file of the key: `kept`, or before the admission `waiting`. */
  choose(kept: string, waiting: string): string {
    this.#kept = kept;
    this.#waiting = waiting;
    return this.#isAdmitted ? kept : waiting;
  }

  /** Takes each step of the admission. */
  receive({ step }: LinkClaimEvent): void {
    if (this.#isAdmitted || this.#kept === undefined || this.#waiting === undefined) return;
    if (step === "refused") removeIfThere(this.#waiting);
    if (step !== "admitted") return;
    this.#isAdmitted = true;
    moveFile(this.#waiting, this.#kept);
  }
}

const KEY = ".key";
/** A file of ours has less. */
const MAX_KEY_FILE_BYTES = 4 * 1024;
const VERSION = 1;

/**
 * Proves a key that is kept beside the client memory, in a file that only its owner can read. There is one for each address,
 * name and chat, so that nobody can tell by the keys that members of two chats are the same person. `undefined` without a
 * folder, or if Deno lacks the permissions; the user is not asked.
 */
export function openClientKey(
  { folder, address, name, dialedHost, seenCertificate, admission }: ClientKeyOptions,
): ClientIdentity | undefined {
  if (folder === undefined || !mayUse(folder)) return undefined;
  const host = () => {
    if (address.kind === "unix") return "localhost";
    return withoutZone(dialedHost?.() ?? address.host).toLowerCase();
  };
  const keyFor = async (chat: string, renew: boolean) => {
    const place = [memoryAddress(address), foldName(name), chat];
    const kept = pathOf(folder, place);
    const path = admission?.choose(kept, pathOf(folder, [...place, "waiting"])) ?? kept;
    if (renew) removeIfThere(path);
    return await openKeyFile(folder, path);
  };
  return clientIdentity({ keyFor, host, seenCertificate });
}

function pathOf(folder: string, place: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(place)).digest("hex");
  return join(folder, digest.slice(0, 32) + KEY);
}

/** The key of the file, which is made if it is missing. `undefined` if another client has not finished to write it. */
async function openKeyFile(folder: string, path: string): Promise<SigningKey | undefined> {
  const kept = readPrivateFile(path, MAX_KEY_FILE_BYTES);
  if (kept !== undefined) return await openKept(path, kept);
  const keys = await chooseKeys();
  const [signing, agreement] = await Promise.all([keys.makeSigningKey(true), keys.makeAgreementKey(true)]);
  if (!(signing.stored instanceof Uint8Array && agreement.stored instanceof Uint8Array)) return undefined;
  const text = JSON.stringify({
    version: VERSION,
    ed25519: toBase64Url(signing.stored),
    x25519: toBase64Url(agreement.stored),
  });
  preparePrivateFolder(folder);
  try {
    // Only one of several clients that start at once makes the key.
    Deno.writeTextFileSync(path, `${text}\n`, { createNew: true, mode: 0o600 });
    return signing;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await openKept(path, readPrivateFile(path) ?? "");
    throw error;
  }
}

async function openKept(path: string, text: string): Promise<SigningKey | undefined> {
  const { version, ed25519 } = JSON.parse(text) as { version?: unknown; ed25519?: unknown };
  const secret = version === VERSION && typeof ed25519 === "string" ? fromBase64Url(ed25519) : undefined;
  if (secret === undefined) return undefined;
  const key = await (await chooseKeys()).openSigningKey(secret);
  // Old files in the folder are removed; this one is in use.
  Deno.utimeSync(path, new Date(), new Date());
  return key;
}
