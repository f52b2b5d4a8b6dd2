import type { Client } from "../../client/client.ts";
import { type ClientState, memberIdOf } from "../../client/state/client_state.ts";
import type { Message, Partner } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import type { Conversations } from "./conversations.ts";

export interface IgnoreListOptions {
  readonly client: () => Pick<Client, "reader" | "command">;
  readonly conversations: Conversations;
  readonly state: () => ClientState;
  /** Called when other messages are to be shown. */
  readonly changed: () => void;
}

/** The members whom the user ignores: hides their messages here, and has the server keep their direct messages back. */
export class IgnoreList {
  readonly #options: IgnoreListOptions;

  constructor(options: IgnoreListOptions) {
    this.#options = options;
  }

  /** Names as typed. */
  get names(): readonly string[] {
    return this.#reader.ignored.map(([name]) => name);
  }

  ignores(member: Partner): boolean {
    return member.id !== this.#options.state().you?.id && this.#reader.ignores(member);
  }

  readonly isShown = ({ from }: Pick<Message, "from">): boolean => !this.ignores(from);

  /** A sentence with the names. */
  get text(): string {
    const { names } = this;
    return names.length === 0
      ? "You ignore nobody: /ignore NAME hides a member's messages"
      : `You ignore ${names.join(", ")}`;
  }

  /** Returns a sentence for the user. Throws an Error for users if the member cannot be ignored. */
  add(name: string): string {
    if (foldName(name) === foldName(this.#options.state().you?.name ?? "")) {
      throw new Error("You cannot ignore yourself: name another member");
    }
    const id = this.#idOf(name);
    this.#reader.ignore(name, id);
    if (id !== undefined) this.#block({ to: id });
    const { conversations, changed } = this.#options;
    if (id !== undefined) conversations.remove(`@${id}`);
    for (const { timeline } of conversations.all) timeline.hide(this.isShown);
    changed();
    return `You no longer see messages of ${name}: /unignore ${name} ends that`;
  }

  /** Returns a sentence for the user. Throws an Error for users if the member is not ignored. */
  remove(name: string): string {
    const id = this.#idOf(name);
    if (!this.#reader.unignore(name)) throw new Error(`You do not ignore ${name}: /ignore lists ignored members`);
    if (id !== undefined) this.#block({ to: id, off: true });
    const { conversations, changed } = this.#options;
    for (const { timeline } of conversations.all) timeline.reveal();
    changed();
    return `You see messages of ${name} again`;
  }

  get #reader(): Client["reader"] {
    return this.#options.client().reader;
  }

  #idOf(name: string): string | undefined {
    const folded = foldName(name);
    const known = this.#reader.ignored.find(([ignored]) => foldName(ignored) === folded)?.[1];
    return known || memberIdOf(this.#options.state(), name);
  }

  #block(block: { readonly to: string; readonly off?: true }): void {
    this.#options.client().command({ type: "block", ...block });
  }
}
