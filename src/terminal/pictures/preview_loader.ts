/** Loads the pictures of messages that arrive, and prints them below. */

import type { Client } from "../../client/client.ts";
import { FileTransfers } from "../../client/files/file_transfers.ts";
import type { ClientListener } from "../../client/state/client_state.ts";
import { isPicture } from "../../protocol/files/media_types.ts";
import {
  MAX_PICTURE_PIXELS,
  MAX_PREVIEW_BYTES,
  MAX_PREVIEWS_AT_ONCE,
  MAX_THUMBNAIL_BYTES,
  MAX_THUMBNAIL_PIXELS,
  PREVIEW_MS,
} from "../../protocol/limits.ts";
import type { Message, MessageFile } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { FileSetup } from "../files/local_files.ts";
import { MemorySink } from "./memory_sink.ts";
import { pictureBox, type PictureDisplay, pictureLines, type WindowSize } from "./picture_lines.ts";

export interface PreviewLoaderOptions {
  readonly setup: FileSetup;
  readonly client: () => Pick<Client, "command" | "save" | "send" | "uploads">;
  readonly display: PictureDisplay;
  readonly window: () => WindowSize;
  /** Whether the user wants previews now. */
  readonly wanted: () => boolean;
  /** `caption` says which message the picture belongs to. It is not sanitised. */
  readonly print: (caption: string, lines: readonly string[]) => void;
}

/** Quality of the JPEG that a terminal decodes. */
const QUALITY = 85;

export class PreviewLoader {
  readonly #options: PreviewLoaderOptions;
  readonly #transfers: FileTransfers;
  #running = 0;
  readonly #stop = new AbortController();
  /** A decoder may need 320 MB, so there is one at a time. */
  #decoding: Promise<unknown> = Promise.resolve();

  constructor(options: PreviewLoaderOptions) {
    this.#options = options;
    this.#transfers = new FileTransfers({ ...options.setup, client: options.client, label: "preview" });
  }

  /** Takes the events of the client before the listener. */
  following(listener: ClientListener): ClientListener {
    return this.#transfers.following(listener);
  }

  /** Shows the picture of a message, soon, if it has a small one. Nothing is said about one that cannot be shown. */
  show(message: Message): void {
    const { file, seq, deleted } = message;
    const small = file && smallPicture(file);
    const maxPixels = file?.thumbnail === undefined ? MAX_PICTURE_PIXELS : MAX_THUMBNAIL_PIXELS ** 2;
    if (small === undefined || deleted || !this.#options.wanted() || this.#running >= MAX_PREVIEWS_AT_ONCE) return;
    this.#running++;
    void this.#load({ file: small, maxPixels }, `${seq}: ${sanitizeLine(file!.name)}`)
      .catch(() => {})
      .finally(() => this.#running--);
  }

  stop(): void {
    this.#stop.abort();
    this.#transfers.stop();
  }

  #inTurn<T>(decode: () => Promise<T>): Promise<T> {
    const result = this.#decoding.then(decode);
    this.#decoding = result.catch(() => {});
    return result;
  }

  async #load({ file, maxPixels }: WantedPicture, caption: string): Promise<void> {
    const { display, window, setup: { makeHash, scalePicture }, print, wanted } = this.#options;
    const box = pictureBox(display, window());
    if (box === undefined || scalePicture === undefined) return;
    const sink = new MemorySink(file.size, makeHash);
    await this.#transfers.receive(file, sink);
    const as = display === "iterm2" ? { quality: QUALITY } : "pixels";
    const picture = await this.#inTurn(() => {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(PREVIEW_MS)]);
      return scalePicture(sink.bytes, { ...box, as, maxPixels }, signal);
    });
    if (wanted() && !this.#stop.signal.aborted) print(caption, pictureLines(display, picture));
  }
}

interface WantedPicture {
  readonly file: MessageFile;
  readonly maxPixels: number;
}

/** The file to load: the thumbnail, or else a small picture itself. */
function smallPicture({ thumbnail, ...file }: MessageFile): MessageFile | undefined {
  if (!isPicture(file.media)) return undefined;
  if (thumbnail === undefined) return file.size <= MAX_PREVIEW_BYTES ? file : undefined;
  return thumbnail.size <= MAX_THUMBNAIL_BYTES ? { name: file.name, ...thumbnail } : undefined;
}
