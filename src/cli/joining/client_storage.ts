import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { type ClientMemory, parseRemembered, type Remembered } from "../../client/client_memory.ts";
import { foldName } from "../../protocol/text/names.ts";
import { type Address, formatAddress } from "../args/address.ts";
import type { Environment } from "../args/arguments.ts";
import { explain } from "../platform/system_errors.ts";
import {
  mayUse,
  moveFile,
  preparePrivateFolder,
  readPrivateFile,
  removeIfThere,
  replacePrivateFile,
} from "../platform/private_file.ts";

export interface ClientStateOptions {
  /** Created for its owner only if it is missing. */
  readonly folder: string;
  /** In the form of `formatAddress`. */
  readonly address: string;
  /** The requested name; case is ignored. */
  readonly name: string;
  /** Shows a line to the user if something cannot be kept or read. */
  readonly warn: (line: string) => void;
}

/** The system's folder for state that programs keep; `undefined` if the environment does not name it. */
export function stateFolder(env: Environment, os = Deno.build.os): string | undefined {
  const under = (base: string | undefined, ...path: string[]) => base ? join(base, ...path) : undefined;
  if (os === "windows") return under(env("LOCALAPPDATA"), "Confab", "state");
  if (os === "darwin") return under(env("HOME"), "Library", "Application Support", "Confab", "state");
  const state = env("XDG_STATE_HOME");
  // The XDG specification says to ignore relative paths.
  return state?.startsWith("/") ? join(state, "confab") : under(env("HOME"), ".local", "state", "confab");
}

/**
 * Opens the client memory for this address and name, in a file that only its owner can read. While another client uses the
 * file, a further one gets only who the member is, and keeps nothing. `undefined` if Deno lacks the permissions (the user
 * is not asked), or if the file cannot be kept.
 */
export function openClientState(options: ClientStateOptions): ClientMemory | undefined {
  const { folder, address, name, warn } = options;
  if (!mayUse(folder)) return undefined;
  const key = [address, foldName(name)] as const;
  const path = pathOf(folder, key);
  try {
    preparePrivateFolder(folder);
    const lock = takeLock(`${path}${LOCK}`);
    if (lock === undefined) return new SharedState(path, key);
    const version = versionOf(path + STATE);
    if (version > VERSION) {
      lock.close();
      warn(newerMessage(path + STATE, version));
      return undefined;
    }
    removeOldFiles(folder);
    // Left over from a client that died while it wrote.
    removeIfThere(path + PARTIAL);
    return new ClientState(path, key, lock, warn);
  } catch (error) {
    warn(`Nothing is remembered for the next start (${explain(error)}): make ${folder} writable, or use --no-state`);
    return undefined;
  }
}

/** The files of a client memory, without their endings. */
function pathOf(folder: string, key: Key): string {
  return join(folder, createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32));
}

