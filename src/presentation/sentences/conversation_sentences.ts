/** Sentences about private conversations: their list, and the new messages of a user who comes back. */

import type { ConversationsEvent, ConversationSummary } from "../../protocol/messages/messages.ts";
import { DELETED } from "./change_sentences.ts";
import { counted, type Markup, type Reader } from "./markup.ts";

/** Conversations of which a user on nc is told at the start. */
const MAX_TOLD = 5;

/**
 * The user's conversations, newest first. A list without a `ref` is news of the server: on nc it says which conversations
 * have new messages, and elsewhere nothing, since those clients fetch the messages themselves.
 */
export function conversationsText(event: ConversationsEvent, markup: Markup, reader: Reader): string[] {
  const { ref, conversations, more } = event;
  if (ref === undefined) return markup.client === "plain" ? unreadRows(conversations, markup) : [];
  if (conversations.length === 0) return ["You have no conversations yet: /msg NAME TEXT begins one"];
  const next = markup.client === "plain" ? "/msg NAME opens one" : "/conversations N opens one";
  return [
    `Your conversations, newest first: ${next}`,
    ...conversations.map((conversation, index) => conversationRow(conversation, index, markup, reader)),
    ...(more ? ["and older ones"] : []),
  ];
}

/** `2. bob (3 new), 2026-11-29 10:02: bob: are you there?` */
function conversationRow(conversation: ConversationSummary, index: number, markup: Markup, reader: Reader): string {
  const { with: { name }, unread, last } = conversation;
  const number = markup.client === "plain" ? "" : `${index + 1}. `;
  const count = unread === 0 ? "" : ` (${counted(unread)} new)`;
  return `${number}${markup.strong(markup.name(name))}${count}${
    last === undefined ? "" : lastText(last, markup, reader)
  }`;
}

function lastText(
  { at, from, text }: NonNullable<ConversationSummary["last"]>,
  markup: Markup,
  { you }: Reader,
): string {
  const author = from === undefined ? "" : `${from.id === you?.id ? "you" : markup.name(from.name)}: `;
  return `, ${markup.moment(at)}: ${author}${text === undefined ? DELETED : markup.text(text)}`;
}

function unreadRows(conversations: readonly ConversationSummary[], markup: Markup): string[] {
  const unread = conversations.filter((conversation) => conversation.unread > 0);
  const rows = unread.slice(0, MAX_TOLD).map(({ with: { name }, unread }) => {
    const messages = unread === 1 ? "message" : "messages";
    const show = `/history @${markup.name(name)} shows ${unread === 1 ? "it" : "them"}`;
    return `${counted(unread)} new ${messages} from ${markup.name(name)}: ${show}`;
  });
  const rest = unread.length - rows.length;
  return rest === 0
    ? rows
    : [...rows, `New messages in ${counted(rest)} more conversations: /conversations lists them`];
}

/** `name` of a conversation, such as `@bob`, that has become the current place. */
export function openedSentence(name: string): string {
  return `You write to ${name} now: /history shows earlier messages`;
}

/** `partner` is the name of the other member. */
export function closedSentence(partner: string): string {
  return `@${partner} is closed and its messages are kept: /msg ${partner} opens it`;
}
