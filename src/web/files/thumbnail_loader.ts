/** Loads the thumbnails of the messages on the screen. */

import { systemClock } from "../../client/clock.ts";
import { TransferError } from "../../client/files/transfer_error.ts";
import { isThumbnailMedia } from "../../protocol/files/media_types.ts";
import { pictureSize } from "../../protocol/files/picture_size.ts";
import { MAX_THUMBNAIL_BYTES, MAX_THUMBNAIL_PIXELS } from "../../protocol/limits.ts";
import type { Thumbnail } from "../../protocol/messages/messages.ts";
import { newFileHash } from "./file_hash.ts";
import type { SlotRequests } from "./slot_requests.ts";

/** Thumbnails that are kept, so that a message that is drawn again has its own at once. */
const MAX_KEPT = 100;
/** Thumbnails that wait to be loaded. The oldest is left out first. */
const MAX_WAITING = 200;
/** Loaded at once. */
const MAX_RUNNING = 3;

interface Waiting {
  readonly image: HTMLImageElement;
  readonly thumbnail: Thumbnail;
}

export class ThumbnailLoader {
  readonly #requests: Pick<SlotRequests, "fetch">;
  /** `data:` addresses by the id of the thumbnail, latest used last. They need no end, unlike those of `blob:`. */
  readonly #kept = new Map<string, string>();
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #isClosed = false;

  constructor(requests: Pick<SlotRequests, "fetch">) {
    this.#requests = requests;
  }

  /** Fills the image with the thumbnail, now or later, the newest first. One that cannot be loaded stays empty. */
  show(image: HTMLImageElement, thumbnail: Thumbnail): void {
    const known = this.#kept.get(thumbnail.id);
    if (known !== undefined) return this.#keep(thumbnail.id, image.src = known);
    this.#waiting.push({ image, thumbnail });
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    if (this.#running >= MAX_RUNNING) return;
    this.#running++;
    for (let next = this.#waiting.pop(); next !== undefined && !this.#isClosed; next = this.#waiting.pop()) {
      await this.#load(next).catch(() => {});
    }
    this.#running--;
  }

  async #load({ image, thumbnail }: Waiting): Promise<void> {
    // The message may have left the screen meanwhile. It asks again when it comes back.
    if (!image.isConnected) return;
    const { id } = thumbnail;
    const address = this.#kept.get(id) ?? await this.#address(thumbnail);
    this.#keep(id, image.src = address);
  }

  #keep(id: string, address: string): void {
    this.#kept.delete(id);
    this.#kept.set(id, address);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }

  async #address(thumbnail: Thumbnail): Promise<string> {
    const { size, media } = thumbnail;
    if (size > MAX_THUMBNAIL_BYTES || !isThumbnailMedia(media)) throw new Error("Not a thumbnail");
    const reply = await fetch(await this.#path(thumbnail.id));
    if (!reply.ok) throw new Error(`The answer is ${reply.status}`);
    const bytes = new Uint8Array(await reply.arrayBuffer());
    checkBytes(bytes, thumbnail);
    return await dataAddress(new Blob([bytes], { type: media }));
  }

  /** Waits as long as the server says, if it was asked too often. */
  async #path(id: string): Promise<string> {
    for (;;) {
      try {
        return await this.#requests.fetch(id);
      } catch (error) {
        if (!(error instanceof TransferError && error.kind === "busy")) throw error;
        const { retryAfterMs } = error;
        await new Promise<void>((resolve) => systemClock.after(retryAfterMs, resolve));
        if (this.#isClosed) throw error;
      }
    }
  }
}

/** Throws an Error for other bytes than the sender's, and for a picture that would need more memory than a thumbnail. */
function checkBytes(bytes: Uint8Array, { sha256 }: Thumbnail): void {
  const hash = newFileHash();
  hash.update(bytes);
  const { width, height } = pictureSize(bytes) ?? { width: Infinity, height: Infinity };
  if (hash.digest() === sha256 && width <= MAX_THUMBNAIL_PIXELS && height <= MAX_THUMBNAIL_PIXELS) return;
  throw new Error("Not the thumbnail that was sent");
}

function dataAddress(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
