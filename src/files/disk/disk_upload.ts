import { MEDIA_SIGNATURE_BYTES, mediaTypeOf } from "../../protocol/files/media_types.ts";
import { FILE_PIECE_BYTES } from "../../protocol/limits.ts";
import { type BlobInfo, FileStoreError, type Upload } from "../file_store.ts";
import { fileStoreError } from "./disk_errors.ts";
import { infoAt, piecesOf, readWhole, type WriteBytes, writeWhole } from "./file_pieces.ts";
import { IncrementalHash } from "./incremental_hash.ts";

/** The part of the store that an upload uses. */
export interface UploadOwner {
  readonly write: WriteBytes;
  /** Performs the upload's calls one after the other. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Counts bytes on the disk that this upload adds, or removes if negative. */
  addBytes(bytes: number): void;
  /** Moves the file to the place of its blob. A further call does what is left to do. */
  keepBlob(blob: BlobInfo): Promise<void>;
  /** Called once, when the upload closes. `hash` is that of the bytes so far, if further ones may follow. */
  release(hash: IncrementalHash | undefined): Promise<void>;
}

interface UploadState {
  readonly path: string;
  /** Bytes in the file. */
  readonly offset: number;
  readonly hash: IncrementalHash;
}

/** An upload into one file. Bytes in it that are not hashed yet are read again, before the next bytes. */
export class DiskUpload implements Upload {
  readonly #path: string;
  readonly #owner: UploadOwner;
  #hash: IncrementalHash;
  #file: Deno.FsFile | undefined;
  #offset: number;
  /** The blob that this upload is about to become, or is. No bytes may follow from then on. */
  #sealed: BlobInfo | undefined;
  #complete: BlobInfo | undefined;
  #isClosed = false;

  private constructor(file: Deno.FsFile, { path, offset, hash }: UploadState, owner: UploadOwner) {
    this.#file = file;
    this.#offset = offset;
    this.#hash = hash;
    this.#path = path;
    this.#owner = owner;
  }

  /** `known` is the hash from an earlier opening. */
  static async open(path: string, owner: UploadOwner, known?: IncrementalHash): Promise<DiskUpload> {
    const isFile = (await infoAt(path))?.isFile ?? true;
    if (!isFile) throw new FileStoreError("failed", `${path} is not a file: remove it`);
    const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
    try {
      const offset = await file.seek(0, Deno.SeekMode.End);
      const hash = known !== undefined && known.bytes <= offset ? known : new IncrementalHash();
      return new DiskUpload(file, { path, offset, hash }, owner);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  get offset(): number {
    return this.#offset;
  }

  /** The hash of the blob that must stay until this upload closes. */
  get heldBlob(): string | undefined {
    return this.#sealed?.sha256;
  }

  append(bytes: Uint8Array): Promise<void> {
    return this.#run(async () => {
      const file = this.#unsealedFile();
      await this.#catchUp(file);
      await this.#write(file, bytes);
      this.#countTo(this.#offset + bytes.length);
    });
  }

  truncate(): Promise<void> {
    return this.#run(() => this.#restart(this.#unsealedFile()));
  }

  complete(): Promise<BlobInfo> {
    return this.#run(async () => {
      if (this.#complete !== undefined) return this.#complete;
      this.#sealed ??= await this.#seal(this.#unsealedFile());
      await this.#owner.keepBlob(this.#sealed);
      return this.#complete = this.#sealed;
    });
  }

  close(): Promise<void> {
    return this.#owner.run(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      const mayGoOn = this.#file !== undefined && this.#sealed === undefined;
      this.drop();
      await this.#owner.release(mayGoOn ? this.#hash : undefined);
    });
  }

  /** Closes the file at once. Only `close` may follow, and `complete` if the upload was complete. */
  drop(): void {
    this.#closeFile();
    if (this.#complete === undefined) this.#sealed = undefined;
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return this.#owner.run(async () => {
      try {
        return await work();
      } catch (error) {
        throw fileStoreError(error, this.#path);
      }
    });
  }

  #unsealedFile(): Deno.FsFile {
    if (this.#sealed !== undefined) throw new FileStoreError("busy", `${this.#path} is complete: no bytes may follow`);
    if (this.#file !== undefined) return this.#file;
    throw new FileStoreError("missing", `${this.#path} is closed: open it again`);
  }

  /** Hashes what is in the file and not in the hash. */
  async #catchUp(file: Deno.FsFile): Promise<void> {
    if (this.#hash.bytes === this.#offset) return;
    await file.seek(this.#hash.bytes, Deno.SeekMode.Start);
    const buffer = new Uint8Array(FILE_PIECE_BYTES);
    while (this.#hash.bytes < this.#offset) {
      const piece = buffer.subarray(0, this.#offset - this.#hash.bytes);
      await readWhole(file, piece, this.#path);
      this.#hash.update(piece);
    }
  }

  /** Hashes each piece while the system writes it. Takes back what a failed write leaves. */
  async #write(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
    const before = this.#hash.copy();
    try {
      for (const piece of piecesOf(bytes)) {
        const written = writeWhole(file, piece, this.#owner.write);
        this.#hash.update(piece);
        await written;
      }
    } catch (error) {
      this.#hash = before;
      await this.#cutTo(file, this.#offset);
      throw error;
    }
  }

  async #restart(file: Deno.FsFile): Promise<void> {
    await this.#cutTo(file, 0);
    this.#hash = new IncrementalHash();
    this.#countTo(0);
  }

  /** If this fails, the position is unknown, so the upload must be opened again. */
  async #cutTo(file: Deno.FsFile, bytes: number): Promise<void> {
    try {
      await file.truncate(bytes);
      await file.seek(bytes, Deno.SeekMode.Start);
    } catch (error) {
      const info = await file.stat().catch(() => undefined);
      this.#countTo(info?.size ?? this.#offset);
      this.#closeFile();
      throw error;
    }
  }

  #countTo(offset: number): void {
    this.#owner.addBytes(offset - this.#offset);
    this.#offset = offset;
  }

  async #seal(file: Deno.FsFile): Promise<BlobInfo> {
    await this.#catchUp(file);
    try {
      await file.sync();
    } catch (error) {
      // The system may have dropped what it could not write, and says so only once.
      await this.#restart(file);
      throw error;
    }
    const media = mediaTypeOf(await this.#firstBytes(file));
    return { sha256: this.#hash.digest(), size: this.#offset, media };
  }

  /** Closes the file: no bytes may follow, and Windows keeps the name of a file that is open. */
  async #firstBytes(file: Deno.FsFile): Promise<Uint8Array> {
    const first = new Uint8Array(Math.min(this.#offset, MEDIA_SIGNATURE_BYTES));
    try {
      await file.seek(0, Deno.SeekMode.Start);
      await readWhole(file, first, this.#path);
      return first;
    } finally {
      this.#closeFile();
    }
  }
}
