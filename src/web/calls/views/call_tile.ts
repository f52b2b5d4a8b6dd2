/** One member of a call: their picture, or their initial, with their name and marks for who speaks and who is muted. */

import { el, setAttribute, setText } from "../../views/dom.ts";
import { colorClass } from "../../views/message_parts.ts";
import { initialLetter } from "../../views/message_row.ts";
import { PictureCanvas } from "./picture_canvas.ts";
import type { ShownCallMember } from "./shown_call.ts";

/** Steps of the mark for loudness. */
const LEVELS = 4;

export class CallTile {
  readonly element: HTMLElement;
  readonly picture = new PictureCanvas();
  readonly #initial = el("span", { "aria-hidden": "true" });
  readonly #name = el("bdi");
  readonly #mark = el("span", { class: "mark" });

  constructor() {
    this.element = el(
      "li",
      { class: "call-tile" },
      ...[this.#initial, this.picture.element],
      el("p", { class: "call-name" }, this.#name, this.#mark),
    );
  }

  update({ name, isOwn, entered, camera, microphone, speaks, level }: ShownCallMember): void {
    setText(this.#initial, initialLetter(name));
    setAttribute(this.#initial, "class", `avatar ${colorClass(name)}`);
    setText(this.#name, isOwn ? "You" : name);
    setText(this.#mark, entered ? (microphone ? "" : "muted") : "ringing…");
    setAttribute(this.element, "data-speaks", speaks);
    setAttribute(this.element, "data-level", String(Math.round(level * LEVELS)));
    this.picture.element.hidden = !camera || this.picture.isEmpty;
    if (!camera) this.picture.clear();
  }

  /** Shows a video in place of pictures; `undefined` shows pictures again. */
  showVideo(video: HTMLVideoElement | undefined): void {
    const shown = this.element.querySelector("video");
    if (shown === video || (shown === null && video === undefined)) return;
    shown?.remove();
    if (video === undefined) return;
    this.picture.element.after(video);
    // Browsers pause a video that is moved.
    void video.play().catch(() => {});
  }
}
