/** The parts of the page that its chat needs: a client, and functions that the chat calls. */

import type { Client } from "../client/client.ts";
import type { ClientListener } from "../client/state/client_state.ts";
import type { InviteEvent, Message, Partner } from "../protocol/messages/messages.ts";
import type { Conversation } from "./model/conversation.ts";
import type { ClosedConversations } from "./model/conversations.ts";

/** The part of `Client` that the page uses. */
export type PageChatClient = Pick<
  Client,
  | "start"
  | "send"
  | "join"
  | "leave"
  | "rename"
  | "login"
  | "command"
  | "markRead"
  | "catchUp"
  | "ignored"
  | "offerLink"
  | "answerLink"
  | "askPassword"
  | "checkLink"
  | "close"
  | "closed"
>;

export interface PageChatOptions {
  readonly makeClient: (onEvent: ClientListener) => PageChatClient;
  /** The room to open first. */
  readonly room: string;
  /** The member whose conversation was open before a reload, and the conversations that were closed. */
  readonly direct?: Partner;
  readonly closed?: ClosedConversations;
  /** Whether the user sees new messages of the open conversation. */
  readonly isWatched: () => boolean;
  /** Words that count as a mention, besides the user's name. */
  readonly keywords: () => readonly string[];
  /** The current time in RFC 3339. */
  readonly now: () => string;
  /** Called after each change that a view may show. */
  readonly changed: () => void;
  /** Called for each unseen message that is direct or mentions the user. */
  readonly mentioned: (conversation: Conversation, message: Message) => void;
  /** Called with an invite that the user has made. */
  readonly invited: (invite: InviteEvent) => void;
}
