import type { Client } from "../../client/client.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import {
  ignoredSentence,
  ignoreListSentence,
  unignoredSentence,
} from "../../presentation/sentences/ignore_sentences.ts";
import type { Message, Partner } from "../../protocol/messages/messages.ts";
import type { Conversations } from "./conversations.ts";

export interface IgnoreListOptions {
  readonly client: () => Pick<Client, "ignored">;
  readonly conversations: Conversations;
  readonly state: () => ClientState;
  /** Called when other messages are to be shown. */
  readonly changed: () => void;
}

/** The members whom the user ignores, as the page shows them: it hides their messages and conversations. */
export class IgnoreList {
  readonly #options: IgnoreListOptions;

  constructor(options: IgnoreListOptions) {
    this.#options = options;
  }

  /** Names as typed. */
  get names(): readonly string[] {
    return this.#members.names;
  }

  ignores(member: Partner): boolean {
    return member.id !== this.#options.state().you?.id && this.#members.has(member);
  }

  readonly isShown = ({ from }: Pick<Message, "from">): boolean => !this.ignores(from);

  /** A sentence with the names. */
  get text(): string {
    return ignoreListSentence(this.names);
  }

  /** Returns a sentence for the user. Throws an Error for users if the member cannot be ignored. */
  add(name: string): string {
    const id = this.#members.add(name);
    const { conversations, changed } = this.#options;
    if (id !== undefined) conversations.remove(`@${id}`);
    for (const { timeline } of conversations.all) timeline.hide(this.isShown);
    changed();
    return ignoredSentence(name);
  }

  /** Returns a sentence for the user. Throws an Error for users if the member is not ignored. */
  remove(name: string): string {
    this.#members.remove(name);
    const { conversations, changed } = this.#options;
    for (const { timeline } of conversations.all) timeline.reveal();
    changed();
    return unignoredSentence(name);
  }

  get #members(): Client["ignored"] {
    return this.#options.client().ignored;
  }
}
