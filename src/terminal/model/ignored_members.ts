/** The commands `/ignore` and `/unignore`: they hide a member here, and have the server keep private messages of the member back. */

import { type ClientState, memberIdOf } from "../../client/state/client_state.ts";
import type { ReaderState } from "../../client/state/reader_state.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import type { ClientCommand } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";

export interface IgnoredMembersOptions {
  readonly reader: () => ReaderState;
  readonly state: () => ClientState;
  /** Sends a command, if there is a connection. */
  readonly command: (command: ClientCommand) => void;
}

export class IgnoredMembers {
  readonly #options: IgnoredMembersOptions;

  constructor(options: IgnoredMembersOptions) {
    this.#options = options;
  }

  /** Performs a command. Returns the sentence to show. Throws an Error for users if it cannot. */
  perform({ type, name }: Extract<SlashInput, { type: "ignore" | "unignore" }>): string {
    if (name === undefined) return this.#list();
    return type === "ignore" ? this.#ignore(name) : this.#unignore(name);
  }

  #list(): string {
    const names = this.#options.reader().ignored.map(([name]) => sanitizeLine(name));
    return names.length === 0
      ? "You ignore nobody: /ignore NAME hides a member's messages"
      : `You ignore ${names.join(", ")}`;
  }

  #ignore(name: string): string {
    const state = this.#options.state();
    if (foldName(name) === foldName(state.you?.name ?? "")) {
      throw new Error("You cannot ignore yourself: name another member");
    }
    const to = memberIdOf(state, name);
    this.#options.reader().ignore(name, to);
    if (to !== undefined) this.#options.command({ type: "block", to });
    const shown = sanitizeLine(name);
    return `You no longer see messages of ${shown}: /unignore ${shown} ends that`;
  }

  #unignore(name: string): string {
    const reader = this.#options.reader();
    const shown = sanitizeLine(name);
    const known = reader.ignored.find(([other]) => foldName(other) === foldName(name));
    if (!reader.unignore(name)) throw new Error(`You do not ignore ${shown}: /ignore lists ignored members`);
    const to = known?.[1] || memberIdOf(this.#options.state(), name);
    if (to !== undefined) this.#options.command({ type: "block", to, off: true });
    return `You see messages of ${shown} again`;
  }
}
