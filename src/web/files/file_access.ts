/** Shows and saves files of messages, from paths that the server gives for a time. */

import { MAX_PICTURE_PIXELS } from "../../protocol/limits.ts";
import { PICTURE_HEAD_BYTES, pictureSize } from "../../protocol/files/picture_size.ts";
import type { MessageFile } from "../../protocol/messages/messages.ts";
import { el } from "../views/dom.ts";
import { type CardAction, moreIn, renewShowButton } from "./file_card.ts";
import { mediaPlayer } from "./media_player.ts";
import type { SlotRequests } from "./slot_requests.ts";

export class FileAccess {
  readonly #requests: Pick<SlotRequests, "fetch">;
  /** Files that are asked for. */
  readonly #busy = new Set<string>();

  constructor(requests: Pick<SlotRequests, "fetch">) {
    this.#requests = requests;
  }

  /** Acts on the file of a card, which shows what goes wrong. */
  async perform(action: CardAction, file: MessageFile, card: Element): Promise<void> {
    if (this.#busy.has(file.id)) return;
    this.#busy.add(file.id);
    const more = moreIn(card, file);
    if (action === "show" && more.querySelector("img") !== null) more.replaceChildren();
    else await this.#open(action, file, more).catch((error) => more.replaceChildren(problem(error)));
    this.#busy.delete(file.id);
    renewShowButton(card, file);
  }

  async #open(action: CardAction, file: MessageFile, more: HTMLElement): Promise<void> {
    more.querySelector("p")?.remove();
    switch (action) {
      case "save":
        return el("a", { href: await this.#requests.fetch(file.id), download: file.name }).click();
      case "show": {
        const path = await this.#requests.fetch(file.id);
        await checkPicture(path);
        const image = el("img", { alt: file.name, src: path });
        more.replaceChildren(image);
        // Decoded before it is drawn, so that the messages jump once.
        await image.decode().catch(() => Promise.reject(new Error(UNSHOWN)));
        return;
      }
      case "play":
        return more.replaceChildren(await this.#player(file, more));
      default:
        return action satisfies never;
    }
  }

  #player(file: MessageFile, more: HTMLElement): Promise<HTMLMediaElement> {
    const failed = () => more.replaceChildren(problem(new Error(UNPLAYED)));
    return mediaPlayer({ file, newPath: () => this.#requests.fetch(file.id), failed });
  }
}

const UNPLAYED = "This browser cannot play it: download it";
const UNSHOWN = "The picture cannot be shown: download it";

/** Rejects with an Error for users if a decoder would need too much memory for it. */
async function checkPicture(path: string): Promise<void> {
  const head = await fetch(path, { headers: { Range: `bytes=0-${PICTURE_HEAD_BYTES - 1}` } }).then(
    (reply) => reply.ok ? reply.arrayBuffer() : undefined,
    () => undefined,
  );
  const size = head && pictureSize(new Uint8Array(head));
  if (size === undefined) throw new Error(UNSHOWN);
  const { width, height } = size;
  if (width * height > MAX_PICTURE_PIXELS) throw new Error(`The picture has ${width} × ${height} pixels: download it`);
}

function problem(error: unknown): HTMLElement {
  return el("p", { class: "error", role: "alert" }, error instanceof Error ? error.message : String(error));
}
