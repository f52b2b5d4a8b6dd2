import { el, on, setText } from "../views/dom.ts";
import { sentenceOf } from "./panel_parts.ts";

const TITLE = "panel-title";

/** A dialog that is open from the start. When it closes, the focus returns to the button that opened it. */
export class PanelDialog {
  readonly #title = el("h2", { id: TITLE, tabindex: "-1" });
  readonly #error = el("p", { class: "error", role: "alert", hidden: true });
  readonly #body = el("div", { class: "panel-body" });
  readonly #status = el("p", { class: "hint", role: "status" });
  readonly #dialog: HTMLDialogElement;
  #busy = false;

  constructor(title: string) {
    const close = el("button", { type: "button", class: "quiet" }, "Close");
    const buttons = el("div", { class: "buttons" }, close);
    const parts = [this.#title, this.#error, this.#body, this.#status, buttons];
    this.#dialog = el("dialog", { class: "card panel", "aria-labelledby": TITLE }, ...parts);
    setText(this.#title, title);
    on(close, "click", () => this.close());
    on(this.#dialog, "close", () => this.#dialog.remove());
    closePanels();
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.focus();
  }

  /** Replaces the content. */
  show(...content: readonly Node[]): void {
    this.#body.replaceChildren(...content);
  }

  /** Moves the focus to the title, as after the removal of the element that had it. */
  focus(): void {
    this.#title.focus();
  }

  /** Shows a sentence below the content. */
  say(text: string): void {
    setText(this.#status, text);
  }

  /** Runs one action at a time, and shows its error above the content. */
  async attempt(run: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error.hidden = true;
    try {
      await run();
    } catch (error) {
      setText(this.#error, sentenceOf(error));
      this.#error.hidden = false;
      this.#error.scrollIntoView({ block: "nearest" });
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    this.#dialog.close();
  }
}

/** Closes the open panel, if there is one. */
export function closePanels(): void {
  for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog.panel")) dialog.close();
}
