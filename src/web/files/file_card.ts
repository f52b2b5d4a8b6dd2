/** The card of a file in a message. What its buttons do is loaded on demand. */

import type { MessageFile } from "../../protocol/messages/messages.ts";
import { el, setAttribute, setText } from "../views/dom.ts";
import { formatBytes } from "./file_size.ts";

export type CardAction = "save" | "show";

/** Larger pictures are only downloaded. */
const MAX_SHOWN_BYTES = 25_000_000;
const SHOWN = /^image\/(?:png|jpeg|gif|webp)$/;
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^image/, "Picture"],
  [/^audio/, "Sound"],
  [/^video/, "Video"],
  [/pdf$/, "PDF"],
];

const files = new WeakMap<Element, MessageFile>();
/** Elements that the user has opened in cards. They stay when the message is drawn again. */
const opened = new WeakMap<MessageFile, HTMLElement>();

/** `hasButtons` is false where a click on the message opens it. */
export function fileCard(file: MessageFile, hasButtons: boolean): HTMLElement {
  const { name, size, media } = file;
  const kind = KINDS.find(([pattern]) => pattern.test(media))?.[1] ?? "File";
  const card = el(
    "div",
    { class: "file" },
    el("span", { class: "icon icon-file", "aria-hidden": "true" }),
    el(
      "p",
      {},
      el("bdi", { class: "file-name" }, name),
      el("span", { class: "state" }, `${kind}, ${formatBytes(size)}`),
    ),
    hasButtons && SHOWN.test(media) && size <= MAX_SHOWN_BYTES && actionButton("show", showLabel(file), name),
    hasButtons && actionButton("save", "Download", name),
    hasButtons && opened.get(file),
  );
  files.set(card, file);
  return card;
}

function showLabel(file: MessageFile): string {
  return opened.get(file)?.querySelector("img") ? "Hide" : "Show";
}

/** Names the button for a picture after what it does now. */
export function renewShowButton(card: Element, file: MessageFile): void {
  const button = card.querySelector("[data-do=show]");
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
