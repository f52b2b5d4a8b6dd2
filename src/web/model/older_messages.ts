import type { Client } from "../../client/client.ts";
import { MAX_PAGE_MESSAGES } from "../../protocol/limits.ts";
import type { ErrorEvent, HistoryEvent, Message } from "../../protocol/messages/messages.ts";
import type { Conversation } from "./conversation.ts";
import type { Conversations } from "./conversations.ts";
import type { ReplyQueue } from "./reply_queue.ts";

const REF = "older ";
/** Pages that one call of `loadTo` loads at most: the server's rate of commands allows so many at once. */
const MAX_PAGES = 25;
/** The most messages that it loads. */
export const MAX_MESSAGES_BACK = MAX_PAGES * MAX_PAGE_MESSAGES;

type IsShown = (message: Message) => boolean;

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
  add({ ref, messages, more }: HistoryEvent, isShown: IsShown): void {
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

  /**
   * Loads older messages until the one with this seq is there. Resolves with false if it is further back than
   * `MAX_MESSAGES_BACK`, or not kept. Rejects if the server refuses a page, or the connection is lost.
   */
  async loadTo(replies: ReplyQueue, conversation: Conversation, seq: number, isShown: IsShown): Promise<boolean> {
    const { target, timeline } = conversation;
    for (let pages = 0; pages < MAX_PAGES && !timeline.reaches(seq); pages++) {
      const before = timeline.oldestSeq;
      const page = { type: "history", ...target, before, limit: MAX_PAGE_MESSAGES } as const;
      const { messages, more } = await replies.ask(page, "history");
      timeline.addOlder(messages, more, isShown);
    }
    return timeline.messageWithSeq(seq) !== undefined;
  }

  /** The connection is lost: no pending request gets a reply. */
  failAll(): void {
    for (const conversation of this.#conversations.all) conversation.loading = false;
  }
}
