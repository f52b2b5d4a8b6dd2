/** The way in: a name and a room. */

import { parseName, parseRoom } from "../../protocol/text/names.ts";
import { byId, on, setText } from "./dom.ts";

export interface LoginDetails {
  readonly name: string;
  readonly room: string;
}

export interface EntryOptions extends LoginDetails {
  readonly invited: boolean;
  /** Why one is here again. */
  readonly error?: string;
}

export class EntryView {
  readonly #name = byId<HTMLInputElement>("entry-name");
  readonly #room = byId<HTMLInputElement>("entry-room");
  readonly #error = byId("entry-error");

  constructor(enter: (entry: LoginDetails) => void) {
    on(byId("entry-form"), "submit", (event) => {
      event.preventDefault();
      const entry = this.#read();
      if (entry !== undefined) enter(entry);
    });
  }

  /** Until it is clear whether the server lets them in. */
  wait(): void {
    this.#fail(undefined);
    this.#busy(true);
  }

  show({ name, room, invited, error: fault }: EntryOptions): void {
    byId("entry").hidden = false;
    this.#busy(false);
    byId("entry-invited").hidden = !invited;
    byId("entry-plain").hidden = globalThis.isSecureContext;
    this.#name.value = name;
    this.#room.value = room;
    this.#fail(fault);
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
      this.#fail(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #busy(busy: boolean): void {
    const button = byId<HTMLButtonElement>("entry-submit");
    button.disabled = busy;
    setText(button, busy ? "Coming in…" : "Come in");
  }

  #fail(fault: string | undefined): void {
    setText(this.#error, fault ?? "");
    this.#error.hidden = fault === undefined;
  }
}
