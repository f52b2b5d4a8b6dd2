/** A search as the user fills it in: words, an author, a day and a place. */

import type { SearchCommand, SearchEvent } from "../../protocol/messages/messages.ts";
import { parsePageInput } from "../page_commands.ts";
import type { Conversation } from "../model/conversation.ts";
import type { ReplyQueue } from "../model/reply_queue.ts";

/** A user who needs more results adds words or filters. */
const SEARCH_MESSAGES = 50;

export interface SearchFields {
  /** Words as in a typed `/search`, which may have filters too. */
  readonly words: string;
  /** The name of the author, or empty. */
  readonly from: string;
  /** The day before which messages were sent, such as `2026-11-01`, or empty. */
  readonly before: string;
}

/** The query of a typed `/search`. Filters come first, because the words may end in a phrase whose quote is open. */
export function searchQuery({ words, from, before }: SearchFields): string {
  const name = from.trim().replaceAll('"', "");
  const filters = [name === "" ? "" : `from:"${name}"`, before === "" ? "" : `before:${before}`];
  return [...filters, words.trim()].filter((part) => part !== "").join(" ");
}

/** Searches a room or conversation. Rejects with an Error for users. */
export async function searchIn({ target }: Conversation, query: string, replies: ReplyQueue): Promise<SearchEvent> {
  const input = parsePageInput(`/search ${query}`, () => target);
  const { command } = input as { readonly command: SearchCommand };
  return await replies.ask({ ...command, limit: SEARCH_MESSAGES }, "search");
}

/** How many messages were found, and where. */
export function searchSummary({ messages, more }: SearchEvent, { title }: Conversation): string {
  if (messages.length === 0) return `No messages found in ${title}`;
  return `${messages.length} found in ${title}, newest first${more ? "; there are more" : ""}`;
}
