import type { Client } from "../../client/client.ts";
import type { ErrorEvent, HistoryEvent, Message } from "../../protocol/messages/messages.ts";
import type { Conversation } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";

const REF = "older ";

/** Loads older messages, one request at a time for each room or conversation. The `ref` of a request has its key. */
export class OlderMessages {
  readonly #conversations: Conversations;

  constructor(conversations: Conversations) {
    this.#conversations = conversations;
  }

  /** Requests at most `limit` older messages, unless all are loaded or a request is pending. */
  request(client: Pick<Client, "command">, conversation: Conversation, limit: number): void {
    const { key, target, timeline } = conversation;
    if (conversation.loading || timeline.complete || timeline.full) return;
    const before = timeline.oldestSeq;
    conversation.loading = client.command({ type: "history", ref: REF + key, ...target, before, limit });
  }

  /** Adds the reply to a request. Other pages of history are ignored. */
  add({ ref, messages, more }: HistoryEvent, isShown: (message: Message) => boolean): void {
    if (!ref?.startsWith(REF)) return;
    const conversation = this.#conversations.get(ref.slice(REF.length));
    if (conversation === undefined) return;
    conversation.loading = false;
    conversation.timeline.addOlder(messages, more, isShown);
  }

  /** Ends the request that an error with this `ref` answers. Returns false for the `ref` of anything else. */
  fail({ ref, code }: Pick<ErrorEvent, "ref" | "code">): boolean {
    if (!ref?.startsWith(REF)) return false;
    const conversation = this.#conversations.get(ref.slice(REF.length));
    if (conversation === undefined) return true;
    conversation.loading = false;
    // A conversation that has not begun has no older messages.
    if (code === "no_such_message") conversation.timeline.addOlder([], false);
    return true;
  }

  /** The connection is lost: no pending request gets a reply. */
  failAll(): void {
    for (const conversation of this.#conversations.all) conversation.loading = false;
  }
}