/** The version at the beginning of a client memory; 0 if the file does not exist or has none. */
function versionOf(path: string): number {
  try {
    using file = Deno.openSync(path);
    const start = new Uint8Array(VERSION_CHARS);
    const count = file.readSync(start) ?? 0;
    return Number(/^\{"version":(\d+),/.exec(new TextDecoder().decode(start.subarray(0, count)))?.[1] ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function newerMessage(path: string, version: number): string {
  const versions = `its format is version ${version}, this program reads up to ${VERSION}`;
  return `Nothing is remembered for the next start: ${path} was written by a newer Confab (${versions}): ` +
    "update Confab, or use --no-state";
}

/**
 * Opens the client memory of this address and name in the folder; `undefined` if it cannot or must
 * not be kept.
 */
export function openMemory(
  folder: string | undefined,
  address: Address,
  name: string,
  warn: (line: string) => void,
): ClientMemory | undefined {
  return folder === undefined ? undefined : openClientState({ folder, address: memoryAddress(address), name, warn });
}

/**
 * The member whom another client of this address and name remembers. It keeps nothing. `undefined` without such a client, or if
 * Deno lacks the permissions; the user is not asked.
 */
export function openSharedMemory(folder: string | undefined, address: Address, name: string): ClientMemory | undefined {
  if (folder === undefined || !mayUse(folder)) return undefined;
  const key = [memoryAddress(address), foldName(name)] as const;
  const shared = new SharedState(pathOf(folder, key), key);
  return shared.load() === undefined ? undefined : shared;
}

/** The address in a form that depends neither on the current folder nor on how it was typed. */
export function memoryAddress(address: Address): string {
  if (address.kind === "tcp") return formatAddress({ ...address, host: address.host.toLowerCase() });
  return formatAddress({ ...address, path: resolve(address.path) });
}

const STATE = ".json";
const LOCK = ".lock";
/** A damaged file, kept for inspection. */
const BROKEN = ".broken";
/** A file that is being written. */
const PARTIAL = ".partial";
const FILE = /^[0-9a-f]{32}\.(json|lock|broken|partial|key)$/;

const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1_000;
/** Larger than any file that can be saved. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;
const VERSION = 1;
/** Enough for `{"version":N,`, with which each file begins. */
const VERSION_CHARS = 32;

type Key = readonly [address: string, name: string];

/** The memory of a further client at the same time: the same member, with nothing else of the first client. */
class SharedState implements ClientMemory {
  readonly #path: string;
  readonly #key: Key;

  constructor(path: string, key: Key) {
    this.#path = path;
    this.#key = key;
  }

  load(): Remembered | undefined {
    try {
      const remembered = readState(this.#path + STATE, this.#key);
      if (typeof remembered !== "object") return undefined;
      const { serverId, token, name, names, ignored } = remembered;
      return { serverId, token, name, names, ignored, lastSeqs: [], pending: [] };
    } catch {
      // The first client reports it.
      return undefined;
    }
  }

  save(): boolean {
    return false;
  }

  close(): void {}
}

/** Reads a client memory. Returns `undefined` without one, `"damaged"` if it is not of this program, address and name. */
function readState(path: string, [address, name]: Key): Remembered | "damaged" | undefined {
  const text = readPrivateFile(path, MAX_FILE_BYTES);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text);
    const ours = value?.version === VERSION && value.address === address && value.person === name;
    return ours ? parseRemembered(value) ?? "damaged" : "damaged";
  } catch {
    return "damaged";
  }
}

class ClientState implements ClientMemory {
  readonly #path: string;
  readonly #key: Key;
  readonly #lock: Deno.FsFile;
  readonly #warn: (line: string) => void;
  #error: unknown;

  constructor(path: string, key: Key, lock: Deno.FsFile, warn: (line: string) => void) {
    this.#path = path;
    this.#key = key;
    this.#lock = lock;
    this.#warn = warn;
  }

  load(): Remembered | undefined {
    try {
      const remembered = readState(this.#path + STATE, this.#key);
      if (remembered !== "damaged") return remembered;
      this.#putAside();
      return undefined;
    } catch (error) {
      this.#warn(`Cannot read the client memory in ${this.#path}${STATE}: ${explain(error)}`);
      return undefined;
    }
  }

  save(remembered: Remembered): boolean {
    const [address, name] = this.#key;
    const text = JSON.stringify({ version: VERSION, address, person: name, ...remembered });
    try {
      replacePrivateFile(this.#path + STATE, text, this.#path + PARTIAL);
      this.#error = undefined;
      return true;
    } catch (error) {
      this.#error = error;
      return false;
    }
  }

  close(): void {
    if (this.#error !== undefined) {
      this.#warn(`Cannot save the client memory in ${this.#path}${STATE}: ${explain(this.#error)}`);
    }
    this.#lock.close();
  }

  #putAside(): void {
    moveFile(this.#path + STATE, this.#path + BROKEN);
    this.#warn(`The client memory is damaged: it was moved to ${this.#path}${BROKEN}`);
  }
}

/**
 * Takes the lock; `undefined` if another process or client holds it. The system releases the locks
 * of a dead process.
 */
function takeLock(path: string): Deno.FsFile | undefined {
  for (;;) {
    const file = Deno.openSync(path, { create: true, write: true, mode: 0o600 });
    const taken = file.tryLockSync(true);
    if (taken && isStillAt(path, file)) return file;
    file.close();
    // Another client removed the lock file as old in the meantime: try again.
    if (!taken) return undefined;
  }
}

function isStillAt(path: string, file: Deno.FsFile): boolean {
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes the files of clients that were not started for 30 days. A running client keeps its own. */
function removeOldFiles(folder: string): void {
  for (const { name } of [...Deno.readDirSync(folder)].filter((entry) => entry.isFile && FILE.test(entry.name))) {
    const path = join(folder, name);
    try {
      if (Date.now() - (Deno.statSync(path).mtime?.getTime() ?? Date.now()) > MAX_AGE_MS) removeOld(path);
    } catch {
      // Another client was quicker, or the system still holds the file: the next start tries again.
    }
  }
}

/**
 * Removes a file and its lock. The lock, which is empty, stays on Windows, where its removal could
 * not be detected.
 */
function removeOld(path: string): void {
  const lockPath = path.slice(0, path.lastIndexOf(".")) + LOCK;
  const lock = takeLock(lockPath);
  if (lock === undefined) return;
  try {
    if (path !== lockPath) Deno.removeSync(path);
    if (Deno.build.os !== "windows") Deno.removeSync(lockPath);
  } finally {
    lock.close();
  }
}
