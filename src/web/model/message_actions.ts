/** Changes to messages that the user sees, by typed commands or by the bar of a message. */

import { lastOwnMessage, othersOrNumbered, ownOrNumbered, parseReply } from "../../client/text/message_reference.ts";
import type { MessageIntent } from "../../client/delivery/message_intent.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { isRoomMessage } from "../../protocol/messages/messages.ts";
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

export interface OpenRoom {
  readonly state: ClientState;
  readonly room: string;
  readonly timeline: Timeline;
}

/** A change to send, or a draft for the user to edit first. */
export type PreparedChange = { readonly text: string; readonly intent: MessageIntent } | { readonly draft: string };

/** Throws an Error for users if there is no such message. */
export function prepareChange(input: PageChangeInput, place: OpenRoom): PreparedChange {
  const { room } = place;
  const state = withTimeline(place, numberIn(input));
  switch (input.type) {
    case "reply": {
      const { to, text } = parseReply(input.text, state, room);
      return { text, intent: { kind: "reply", to } };
    }
    case "react": {
      const of = othersOrNumbered(input.seq, state, room);
      return { text: input.emoji, intent: { kind: "react", of, ...input.remove && { remove: true } } };
    }
    case "edit": {
      const own = lastOwnMessage(state, room);
      if (input.text !== "") {
        return { text: input.text, intent: { kind: "edit", of: ownOrNumbered(undefined, state, room) } };
      }
      if (own === undefined) throw new Error("There is no message of yours to edit: send one first");
      return { draft: own.text };
    }
    case "delete":
      return { text: "", intent: { kind: "delete", of: ownOrNumbered(input.seq, state, room) } };
    default:
      return input satisfies never;
  }
}

/** The actions that the user may take on a message; `undefined` if it is deleted, unknown or direct. */
export function allowedActions(seq: number, place: OpenRoom): AllowedActions | undefined {
  const { state: { you }, timeline, room } = place;
  const message = timeline.messageWithSeq(seq)?.message;
  if (message === undefined || !isRoomMessage(message) || message.deleted) return undefined;
  const isOwn = message.from.id === you?.id;
  const label = `${message.from.name}: ${quoteOf(message).text}`;
  return { label, edit: isOwn && lastOwnMessage(withTimeline(place), room)?.seq === seq, delete: isOwn };
}

/** Adds the user's reaction, or removes it if it is already there. */
export function toggleReaction(seq: number, emoji: string, { state: { you }, timeline }: OpenRoom): PageChangeInput {
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
function withTimeline({ state, room, timeline }: OpenRoom, seq?: number): ClientState {
  const known = state.rooms.get(room);
  if (known === undefined) return state;
  const { recent } = timeline;
  const numbered = seq === undefined || recent.some((message) => message.seq === seq)
    ? undefined
    : timeline.messageWithSeq(seq)?.message;
  const messages = numbered !== undefined && isRoomMessage(numbered) ? [numbered, ...recent] : recent;
  return { ...state, rooms: new Map(state.rooms).set(room, { ...known, recent: messages }) };
}
