/** A server with files in memory, slots and grants that the test makes, and clients that speak HTTP. */

import type { BlobInfo } from "../../../src/files/file_store.ts";
import type { ProtocolError } from "../../../src/protocol/errors.ts";
import type { FileDesk, FileGrant, UploadSlot } from "../../../src/server/transfers/file_desk.ts";
import { digest } from "../../../src/server/turn/ids.ts";
import { HttpEnd } from "../../helpers/http_end.ts";
import type { DialOptions } from "../../helpers/memory_listener.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";
import { type Guest, Stage, type StageOptions } from "../stage.ts";

/** The chat's side, as the test says. */
export class FakeDesk implements FileDesk {
  readonly slots = new Map<string, UploadSlot>();
  /** By `ID/SECRET`. */
  readonly grants = new Map<string, FileGrant>();
  readonly done: (readonly [string, BlobInfo])[] = [];
  readonly cancelled: (readonly [string, boolean])[] = [];
  /** Members who may not read any more. */
  readonly banned = new Set<string>();
  /** How often it was asked whether a member may still read. */
  asked = 0;
  refusal: ProtocolError | undefined;
  /** Removes the bytes of a slot that was cancelled. */
  drop: (id: string) => void = () => {};

  slot(id: string): UploadSlot | undefined {
    return this.slots.get(id);
  }

  uploaded(id: string, blob: BlobInfo): Promise<ProtocolError | undefined> {
    this.done.push([id, blob]);
    if (this.refusal === undefined) this.slots.set(id, { ...this.slots.get(id)!, complete: blob });
    return Promise.resolve(this.refusal);
  }

  cancel(id: string, hasBytes: boolean): Promise<boolean> {
    if (!this.slots.delete(id)) return Promise.resolve(false);
    this.cancelled.push([id, hasBytes]);
    this.drop(id);
    return Promise.resolve(true);
  }

  grant(id: string, secret: string): FileGrant | undefined {
    return this.grants.get(`${id}/${secret}`);
  }

  isReadable(member: string): boolean {
    this.asked++;
    return !this.banned.has(member);
  }
}

/** A slot, with what a client knows of it. */
export interface Offered {
  readonly id: string;
  readonly path: string;
  readonly token: string;
  /** The header that shows the token. */
  readonly auth: { readonly Authorization: string };
}

export class FileStage implements AsyncDisposable {
  readonly store = new MemoryFileStore();
  readonly desk = new FakeDesk();
  readonly stage: Stage;
  readonly #ends: HttpEnd[] = [];
  #ids = 0;

  constructor(options: StageOptions = {}) {
    this.desk.drop = (id) => void this.store.dropUpload(id);
    this.stage = new Stage({ files: { store: this.store, desk: this.desk }, ...options });
  }

  /** Connects a client. */
  dial(from?: DialOptions): HttpEnd {
    const end = new HttpEnd(this.stage.listener.dial(from));
    this.#ends.push(end);
    return end;
  }

  get logged(): readonly string[] {
    return this.stage.logged;
  }

  /** Connects a client that chats. */
  join(name: string): Promise<Guest> {
    return this.stage.join(name);
  }

  /** Makes a slot for a file of `size` bytes. */
  offer(size: number, member = "ada"): Offered {
    const id = this.#newId();
    const token = `token-of-${id}`;
    this.desk.slots.set(id, { member, size, tokenDigest: digest(token) });
    return { id, path: `/files/${id}`, token, auth: { Authorization: `Bearer ${token}` } };
  }

  /** Stores a file, and returns a path that serves it. */
  share(bytes: Uint8Array, name = "a.bin", member = "bob"): string {
    const id = this.#newId();
    const { sha256, size, media } = this.store.addBlob(bytes);
    this.desk.grants.set(`${id}/secret`, { member, name, size, sha256, media });
    return `/files/${id}/secret`;
  }

  #newId(): string {
    return `01900000-0000-7000-8000-${String(++this.#ids).padStart(12, "0")}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end.hangUp();
    await this.stage[Symbol.asyncDispose]();
    const { openUploads, openBlobs } = this.store;
    if (openUploads.size + openBlobs > 0) throw new Error("Uploads or blobs were left open");
  }
}

/** Bytes that differ at each place, so that a shift is noticed. */
export function sampleBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** Headers of a part of an upload. */
export function partAt(offset: number, { auth }: Offered, completes = false): Record<string, string> {
  return {
    ...auth,
    "Content-Type": "application/partial-upload",
    "Upload-Offset": String(offset),
    ...completes && { "Upload-Complete": "?1" },
  };
}
