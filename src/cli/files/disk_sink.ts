import { createHash, type Hash } from "node:crypto";
import { join, resolve } from "node:path";
import type { FileSink } from "../../client/files/file_ports.ts";
import { safeFileName } from "../../protocol/files/file_names.ts";
import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import { explain } from "../platform/system_errors.ts";
import { moveFile, removeIfThere } from "../platform/private_file.ts";

export interface DiskSinkOptions {
  /** Must exist. */
  readonly folder: string;
  /** The name that the file gets, safe on this system. */
  readonly name: string;
  /** Names its content: a part of another file is not continued. */
  readonly tag: string;
}

/** Paths of the parts that this program writes. */
const OPEN_PARTS = new Set<string>();
/** Files of the same name that are passed over. */
const MAX_SAME_NAMES = 1_000;

/**
 * A file that arrives. Its bytes are in a `.part` file beside it until it is complete. An existing file is never replaced: the
 * new one becomes `name (2)`.
 */
export class DiskSink implements FileSink {
  readonly #options: DiskSinkOptions;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  #hash: Hash;
  #size: number;
  #isOpen = true;

  private constructor(options: DiskSinkOptions, part: Part, hash: Hash) {
    this.#options = options;
    this.#part = part.path;
    this.#file = part.file;
    this.#size = part.size;
    this.#hash = hash;
  }

  /** Opens the part of an earlier attempt, or a new one. Rejects with an Error for users. */
  static async open(options: DiskSinkOptions): Promise<DiskSink> {
    try {
      const part = openPart(options);
      try {
        return new DiskSink(options, part, await hashOf(part.file));
      } catch (error) {
        release(part);
        throw error;
      }
    } catch (error) {
      throw new Error(`Cannot save ${options.name} in ${options.folder}: ${explain(error)}`, { cause: error });
    }
  }

  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#orExplain(this.#file.write(bytes.subarray(at)));
    }
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  sha256(): Promise<string> {
    return Promise.resolve(this.#hash.copy().digest("base64url"));
  }

  async restart(): Promise<void> {
    await this.#orExplain(this.#file.truncate(0));
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.#hash = createHash("sha256");
    this.#size = 0;
  }

  finish(): Promise<string> {
    this.#release();
    return this.#orExplain(Promise.resolve().then(() => this.#nameFile()));
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#release();
    if (this.#size === 0) removeIfThere(this.#part);
  }

  /** Takes the first free name: an empty file reserves it, and the part replaces that. Returns the absolute path. */
  #nameFile(): string {
    const { folder, name } = this.#options;
    for (let nth = 1; nth <= MAX_SAME_NAMES; nth++) {
      const path = join(folder, nth === 1 ? name : safeFileName(name, nth));
      try {
        Deno.openSync(path, { write: true, createNew: true }).close();
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      moveFile(this.#part, path);
      return resolve(path);
    }
    throw new Error(`there are ${MAX_SAME_NAMES} files of this name`);
  }

  #release(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    release({ path: this.#part, file: this.#file });
  }

  async #orExplain<T>(doing: Promise<T>): Promise<T> {
    try {
      return await doing;
    } catch (error) {
      throw new Error(`Cannot write ${this.#part}: ${explain(error)}`, { cause: error });
    }
  }
}

interface Part {
  readonly path: string;
  readonly file: Deno.FsFile;
  readonly size: number;
}

function openPart({ folder, name, tag }: DiskSinkOptions): Part {
  for (let nth = 1; nth <= MAX_SAME_NAMES; nth++) {
    const path = join(folder, safeFileName(`${name}.${tag}.part`, nth));
    if (OPEN_PARTS.has(path)) throw new Error("it is being saved already");
    const file = openOwn(path);
    if (file === undefined) continue;
    OPEN_PARTS.add(path);
    return { path, file, size: file.statSync().size };
  }
  throw new Error(`there are ${MAX_SAME_NAMES} parts of this name`);
}

/** Opens a part of ours, or a new one. `undefined` for a link and for another user's file: it would be written elsewhere, or for them. */
function openOwn(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path, { read: true, write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const { isFile, mode } = Deno.lstatSync(path);
  return isFile && isOurs(path, mode) ? Deno.openSync(path, { read: true, write: true }) : undefined;
}

/** Only the owner of a file may set its mode. */
function isOurs(path: string, mode: number | null): boolean {
  if (Deno.build.os === "windows" || mode === null) return true;
  try {
    Deno.chmodSync(path, mode & 0o777);
    return true;
  } catch {
    return false;
  }
}

/** The hash of all bytes. The position is at the end then. */
async function hashOf(file: Deno.FsFile): Promise<Hash> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(FILE_PIECE_BYTES);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash;
}

function release({ path, file }: Pick<Part, "path" | "file">): void {
  OPEN_PARTS.delete(path);
  file.close();
}
