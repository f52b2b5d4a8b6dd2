/** The card of a file in a message. What its buttons do is loaded on demand. */

import type { MessageFile, Thumbnail } from "../../protocol/messages/messages.ts";
import { el, setAttribute, setText } from "../views/dom.ts";
import { formatBytes } from "./file_size.ts";

export type CardAction = "save" | "show" | "play";

/** Larger pictures are only downloaded. */
const MAX_SHOWN_BYTES = 25_000_000;
const SHOWN = /^image\/(?:png|jpeg|gif|webp)$/;
const PLAYED = /^(?:audio|video)/;
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^image/, "Picture"],
  [/^audio/, "Sound"],
  [/^video/, "Video"],
  [/pdf$/, "PDF"],
];

const files = new WeakMap<Element, MessageFile>();
/** Elements that the user has opened in cards. They stay when the message is drawn again. */
const opened = new WeakMap<MessageFile, HTMLElement>();

type ShowThumbnail = (image: HTMLImageElement, thumbnail: Thumbnail) => void;
let showThumbnail: ShowThumbnail | undefined;

/** Sets what fills the image of each thumbnail that is drawn from now on. */
export function onThumbnail(show: ShowThumbnail): void {
  showThumbnail = show;
}

/** `hasButtons` is false where a click on the message opens it. */
export function fileCard(file: MessageFile, hasButtons: boolean): HTMLElement {
  const { name, size, media, thumbnail } = file;
  const isShown = SHOWN.test(media) && size <= MAX_SHOWN_BYTES;
  const kind = KINDS.find(([pattern]) => pattern.test(media))?.[1] ?? "File";
  const card = el(
    "div",
    { class: "file" },
    thumbnail && SHOWN.test(media)
      ? thumbnailElement(file, thumbnail, hasButtons && isShown)
      : el("span", { class: "icon icon-file", "aria-hidden": "true" }),
    el(
      "p",
      {},
      el("bdi", { class: "file-name" }, name),
      el("span", { class: "state" }, `${kind}, ${formatBytes(size)}`),
    ),
    hasButtons && isShown && actionButton("show", showLabel(file), name),
    hasButtons && PLAYED.test(media) && actionButton("play", "Play", name),
    hasButtons && actionButton("save", "Download", name),
    hasButtons && opened.get(file),
  );
  files.set(card, file);
  return card;
}

/** The picture has its size before it is loaded, so that the messages do not jump. A click shows the whole picture. */
function thumbnailElement({ name }: MessageFile, thumbnail: Thumbnail, isButton: boolean): HTMLElement {
  const { width, height } = thumbnail;
  const image = el("img", { alt: name, width: String(width), height: String(height) }) as HTMLImageElement;
  showThumbnail?.(image, thumbnail);
  // The button beside it does the same for the keyboard.
  return el("span", { class: "thumbnail", ...isButton && { "data-do": "show" } }, image);
}

function showLabel(file: MessageFile): string {
  return opened.get(file)?.querySelector("img") ? "Hide" : "Show";
}

/** Names the button for a picture after what it does now. */
export function renewShowButton(card: Element, file: MessageFile): void {
  const button = card.querySelector("button[data-do=show]");
  if (button === null) return;
  setText(button, showLabel(file));
  setAttribute(button, "aria-label", `${showLabel(file)} ${file.name}`);
}

function actionButton(action: CardAction, label: string, name: string): HTMLElement {
  const attributes = { type: "button", class: "quiet", "data-do": action, "aria-label": `${label} ${name}` };
  return el("button", attributes, label);
}

/** The file of a card. */
export function fileOf(card: Element): MessageFile | undefined {
  return files.get(card);
}

/** The place for more in a card, below its buttons. Creates it for the first call. */
export function moreIn(card: Element, file: MessageFile): HTMLElement {
  const more = opened.get(file) ?? el("div", { class: "file-more" });
  opened.set(file, more);
  if (more.parentElement !== card) card.append(more);
  return more;
}
