/** Changes to messages that the user sees, by typed commands or by the bar of a message. */

import { lastOwnMessage, othersOrNumbered, ownOrNumbered, parseReply } from "../../client/text/message_reference.ts";
import type { MessageIntent } from "../../client/delivery/message_intent.ts";
import { type ClientState, withRecent } from "../../client/state/client_state.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import type { Timeline } from "./timeline.ts";

export type PageChangeInput = Extract<SlashInput, { type: "reply" | "react" | "edit" | "delete" }>;

export type MessageAction = { readonly kind: "reply" | "edit" | "delete" } | {
  readonly kind: "react";
  readonly emoji: string;
};

export interface AllowedActions {
  /** Author and text, in one line. */
  readonly label: string;
  readonly edit: boolean;
  readonly delete: boolean;
}

/** The room or conversation in which the user acts. */
export interface OpenPlace {
  readonly state: ClientState;
  /** Its key, as `placeKey` gives it. */
  readonly place: string;
  readonly timeline: Timeline;
}

/** A change to send, or a draft for the user to edit first. */
export type PreparedChange = { readonly text: string; readonly intent: MessageIntent } | { readonly draft: string };

/** Throws an Error for users if there is no such message. */
export function prepareChange(input: PageChangeInput, open: OpenPlace): PreparedChange {
  const { place } = open;
  const state = withTimeline(open, numberIn(input));
  switch (input.type) {
    case "reply": {
      const { to, text } = parseReply(input.text, state, place);
      return { text, intent: { kind: "reply", to } };
    }
    case "react": {
      const of = othersOrNumbered(input.seq, state, place);
      return { text: input.emoji, intent: { kind: "react", of, ...input.remove && { remove: true } } };
    }
    case "edit": {
      const own = lastOwnMessage(state, place);
      if (input.text !== "") {
        return { text: input.text, intent: { kind: "edit", of: ownOrNumbered(undefined, state, place) } };
      }
      if (own === undefined) throw new Error("There is no message of yours to edit: send one first");
      return { draft: own.text };
    }
    case "delete":
      return { text: "", intent: { kind: "delete", of: ownOrNumbered(input.seq, state, place) } };
    default:
      return input satisfies never;
  }
}

/** The actions that the user may take on a message; `undefined` if it is deleted or unknown. */
export function allowedActions(seq: number, open: OpenPlace): AllowedActions | undefined {
  const { state: { you }, timeline, place } = open;
  const message = timeline.messageWithSeq(seq)?.message;
  if (message === undefined || message.deleted) return undefined;
  const isOwn = message.from.id === you?.id;
  const label = `${message.from.name}: ${quoteOf(message).text}`;
  return { label, edit: isOwn && lastOwnMessage(withTimeline(open), place)?.seq === seq, delete: isOwn };
}

/** Adds the user's reaction, or removes it if it is already there. */
export function toggleReaction(seq: number, emoji: string, { state: { you }, timeline }: OpenPlace): PageChangeInput {
  const remove = timeline.messageWithSeq(seq)?.reactors?.get(emoji)?.some(({ id }) => id === you?.id) ?? false;
  return { type: "react", emoji, remove, seq };
}

/** The number of the message that the user named, if any. */
function numberIn(input: PageChangeInput): number | undefined {
  if (input.type === "edit") return undefined;
  return input.type === "reply" ? Number(/^\d{1,15}/.exec(input.text)?.[0] ?? NaN) : input.seq;
}

/**
 * The client's state with the recent messages of the timeline, which also holds loaded older messages, and with the message
 * with the number `seq`.
 */
function withTimeline({ state, place, timeline }: OpenPlace, seq?: number): ClientState {
  const { recent } = timeline;
  const numbered = seq === undefined || recent.some((message) => message.seq === seq)
    ? undefined
    : timeline.messageWithSeq(seq)?.message;
  return withRecent(state, place, numbered === undefined ? recent : [numbered, ...recent]);
}
