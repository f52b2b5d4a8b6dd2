import type { Client } from "../../client/client.ts";
import type { ConversationsEvent } from "../../protocol/messages/messages.ts";

const REF = "more conversations";
const CONVERSATIONS_AT_ONCE = 50;

/** How far the server has listed the member's conversations, newest first. */
export class ConversationPages {
  #hasMore = false;
  /** The id of the partner in the oldest conversation that the server has listed. */
  #oldestPartner: string | undefined;

  /** Whether the server has older conversations than those that are listed. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Requests the conversations that follow the last one listed. */
  request(client: Pick<Client, "command">): void {
    client.command({ type: "conversations", ref: REF, before: this.#oldestPartner, limit: CONVERSATIONS_AT_ONCE });
  }

  /** The server also lists the newest conversations after each connect. Those are known unless this is the first time. */
  received({ ref, more, conversations }: ConversationsEvent): void {
    if (ref !== REF && this.#oldestPartner !== undefined) return;
    this.#hasMore = more;
    this.#oldestPartner = conversations.at(-1)?.with.id ?? this.#oldestPartner;
  }

  /** Another server has other conversations. */
  clear(): void {
    this.#hasMore = false;
    this.#oldestPartner = undefined;
  }
}
