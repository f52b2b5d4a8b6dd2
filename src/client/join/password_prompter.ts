/** Asks the user for the passwords that the server requires, one at a time. */

import type { PasswordKind } from "../../protocol/errors.ts";

/** A password that the server requires before it continues. */
export interface PasswordPrompt {
  readonly kind: PasswordKind;
  /** The room that the client is joining. */
  readonly room: string;
  /** The account's name, for `kind` `account`. */
  readonly name: string;
}

/** Asks the user for a password. Resolves with it, or with `undefined` if the user declines. There is no time limit. */
export type AskPassword = (prompt: PasswordPrompt) => Promise<string | undefined>;

export class PasswordPrompter {
  /** Without it, a room that needs an unknown password counts as refused. */
  askPassword: AskPassword | undefined;
  #open: PasswordPrompt | undefined;

  /** The question that the user has not answered. */
  get open(): PasswordPrompt | undefined {
    return this.#open;
  }

  /** Asks, and calls back with the answer. False if the user cannot be asked now. */
  ask(prompt: PasswordPrompt, answered: (password: string | undefined) => void): boolean {
    if (this.askPassword === undefined || this.#open !== undefined) return false;
    this.#open = prompt;
    void this.askPassword(prompt).then((password) => {
      this.#open = undefined;
      answered(password);
    });
    return true;
  }
}
