import type { Hub } from "../../core/hub.ts";
import type { HubOp } from "../../core/hub_op.ts";
import type { BlobInfo, FileStore } from "../../files/file_store.ts";
import type { FileReferences } from "../../history/store.ts";
import { formatFilePath } from "../../protocol/address/file_paths.ts";
import { ProtocolError } from "../../protocol/errors.ts";
import type { MessageFile } from "../../protocol/messages/messages.ts";
import { timestamp } from "../../protocol/text/durations.ts";
import type { Log } from "../monitor/log_events.ts";
import type { FileDesk, FileGrant, UploadSlot } from "../transfers/file_desk.ts";
import type { FileEffects } from "./effect_parts.ts";
import { FileGrants, type ReadGrant } from "./file_grants.ts";
import type { LocalPart } from "./hub_machine.ts";
import { UnusedBlobs } from "./unused_blobs.ts";

export interface HubFileDeskOptions {
  readonly hub: Pick<Hub, "slot" | "hasUpload" | "readableFile">;
  readonly store: FileStore;
  readonly files: FileReferences;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Submits an op. Resolves when it was applied and shown, or dropped. */
  readonly submit: (op: HubOp, local?: LocalPart) => Promise<void>;
  /** Whether the hub has not caught up, so that files may seem unused. */
  readonly isStalled: () => boolean;
  /** Returns the result, or `undefined` if the store of the chat fails, which ends the server. */
  readonly guard: <T>(work: () => T) => T | undefined;
}

/** The chat's side of files: asks the hub who may upload and read, keeps the grants, and removes what is unused. */
export class HubFileDesk implements FileDesk, FileEffects {
  readonly #options: HubFileDeskOptions;
  readonly #grants = new FileGrants();
  readonly #unused: UnusedBlobs;
  #swept = false;

  constructor(options: HubFileDeskOptions) {
    this.#options = options;
    const { hub, now } = options;
    this.#unused = new UnusedBlobs({
      ...options,
      isSlot: (id) => hub.slot(id, now()) !== undefined,
      isUploaded: (sha256) => hub.hasUpload(sha256),
    });
  }

  slot(id: string): UploadSlot | undefined {
    const { hub, now } = this.#options;
    // The hub has the type of media from this store.
    return hub.slot(id, now()) as UploadSlot | undefined;
  }

  async uploaded(id: string, { sha256, media }: BlobInfo): Promise<ProtocolError | undefined> {
    await this.#options.submit({ op: "uploaded", id, found: { sha256, media } });
    if (this.slot(id)?.complete?.sha256 === sha256) return undefined;
    return new ProtocolError("no_such_file", "The slot has ended while the file was on its way: offer the file again");
  }

  async cancel(id: string, hasBytes: boolean): Promise<boolean> {
    if (this.slot(id) === undefined) return false;
    let isEnded = false;
    const applied: LocalPart["applied"] = (effects) => isEnded = effects.length > 0;
    await this.#options.submit({ op: "cancelUpload", id, hasBytes }, { applied });
    return isEnded;
  }

  grant(id: string, secret: string): FileGrant | undefined {
    const grant = this.#grants.find(id, secret, this.#options.now());
    const file = grant && this.#readable(grant.memberId, id);
    return file && { ...file, member: grant!.memberId };
  }

  isReadable(member: string, id: string): boolean {
    return this.#readable(member, id) !== undefined;
  }

  #readable(member: string, id: string): MessageFile | undefined {
    return this.#options.guard(() => this.#options.hub.readableFile(member, id));
  }

  drop({ id, sha256 }: Parameters<FileEffects["drop"]>[0]): void {
    this.#unused.drop(id, sha256);
  }

  newUrl(grant: ReadGrant): ReturnType<FileEffects["newUrl"]> {
    const path = formatFilePath({ id: grant.fileId, grant: this.#grants.add(grant) });
    return { path, until: timestamp(grant.until) };
  }

  /** Called at the start, and then once a second. */
  tick(): void {
    this.#grants.expire(this.#options.now());
    if (this.#options.isStalled()) return;
    if (this.#swept) this.#unused.tick();
    else this.#unused.sweep();
    this.#swept = true;
  }

  /** Resolves when the store is no longer used. */
  close(): Promise<void> {
    return this.#unused.close();
  }
}
