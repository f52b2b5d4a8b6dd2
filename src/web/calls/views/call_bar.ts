/** One line above the messages while a call is on in the open place which the user is not in. */

import { byId, el, on, setText } from "../../views/dom.ts";
import { removeFocused } from "./focused_removal.ts";

export class CallBar {
  readonly #text = el("span");
  readonly #element: HTMLElement;

  constructor(enter: () => void) {
    const button = el("button", { type: "button", class: "quiet" }, "Enter the call");
    on(button, "click", enter);
    this.#element = el("div", { id: "call-bar", class: "call-bar", hidden: true }, this.#text, button);
    byId("log").before(this.#element);
  }

  /** Shows who is in the call; without names, nothing. */
  update(names: readonly string[]): void {
    setText(this.#text, `A call is on: ${names.join(", ")}`);
    if (names.length > 0) this.#element.hidden = false;
    else removeFocused(this.#element, () => this.#element.hidden = true);
  }

  close(): void {
    this.#element.remove();
  }
}
