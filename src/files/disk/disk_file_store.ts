import { type BlobInfo, type FileStore, FileStoreError, type StoredBlob, type StoredEntry } from "../file_store.ts";
import { DiskBlob } from "./disk_blob.ts";
import { fileStoreError } from "./disk_errors.ts";
import { DiskReserve } from "./disk_reserve.ts";
import { DiskUpload, type UploadOwner } from "./disk_upload.ts";
import { listEntries } from "./stored_entries.ts";
import { infoAt, syncFolder, type WriteBytes } from "./file_pieces.ts";
import { FolderLayout } from "./folder_layout.ts";
import type { IncrementalHash } from "./incremental_hash.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { PausedHashes } from "./paused_hashes.ts";

export interface DiskFilesOptions {
  /** Created if it does not exist, accessible to this user only. */
  readonly folder: string;
  /**
   * Names whose files these are. The folder keeps the first one, and is refused to every other: it would remove files that
   * it does not know. Without it the folder is open to all.
   */
  readonly owner?: string;
  /** The free bytes of the disk, of which `MIN_FREE_DISK_BYTES` stay free. Without it, files may fill the disk. */
  readonly freeBytes?: () => Promise<number>;
  /** Replaces `Deno.FsFile.write`. */
  readonly write?: WriteBytes;
  /** Makes UUIDs. */
  readonly newId?: () => string;
}

/** Keeps files in a folder, which one process uses at a time. */
export class DiskFileStore implements FileStore {
  readonly #layout: FolderLayout;
  readonly #lock: Deno.FsFile;
  readonly #write: WriteBytes;
  readonly #newId: () => string;
  /** By id of an upload, or by hash of a blob: neither has the form of the other. */
  readonly #queue = new KeyedQueue();
  /** Open uploads, by id. */
  readonly #uploads = new Map<string, DiskUpload>();
  readonly #pausedHashes = new PausedHashes();
  #usedBytes = 0;

  private constructor(layout: FolderLayout, lock: Deno.FsFile, { write, freeBytes, newId }: DiskFilesOptions) {
    this.#layout = layout;
    this.#lock = lock;
    const plain: WriteBytes = write ?? ((file, bytes) => file.write(bytes));
    this.#write = freeBytes === undefined ? plain : withReserve(plain, new DiskReserve(freeBytes));
    this.#newId = newId ?? (() => crypto.randomUUID());
  }

  /** Looks at the size of each file. Rejects with `busy` if another process, or this one, has opened the folder, and with `failed` if it has another owner. */
  static async open(options: DiskFilesOptions): Promise<DiskFileStore> {
    const layout = new FolderLayout(options.folder);
    const lock = await lockFolder(layout);
    try {
      if (options.owner !== undefined) await withPath(layout.lock, () => checkOwner(lock, layout, options.owner!));
      const store = new DiskFileStore(layout, lock, options);
      for await (const { size } of store.list()) store.#usedBytes += size;
      return store;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  openUpload(id: string): Promise<DiskUpload> {
    return this.#queue.run(id, async () => {
      const path = this.#layout.uploadPath(id);
      if (path === undefined) throw new TypeError(`Upload ${JSON.stringify(id.slice(0, 40))} is no UUID`);
      if (this.#uploads.has(id)) throw new FileStoreError("busy", `${path} is in use: close it first`);
      const upload = await withPath(path, () => {
        return DiskUpload.open(path, this.#ownerOf(id, path), this.#pausedHashes.take(id));
      });
      this.#uploads.set(id, upload);
      return upload;
    });
  }

  uploadedBytes(id: string): Promise<number> {
    return this.#queue.run(id, () => this.#bytesAt(this.#layout.uploadPath(id)));
  }

  dropUpload(id: string): Promise<void> {
    return this.#queue.run(id, async () => {
      this.#uploads.get(id)?.drop();
      this.#pausedHashes.take(id);
      await this.#remove(this.#layout.uploadPath(id));
    });
  }

  async openBlob(sha256: string): Promise<StoredBlob | undefined> {
    const path = this.#layout.blobPath(sha256);
    return path === undefined ? undefined : await DiskBlob.open(path);
  }

