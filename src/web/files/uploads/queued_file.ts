import type { Clock } from "../../../client/clock.ts";
import type { MessageIntent } from "../../../client/delivery/message_intent.ts";
import { FileTransfer, type TransferState } from "../../../client/files/file_transfer.ts";
import { TransferError } from "../../../client/files/transfer_error.ts";
import { wireFileName } from "../../../protocol/files/file_names.ts";
import { isPicture } from "../../../protocol/files/media_types.ts";
import type { MessageFile, Thumbnail } from "../../../protocol/messages/messages.ts";
import type { Conversation } from "../../model/conversation.ts";
import { newFileHash } from "../file_hash.ts";
import { HashedFile, type SlicedFile } from "./hashed_file.ts";
import type { KeptSlots } from "./kept_slots.ts";
import { SliceUpload } from "./slice_upload.ts";
import type { FileSlot } from "../slot_requests.ts";
import type { SendRequest } from "./upload_request.ts";

/** The message of a file. */
export interface FileText {
  /** Empty for a file without a text. */
  readonly text: string;
  readonly intent?: MessageIntent;
  /** The line that the user wrote. */
  readonly line: string;
}

export interface QueuedFileOptions {
  readonly file: SlicedFile;
  readonly conversation: Conversation;
  readonly message: FileText;
  /** Different for each file of a page. */
  readonly number: number;
  readonly clock: Clock;
  /** Returns 0 to below 1. */
  readonly random: () => number;
  readonly changed: () => void;
  /** The slots that a later page continues. */
  readonly slots: Pick<KeptSlots, "take" | "keep" | "forget">;
  /** Returns the thumbnail of a picture; `undefined` if it has none. */
  readonly makeThumbnail: (file: SlicedFile) => Promise<MadeThumbnail | undefined>;
}

export interface MadeThumbnail {
  readonly bytes: Blob;
  /** In pixels, at most `MAX_THUMBNAIL_PIXELS`. */
  readonly width: number;
  readonly height: number;
}

/** Asks for a slot. Rejects with a `TransferError`. */
export type AskSlot = (name: string, size: number) => Promise<FileSlot>;

interface Begun {
  readonly slot: FileSlot;
  readonly upload: SliceUpload;
  /** Whether an earlier page has begun. */
  readonly continues: boolean;
}

/** A file on its way to the server, or one that did not get through. */
export class QueuedFile {
  readonly #options: QueuedFileOptions;
  transfer: FileTransfer;
  /** Why it is not sent, as a sentence for users. */
  failure: string | undefined;
  /** Kept for another attempt after a failure that may pass. */
  #begun: Begun | undefined;
  /** The file on the server, if only the message is missing. */
  #stored: MessageFile | undefined;

  constructor(options: QueuedFileOptions) {
    this.#options = options;
    this.transfer = this.#newTransfer();
  }

  get conversation(): Conversation {
    return this.#options.conversation;
  }

  get message(): FileText {
    return this.#options.message;
  }

  get key(): string {
    return String(this.#options.number);
  }

  get state(): TransferState {
    return this.transfer.state;
  }

  /** Makes a file that failed a new one, which waits. */
  restart(): void {
    this.failure = undefined;
    this.transfer = this.#newTransfer();
  }

  /** Gives the place on the server back: no message will carry the file. Never rejects. */
  async giveBack(): Promise<void> {
    const begun = this.#begun;
    this.#forget();
    await begun?.upload.giveBack().catch(() => {});
  }

  /** The message is queued, or the slot has ended. */
  sent(): void {
    this.#forget();
  }

  /** Uploads the file, with pauses after failures that may pass. Rejects with an Error for users. */
  async upload(askSlot: AskSlot, send: SendRequest): Promise<MessageFile> {
    try {
      return this.#stored ??= await this.transfer.run((transfer) => this.#upload(transfer, askSlot, send));
    } catch (error) {
      if (!(error instanceof TransferError && error.isPassing)) void this.giveBack();
      throw error;
    }
  }

  async #upload(transfer: FileTransfer, askSlot: AskSlot, send: SendRequest): Promise<MessageFile> {
    const { name, size } = transfer.state;
    const file = { name, size, ...await this.#uploadBytes(transfer, askSlot, send) };
    if (!isPicture(file.media)) return file;
    const thumbnail = await this.#uploadThumbnail(transfer.signal, askSlot, send).catch(() => undefined);
    transfer.signal.throwIfAborted();
    return thumbnail === undefined ? file : { ...file, thumbnail };
  }

  /** A file whose slot of an earlier page has ended gets a new one. */
  async #uploadBytes(
    transfer: FileTransfer,
    askSlot: AskSlot,
    send: SendRequest,
  ): Promise<Pick<MessageFile, "id" | "sha256" | "media">> {
    const { slot, upload, continues } = this.#begun ??= await transfer.retry(
      () => this.#begin(askSlot, send),
      () => 0,
    );
    try {
      return { id: slot.id, ...await transfer.retry(() => upload.attempt(transfer), () => upload.moved) };
    } catch (error) {
      if (!continues || !(error instanceof TransferError) || error.kind !== "gone") throw error;
      this.#forget();
      return await this.#uploadBytes(transfer, askSlot, send);
    }
  }

  /** The file goes without a thumbnail if one attempt fails. */
  async #uploadThumbnail(signal: AbortSignal, askSlot: AskSlot, send: SendRequest): Promise<Thumbnail | undefined> {
    const made = await this.#options.makeThumbnail(this.#options.file);
    if (made === undefined) return undefined;
    const { bytes, width, height } = made;
    const { size } = bytes;
    const slot = await askSlot(THUMBNAIL_NAME, size);
    const file = new HashedFile({ name: THUMBNAIL_NAME, size, slice: bytes.slice.bind(bytes) }, newFileHash());
    const upload = new SliceUpload({ ...slot, file, send, sliceBytesAt });
    const stored = await upload.attempt({ signal, progress: () => {} });
    return { id: slot.id, size, ...stored, width, height };
  }

  async #begin(askSlot: AskSlot, send: SendRequest): Promise<Begun> {
    const { file } = this.#options;
    const { name, size } = this.state;
    const hashed = new HashedFile(file, newFileHash());
    // A file that cannot be read needs no slot.
    await hashed.slice(0, Math.min(size, FIRST_BYTES));
    const earlier = this.#options.slots.take(file);
    const slot = earlier ?? await askSlot(name, size);
    if (earlier === undefined) this.#options.slots.keep(file, slot);
    const continues = earlier !== undefined;
    const upload = new SliceUpload({ ...slot, file: hashed, continues, send, sliceBytesAt });
    return { slot, upload, continues };
  }

  #forget(): void {
    if (this.#begun !== undefined) this.#options.slots.forget(this.#begun.slot);
    this.#begun = undefined;
  }

  #newTransfer(): FileTransfer {
    const { file: { name, size } } = this.#options;
    return new FileTransfer({ ...this.#options, direction: "send", name: wireFileName(name), size });
  }
}

const THUMBNAIL_NAME = "thumbnail.jpg";

/** A break loses at most a slice, and a slow connection tells soon that it is alive. */
const FIRST_SLICE_BYTES = 1024 * 1024;
/** Two slices are in memory. */
const MAX_SLICE_BYTES = 16 * 1024 * 1024;

/** Slices grow, because the server reads what it has before it appends one. */
function sliceBytesAt(offset: number): number {
  return Math.min(MAX_SLICE_BYTES, Math.max(FIRST_SLICE_BYTES, offset));
}
/** Bytes that are read to see whether a file can be read. */
const FIRST_BYTES = 1;
