/** The password dialog, one question at a time. Only the caller gets the typed password. */

import { byId, on, setText } from "./dom.ts";

export class PasswordView {
  readonly #dialog = byId<HTMLDialogElement>("ask");
  readonly #password = byId<HTMLInputElement>("ask-password");
  #typed = "";
  #answer: ((password: string | undefined) => void) | undefined;

  constructor() {
    on(byId("ask-form"), "submit", () => this.#typed = this.#password.value);
    on(byId("ask-cancel"), "click", () => this.#dialog.close());
    on(this.#dialog, "close", () => this.#finish());
  }

  /** Resolves with `undefined` if the user cancels or enters nothing, or if another question is open. */
  ask(title: string): Promise<string | undefined> {
    if (this.#answer !== undefined) return Promise.resolve(undefined);
    setText(byId("ask-title"), title);
    this.#password.value = "";
    this.#dialog.showModal();
    this.#password.focus();
    return new Promise((resolve) => this.#answer = resolve);
  }

  /** The dialog has closed, so that the next question can open it again. */
  #finish(): void {
    const answer = this.#answer;
    const typed = this.#typed;
    this.#answer = undefined;
    this.#typed = this.#password.value = "";
    answer?.(typed === "" ? undefined : typed);
  }
}
