import type { Client } from "../../client/client.ts";
import type { HistoryEvent } from "../../protocol/messages/messages.ts";
import type { Conversation } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";

const REF = "older ";

/** Loads older messages of rooms, one request at a time for each. The `ref` of a request names its room. */
export class OlderMessages {
  readonly #conversations: Conversations;

  constructor(conversations: Conversations) {
    this.#conversations = conversations;
  }

  /** Requests at most `limit` older messages, unless all are loaded or a request is pending. */
  request(client: Pick<Client, "command">, conversation: Conversation, limit: number): void {
    const { partner, timeline } = conversation;
    if (partner.kind !== "room" || conversation.loading || timeline.complete || timeline.full) return;
    const { room } = partner;
    const before = timeline.oldestSeq;
    conversation.loading = client.command({ type: "history", ref: REF + room, room, before, limit });
  }

  /** Adds the reply to a request. Other pages of history are ignored. */
  add({ ref, room, messages, more }: HistoryEvent): void {
    const conversation = this.#conversations.ofRoom(room);
    if (conversation === undefined || !ref?.startsWith(REF)) return;
    conversation.loading = false;
    conversation.timeline.addOlder(messages, more);
  }

  /** Ends the request that an error with this `ref` answers. Returns false for the `ref` of anything else. */
  fail(ref: string | undefined): boolean {
    if (!ref?.startsWith(REF)) return false;
    const conversation = this.#conversations.ofRoom(ref.slice(REF.length));
    if (conversation !== undefined) conversation.loading = false;
    return true;
  }

  /** The connection is lost: no pending request gets a reply. */
  failAll(): void {
    for (const conversation of this.#conversations.all) conversation.loading = false;
  }
}