  removeBlob(sha256: string): Promise<boolean> {
    return this.#queue.run(sha256, async () => {
      if (this.#isHeld(sha256)) return false;
      await this.#removeBlob(this.#layout.blobPath(sha256));
      return true;
    });
  }

  async *list(): AsyncGenerator<StoredEntry> {
    try {
      yield* listEntries(this.#layout);
    } catch (error) {
      throw fileStoreError(error, this.#layout.folder);
    }
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    await Promise.all(Array.from(this.#uploads.values(), (upload) => upload.close()));
    this.#lock.close();
  }

  #ownerOf(id: string, path: string): UploadOwner {
    return {
      write: this.#write,
      run: (work) => this.#queue.run(id, work),
      addBytes: (bytes) => void (this.#usedBytes += bytes),
      keepBlob: (blob) => this.#queue.run(blob.sha256, () => this.#keepBlob(path, blob)),
      release: (hash) => this.#release(id, hash),
    };
  }

  /** Waits for its turn, so that a removal that was called for before still finds the blob held. */
  #release(id: string, hash: IncrementalHash | undefined): Promise<void> {
    if (hash !== undefined) this.#pausedHashes.keep(id, hash);
    const held = this.#uploads.get(id)?.heldBlob;
    return this.#queue.run(held ?? "", () => void this.#uploads.delete(id));
  }

  #isHeld(sha256: string): boolean {
    return this.#uploads.values().some(({ heldBlob }) => heldBlob === sha256);
  }

  /** The upload was synced. A blob of another size is damaged, and is replaced. */
  async #keepBlob(from: string, { sha256, size }: BlobInfo): Promise<void> {
    const path = this.#layout.blobPath(sha256)!;
    const kept = await this.#bytesAt(path, -1);
    if (kept === size) await this.#remove(from);
    else await this.#move(from, path, Math.max(kept, 0));
    await syncFolder(folderOf(path));
    await syncFolder(this.#layout.folder);
  }

  async #move(from: string, to: string, replacedBytes: number): Promise<void> {
    await Deno.mkdir(folderOf(to), { recursive: true, mode: 0o700 });
    await Deno.rename(from, to);
    this.#usedBytes -= replacedBytes;
  }

  async #bytesAt(path: string | undefined, none = 0): Promise<number> {
    const info = path && await withPath(path, () => infoAt(path));
    return info && info.isFile ? info.size : none;
  }

  /**
   * Renames the blob to a new upload, then removes that: on Windows a removed file keeps its name while it is open, and the
   * same bytes may come again. If the process ends in between, an upload without a slot is left.
   */
  async #removeBlob(path: string | undefined): Promise<void> {
    if (path === undefined || await this.#bytesAt(path, -1) < 0) return;
    const doomed = this.#layout.uploadPath(this.#newId())!;
    await withPath(path, () => Deno.rename(path, doomed));
    await this.#remove(doomed);
  }

  /** Removes the file if there is one. */
  async #remove(path: string | undefined): Promise<void> {
    if (path === undefined) return;
    const bytes = await this.#bytesAt(path, -1);
    if (bytes < 0) return;
    await withPath(path, () => Deno.remove(path));
    this.#usedBytes -= bytes;
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Performs work on a file or folder, and turns its errors into sentences for the operator. */
async function withPath<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileStoreError(error, path);
  }
}

/** The system releases the lock when the process ends, even after SIGKILL. */
async function lockFolder({ folder, partial, lock }: FolderLayout): Promise<Deno.FsFile> {
  const file = await withPath(folder, async () => {
    await Deno.mkdir(partial, { recursive: true, mode: 0o700 });
    return await Deno.open(lock, { read: true, write: true, create: true, mode: 0o600 });
  });
  try {
    if (await withPath(lock, () => file.tryLock(true))) return file;
    const next = "stop it first, or choose another folder with --files";
    throw new FileStoreError("busy", `Folder ${folder} is in use by another process: ${next}`);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Writes the owner into the lock of a new folder. Rejects with `failed` if another one is there. */
async function checkOwner(file: Deno.FsFile, { folder, lock }: FolderLayout, owner: string): Promise<void> {
  const buffer = new Uint8Array(MAX_OWNER_BYTES);
  const length = await file.read(buffer) ?? 0;
  if (length === 0) return await writeOwner(file, owner);
  if (new TextDecoder().decode(buffer.subarray(0, length)) === owner) return;
  const next = `choose another folder with --files, or delete ${lock} to have unknown files in it removed`;
  throw new FileStoreError("failed", `Folder ${folder} has the files of another chat: ${next}`);
}

async function writeOwner(file: Deno.FsFile, owner: string): Promise<void> {
  const bytes = new TextEncoder().encode(owner);
  if (await file.write(bytes) !== bytes.length) throw new Error("The disk took a part of the owner");
  await file.sync();
}

/** More than any id of a chat has. */
const MAX_OWNER_BYTES = 256;

function withReserve(write: WriteBytes, reserve: DiskReserve): WriteBytes {
  return async (file, bytes) => {
    await reserve.take(bytes.length);
    return await write(file, bytes);
  };
}
