/**
 * Sends and receives files beside the chat. A file goes up by a connection of its own, and then a message with it by the
 * client's send queue. A file comes down into a sink, which gets its name only with the right hash.
 */

import { MAX_TRANSFERS } from "../../protocol/limits.ts";
import type { MessageFile, OfferCommand, SlotEvent, Thumbnail } from "../../protocol/messages/messages.ts";
import { wireFileName } from "../../protocol/files/file_names.ts";
import type { Client } from "../client.ts";
import type { Clock } from "../clock.ts";
import type { KeptSlot, KeptUpload } from "../delivery/kept_uploads.ts";
import type { Target } from "../delivery/message_intent.ts";
import type { ClientListener } from "../state/client_state.ts";
import { ChatRequests } from "./chat_requests.ts";
import { FileDownload } from "./file_download.ts";
import { memorySource, thumbnailOf } from "./file_thumbnail.ts";
import type { FileHash, FileSink, FileSource, OpenFileLink, ScalePicture } from "./file_ports.ts";
import { FileTransfer, type TransferState } from "./file_transfer.ts";
import { FileUpload } from "./file_upload.ts";
import { cancelledTransfer, TransferError } from "./transfer_error.ts";
import { SlotReturns } from "./slot_returns.ts";
import { TransferQueue } from "./transfer_queue.ts";

const THUMBNAIL_NAME = "thumbnail.jpg";

export interface FileTransfersOptions {
  /** Tells the commands of these transfers from those of others of the same client. Default: `file`. */
  readonly label?: string;
  /** The client, once it is made. */
  readonly client: () => Pick<Client, "command" | "send" | "save" | "uploads">;
  readonly openLink: OpenFileLink;
  readonly makeHash: () => FileHash;
  readonly clock: Clock;
  /** Returns 0 to below 1. */
  readonly random: () => number;
  /** Absent: pictures are sent without thumbnails. */
  readonly scalePicture?: ScalePicture | undefined;
  /** Called when a transfer begins, ends, pauses, or has moved bytes, the last at most every `TRANSFER_PROGRESS_MS` for each. */
  readonly changed?: () => void;
}

/** The place to which a file is sent, and the text of its message. */
export interface FileMessage {
  readonly target: Target;
  readonly text: string;
}

export class FileTransfers {
  readonly #options: FileTransfersOptions;
  readonly #requests: ChatRequests;
  readonly #queue = new TransferQueue();
  readonly #returns: SlotReturns;
  readonly #transfers = new Set<FileTransfer>();
  #count = 0;
  #isStopped = false;

  constructor(options: FileTransfersOptions) {
    this.#options = options;
    this.#returns = new SlotReturns(options);
    const unwanted = (slot: SlotEvent) => this.#returns.begin(slot);
    const { client, label = "file" } = options;
    this.#requests = new ChatRequests({ send: (command) => client().command(command), unwanted, label });
  }

