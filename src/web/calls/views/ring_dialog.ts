/** Asks the user to enter a call. It leaves the focus where it is, so that a key that was meant for a message answers nothing. */

import { byId, el, on } from "../../views/dom.ts";
import { removeFocused } from "./focused_removal.ts";

export interface RingActions {
  /** Enters the call, with the camera or without. */
  answer(camera: boolean): void;
  decline(): void;
}

export interface Ring {
  /** Who calls. */
  readonly name: string;
  /** The room, such as `#lobby`; `undefined` in a conversation. */
  readonly room: string | undefined;
  /** Whether the call has no pictures. */
  readonly audio: boolean;
}

export class RingDialog {
  readonly #element: HTMLElement;

  constructor({ name, room, audio }: Ring, actions: RingActions) {
    const button = (text: string, style: string, click: () => void) => {
      const element = el("button", { type: "button", class: style }, text);
      on(element, "click", click);
      return element;
    };
    const where = room === undefined ? "" : ` in ${room}`;
    this.#element = el(
      "div",
      { class: "card call-ring", role: "dialog", "aria-labelledby": "call-ring-title" },
      el(
        "p",
        { id: "call-ring-title", role: "alert" },
        el("bdi", {}, name),
        audio ? ` is calling you${where}, without pictures` : ` is calling you${where}`,
      ),
      el(
        "div",
        { class: "buttons" },
        button("Decline", "quiet", () => actions.decline()),
        !audio && button("Without camera", "quiet", () => actions.answer(false)),
        button("Answer", "primary", () => actions.answer(!audio)),
      ),
    );
    byId("chat").prepend(this.#element);
  }

  close(): void {
    removeFocused(this.#element);
  }
}
