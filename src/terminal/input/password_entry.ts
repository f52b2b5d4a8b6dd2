/** Commands that ask for a password before they are sent, and the password prompts of the server. */

import type { PasswordPrompt } from "../../client/join/password_prompter.ts";
import { MIN_ACCOUNT_PASSWORD_BYTES } from "../../protocol/limits.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import { utf8Length } from "../../protocol/text/utf8_length.ts";
import { roomName } from "../render/line_style.ts";
import type { SecretQuestion } from "./secret_prompt.ts";

export interface PasswordEntryOptions {
  readonly ask: (question: SecretQuestion) => void;
  readonly login: (name: string | undefined, password: string) => void;
  /** Throws an `Error` with a message for the user if the command cannot be sent. */
  readonly send: (command: ClientCommand) => void;
  readonly say: (text: string) => void;
  readonly fail: (text: string) => void;
}

export class PasswordEntry {
  readonly #options: PasswordEntryOptions;

  constructor(options: PasswordEntryOptions) {
    this.#options = options;
  }

  /** Asks for the password that the server requires; `undefined` if the user enters none. */
  answer(question: PasswordPrompt): Promise<string | undefined> {
    return new Promise((resolve) => this.#ask(passwordPrompt(question), resolve));
  }

  login(name: string | undefined): void {
    const prompt = passwordPrompt({ kind: name === undefined ? "admin" : "account", name: name ?? "", room: "" });
    this.#ask(prompt, (password) => {
      if (password === undefined) this.#options.say("No password entered: you are not logged in");
      else this.#options.login(name, password);
    });
  }

  register(): void {
    this.#askNew("New password for your name: ", (password) => {
      if (utf8Length(password) >= MIN_ACCOUNT_PASSWORD_BYTES) return this.#send({ type: "register", password });
      const least = `at least ${MIN_ACCOUNT_PASSWORD_BYTES} characters`;
      this.#options.fail(`The password is too short: /register again, with ${least}`);
    });
  }

  lock(room: string): void {
    const prompt = `New password for ${roomName(room)}: `;
    this.#askNew(prompt, (password) => this.#send({ type: "lock", room, password }));
  }

  #ask(prompt: string, then: (password: string | undefined) => void): void {
    this.#options.ask({ prompts: [prompt], answer: (secrets) => then(secrets?.[0]) });
  }

  /** Asks twice, because the password is not shown while it is typed. */
  #askNew(prompt: string, then: (password: string) => void): void {
    const answer: SecretQuestion["answer"] = (secrets) => {
      if (secrets === undefined) this.#options.say("No password entered: nothing was changed");
      else if (secrets[0] !== secrets[1]) this.#options.fail("The passwords do not match: try again");
      else then(secrets[0]!);
    };
    this.#options.ask({ prompts: [prompt, "Repeat the password: "], answer });
  }

  #send(command: ClientCommand): void {
    try {
      this.#options.send(command);
    } catch (error) {
      this.#options.fail((error as Error).message);
    }
  }
}

function passwordPrompt({ kind, room, name }: PasswordPrompt): string {
  switch (kind) {
    case "server":
      return "Password of the chat: ";
    case "room":
      return `Password of ${roomName(room)}: `;
    case "account":
      return `Password of ${sanitizeLine(name)}: `;
    case "admin":
      return "Admin password: ";
    default:
      return unknown(kind);
  }
}

function unknown(kind: never): never {
  throw new Error(`Cannot ask for ${JSON.stringify(kind)}`);
}