  /** Takes the client's events before the listener, which does not get the replies that are only for transfers. */
  following(listener: ClientListener): ClientListener {
    return (event, ...states) => {
      const isOnline = event.type === "status" && event.status.kind === "online";
      if (!this.#requests.receive(event)) listener(event, ...states);
      if (isOnline) { for (const transfer of this.#transfers) transfer.hurry(); }
    };
  }

  /** All transfers that wait or run, in the order in which they were begun. */
  get states(): readonly TransferState[] {
    return Array.from(this.#transfers, ({ state }) => state);
  }

  /**
   * Sends a file, and then queues the message with it. Closes the source. Rejects with a `TransferError` or another Error for
   * users if the file does not arrive, or the message cannot be queued. The client remembers the upload meanwhile.
   * `earlier` is an upload that an earlier client has begun, with the same file and message. If its slot has ended, the error
   * is of the kind `gone`, and the upload stays kept, to be begun again. The message waits for `before`, which never rejects.
   */
  async send(
    source: FileSource,
    message: FileMessage,
    { earlier, before }: { readonly earlier?: KeptUpload; readonly before?: Promise<void> } = {},
  ): Promise<void> {
    const kept = earlier ?? this.#keep(source, message);
    try {
      const name = wireFileName(source.name);
      await this.#run(
        "send",
        { name, size: source.size },
        (transfer) => this.#deliver(source, { ...message, before }, transfer, kept),
      );
    } catch (error) {
      const begins = earlier !== undefined && error instanceof TransferError && error.kind === "gone";
      if (kept !== undefined && !this.#isStopped && !begins) this.abandon(kept);
      throw error;
    } finally {
      source.close();
    }
  }

  /** Gives the slot of an upload back that an earlier client has begun, and forgets it. */
  abandon(upload: KeptUpload): void {
    const { slot } = upload.record;
    upload.forget();
    if (slot !== undefined) this.#returns.begin(slot);
  }

  /** Receives a file, and resolves with where it is. Closes the sink. Rejects as `send`. */
  async receive(file: MessageFile, sink: FileSink): Promise<string> {
    try {
      return await this.#run("receive", file, async (transfer) => {
        const { progress, signal } = transfer;
        const fetch = (id: string) => this.#requests.fetch({ type: "fetch", id }, signal);
        const download = new FileDownload({ ...this.#options, file, sink, fetch, progress, signal });
        return await transfer.retry(() => download.attempt(), () => download.moved);
      });
    } finally {
      sink.close();
    }
  }

  /** Resolves when the server knows of the uploads that were cancelled or failed, or after `SLOT_RETURN_MS`. */
  get settled(): Promise<void> {
    return this.#returns.idle();
  }

  /** Cancels the transfer with this number, or all of them, and gives their slots back. Returns how many. */
  cancel(number?: number): number {
    const chosen = [...this.#transfers].filter(({ state }) => number === undefined || state.number === number);
    for (const transfer of chosen) transfer.cancel();
    return chosen.length;
  }

  #keep({ size, origin }: FileSource, message: FileMessage): KeptUpload | undefined {
    return origin && this.#options.client().uploads?.keep({ ...origin, size, ...message });
  }

  async #deliver(
    source: FileSource,
    { target, text, before }: FileMessage & { readonly before: Promise<void> | undefined },
    transfer: FileTransfer,
    kept: KeptUpload | undefined,
  ): Promise<void> {
    const earlier = kept?.record.slot;
    const { name, size } = transfer.state;
    const slot = earlier ?? await this.#offer({ ...target, name, size }, transfer);
    if (kept !== undefined) kept.slot = slot;
    const client = this.#options.client();
    // A slot whose bytes are on their way is known after any crash.
    client.save();
    try {
      const file = await this.#upload(source, slot, transfer, earlier !== undefined);
      const thumbnail = await this.#thumbnail({ source, target, media: file.media }, transfer);
      await turnOf(before, transfer.signal);
      // In one turn: after a crash, either the upload is kept or the message.
      kept?.forget();
      client.send(target, text, undefined, thumbnail === undefined ? file : { ...file, thumbnail });
    } catch (error) {
      const isGone = error instanceof TransferError && error.kind === "gone";
      if (isGone && kept !== undefined && await this.#isSent(slot, transfer)) return kept.forget();
      if (!this.#isStopped) {
        if (!isGone) this.#returns.begin(slot);
        if (kept !== undefined) kept.slot = undefined;
      }
      throw error;
    }
  }

  /** Whether a message carries the file of a slot that has ended: an earlier client could not note that. */
  async #isSent({ id }: KeptSlot, transfer: FileTransfer): Promise<boolean> {
    const { signal } = transfer;
    try {
      await transfer.retry(() => this.#requests.fetch({ type: "fetch", id }, signal), () => 0);
      return true;
    } catch (error) {
      if (error instanceof TransferError && error.kind === "refused") return false;
      throw error;
    }
  }

  #offer(file: Omit<OfferCommand, "type" | "ref">, transfer: FileTransfer): Promise<SlotEvent> {
    return transfer.retry(() => this.#requests.offer({ type: "offer", ...file }, transfer.signal), () => 0);
  }

  /** Ends everything, because the program ends. Slots stay, and end by themselves. */
  stop(): void {
    this.#isStopped = true;
    this.cancel();
  }

  async #upload(
    source: FileSource,
    slot: KeptSlot,
    transfer: FileTransfer,
    continues: boolean,
  ): Promise<MessageFile> {
    const { name, size } = transfer.state;
    const { signal, progress } = transfer;
    const { makeHash, openLink, clock } = this.#options;
    const upload = new FileUpload({ openLink, clock, signal, progress, slot, source, continues, hash: makeHash() });
    const { sha256, media } = await transfer.retry(() => upload.attempt(), () => upload.moved);
    return { id: slot.id, name, size, media, sha256 };
  }

  /** The thumbnail of a picture, in a slot of its own. The picture goes without one if one attempt fails. */
  async #thumbnail(
    { source, target, media }: { readonly source: FileSource; readonly target: Target; readonly media: string },
    { signal }: FileTransfer,
  ): Promise<Thumbnail | undefined> {
    const { scalePicture, makeHash, openLink, clock } = this.#options;
    const picture = scalePicture && await thumbnailOf(source, media, scalePicture, signal);
    if (picture === undefined) return undefined;
    const { bytes, width, height } = picture;
    const { length: size } = bytes;
    try {
      const slot = await this.#requests.offer({ type: "offer", ...target, name: THUMBNAIL_NAME, size }, signal);
      const small = { slot, source: memorySource(THUMBNAIL_NAME, bytes), hash: makeHash(), progress: () => {} };
      const { sha256, media } = await new FileUpload({ openLink, clock, signal, ...small }).attempt();
      return { id: slot.id, size, media, sha256, width, height };
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  }

  /** Runs a transfer beside the queue, which has a number and can be cancelled as all others. Rejects as `job` does. */
  async runBeside<T>(
    direction: TransferState["direction"],
    file: Pick<TransferState, "name" | "size">,
    job: (transfer: FileTransfer) => Promise<T>,
  ): Promise<T> {
    return await this.#listed(direction, file, (transfer) => transfer.run(job));
  }

  /** Runs a transfer that waits for its turn. */
  #run<T>(
    direction: TransferState["direction"],
    file: Pick<TransferState, "name" | "size">,
    job: (transfer: FileTransfer) => Promise<T>,
  ): Promise<T> {
    return this.#listed(direction, file, (transfer) => this.#queue.run(() => transfer.run(job), transfer.signal));
  }

  /** Lists a transfer under a new number while it waits and runs. */
  async #listed<T>(
    direction: TransferState["direction"],
    { name, size }: Pick<TransferState, "name" | "size">,
    run: (transfer: FileTransfer) => Promise<T>,
  ): Promise<T> {
    const { clock, random, changed = () => {} } = this.#options;
    if (this.#transfers.size >= MAX_TRANSFERS) {
      throw new Error(`There are ${MAX_TRANSFERS} transfers already: wait until some are done`);
    }
    if (this.#transfers.size === 0) this.#count = 0;
    const transfer = new FileTransfer({ number: ++this.#count, direction, name, size, clock, random, changed });
    this.#transfers.add(transfer);
    changed();
    try {
      return await run(transfer);
    } finally {
      this.#transfers.delete(transfer);
      changed();
    }
  }
}

/** Resolves after `before`. Rejects when the user cancels meanwhile. */
async function turnOf(before: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  const cancelled = Promise.withResolvers<never>();
  const cancel = () => cancelled.reject(cancelledTransfer());
  signal.addEventListener("abort", cancel, { once: true });
  try {
    await Promise.race([before, cancelled.promise]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
