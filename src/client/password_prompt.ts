/** What a client asks the person who uses it. */

import type { PasswordKind } from "../protocol/errors.ts";

/** A password that the server wants before it goes on. */
export interface PasswordPrompt {
  /** Whose it is. */
  readonly kind: PasswordKind;
  /** The room that we are about to enter. */
  readonly room: string;
  /** Whom the account belongs to, where it is an account's. */
  readonly name: string;
}

/** Resolves with what was typed; undefined where nobody wants to say. It may take as long as it takes. */
export type AskPassword = (question: PasswordPrompt) => Promise<string | undefined>;
