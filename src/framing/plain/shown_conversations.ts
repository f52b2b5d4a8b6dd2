/** The conversations that a user on nc has seen since they typed last, so that the server can be told that they are read. */

import type { Message, ReadCommand, ServerEvent } from "../../protocol/messages/messages.ts";

/** Further ones stay unread, until they are shown again. */
const MAX_SHOWN = 64;

export class ShownConversations {
  /** The id of the newest message shown, by the id of the other member. */
  readonly #newest = new Map<string, string>();

  /** Takes an event that is shown to the user. */
  add(event: ServerEvent): void {
    if (event.type === "message") this.#note(event);
    else if (event.type === "history" && event.messages.length > 0) this.#note(event.messages.at(-1)!);
  }

  /** Returns the commands that mark what was shown as read, and forgets it. */
  take(): ReadCommand[] {
    const commands = Array.from(this.#newest, ([to, id]) => ({ type: "read", to, id }) as const);
    this.#newest.clear();
    return commands;
  }

  #note(message: Message): void {
    if ("room" in message || message.from.id !== message.with.id) return;
    const { id } = message.with;
    if (this.#newest.has(id) || this.#newest.size < MAX_SHOWN) this.#newest.set(id, message.id);
  }
}
