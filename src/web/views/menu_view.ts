/** A dialog with buttons, or with an address to share. */

import type { MenuItem } from "../model/menus.ts";
import { el, on, setText } from "./dom.ts";
import { qrPlaceholder } from "./qr_placeholder.ts";

export interface SharedAddress {
  readonly title: string;
  readonly address: string;
  readonly hint: string;
}

export class MenuView {
  readonly #title = el("h2", { id: "menu-title", tabindex: "-1" });
  readonly #items = el("div", { class: "menu-items" });
  readonly #dialog: HTMLDialogElement;

  constructor() {
    const close = el("button", { type: "button", class: "quiet" }, "Close");
    const buttons = el("div", { class: "buttons" }, close);
    const attributes = { id: "menu", class: "card", "aria-labelledby": "menu-title" };
    this.#dialog = el("dialog", attributes, this.#title, this.#items, buttons);
    on(close, "click", () => this.#dialog.close());
    document.body.append(this.#dialog);
  }

  /** Shows the items. The chosen one is run after the dialog has closed. */
  open(title: string, items: readonly MenuItem[], run: (item: MenuItem) => void): void {
    this.#show(
      title,
      items.map((item) => {
        const button = el("button", { type: "button" }, item.label);
        on(button, "click", () => {
          this.#dialog.close();
          run(item);
        });
        return button;
      }),
    );
  }

  share({ title, address, hint }: SharedAddress): void {
    const field = el("input", { readonly: true, value: address, "aria-label": "Address" });
    on(field, "focus", () => field.select());
    this.#show(title, [el("div", { class: "qr" }, qrPlaceholder(address)), field, el("p", { class: "hint" }, hint)]);
  }

  #show(title: string, content: readonly HTMLElement[]): void {
    setText(this.#title, title);
    this.#items.replaceChildren(...content);
    this.#dialog.showModal();
    this.#title.focus();
  }
}
