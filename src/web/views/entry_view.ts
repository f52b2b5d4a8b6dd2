/** The entry form: a name and a room. */

import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { byId, on, setText } from "./dom.ts";

export interface LoginDetails {
  readonly name: string;
  readonly room: string;
}

export interface EntryOptions extends LoginDetails {
  readonly invited: boolean;
  /** Why the user is back at the form. */
  readonly error?: string;
}

export interface EntryActions {
  enter(entry: LoginDetails): void;
  /** Whether the browser remembers a user with this name. */
  remembers(name: string): boolean;
  forget(name: string): void;
  /** The user has a code from another device. */
  enterCode(): void;
}

export class EntryView {
  readonly #name = byId<HTMLInputElement>("entry-name");
  readonly #room = byId<HTMLInputElement>("entry-room");
  readonly #error = byId("entry-error");
  readonly #actions: EntryActions;

  constructor(actions: EntryActions) {
    this.#actions = actions;
    on(byId("entry-form"), "submit", (event) => {
      event.preventDefault();
      const entry = this.#read();
      if (entry !== undefined) actions.enter(entry);
    });
    on(this.#name, "input", () => this.#showRemembered());
    on(byId("entry-forget"), "click", () => this.#forget());
    on(byId("entry-code"), "click", () => actions.enterCode());
  }

  /** Disables the form until the server admits the user or refuses. */
  wait(): void {
    this.#showError(undefined);
    this.#setBusy(true);
  }

  show({ name, room, invited, error }: EntryOptions): void {
    byId("entry").hidden = false;
    byId("entry-form").hidden = false;
    this.#setBusy(false);
    byId("entry-invited").hidden = !invited;
    byId("entry-plain").hidden = globalThis.isSecureContext;
    this.#name.value = name;
    this.#room.value = room;
    this.#showRemembered();
    this.#showError(error);
    this.#name.focus();
    this.#name.select();
  }

  hide(): void {
    byId("entry").hidden = true;
  }

  #read(): LoginDetails | undefined {
    try {
      return { name: parseName(this.#name.value.trim()), room: parseRoom(this.#room.value.trim()) };
    } catch (error) {
      this.#showError(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #showRemembered(): void {
    const name = this.#name.value.trim();
    const isKnown = name !== "" && this.#actions.remembers(name);
    setText(
      byId("entry-known"),
      isKnown ? `This browser remembers ${name}: join to get the messages that waited.` : "",
    );
    byId("entry-forget").hidden = !isKnown;
  }

  #forget(): void {
    const name = this.#name.value.trim();
    this.#actions.forget(name);
    this.#name.value = "";
    this.#showRemembered();
    setText(byId("entry-known"), `This browser has forgotten ${name}.`);
    this.#name.focus();
  }

  #setBusy(busy: boolean): void {
    const button = byId<HTMLButtonElement>("entry-submit");
    button.disabled = busy;
    setText(button, busy ? "Joining…" : "Join");
  }

  #showError(error: string | undefined): void {
    setText(this.#error, error ?? "");
    this.#error.hidden = error === undefined;
  }
}
