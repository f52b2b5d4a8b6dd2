/** A dialog with buttons, or with an address to share. */

import type { MenuItem } from "../model/menus.ts";
import { byId, el, on, setText } from "./dom.ts";
import { qrPlaceholder } from "./qr_placeholder.ts";

export interface SharedAddress {
  readonly title: string;
  readonly address: string;
  readonly hint: string;
}

export class MenuView {
  readonly #dialog = byId<HTMLDialogElement>("menu");
  readonly #items = byId("menu-items");

  constructor() {
    on(byId("menu-close"), "click", () => this.#dialog.close());
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
    setText(byId("menu-title"), title);
    this.#items.replaceChildren(...content);
    this.#dialog.showModal();
    byId("menu-title").focus();
  }
}
