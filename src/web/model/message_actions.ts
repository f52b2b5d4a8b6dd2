/** What a typed line, or the bar at a message, does to a message that is there, among those that the reader sees. */

import { answerOf, lastOfOthers, lastOwn } from "../../client/text/message_selection.ts";
import type { Intent } from "../../client/delivery/intent.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { isRoomMessage } from "../../protocol/messages/messages.ts";
import { quoteOf } from "../../protocol/messages/messages.ts";
import type { PageInput } from "../page_commands.ts";
import type { Timeline } from "./timeline.ts";

export type PageChangeInput = Extract<PageInput, { type: "reply" | "react" | "edit" | "delete" }>;

export type Deed = { readonly kind: "reply" | "edit" | "delete" } | { readonly kind: "react"; readonly emoji: string };

export interface Able {
  /** Who said what. */
  readonly label: string;
  readonly edit: boolean;
  readonly delete: boolean;
}

export interface Place {
  readonly state: ClientState;
  readonly room: string;
  readonly timeline: Timeline;
}

/** To be sent, or a text for the reader to change. */
export type MessageActions = { readonly text: string; readonly intent: Intent } | { readonly anew: string };

/** Throws an Error for people where there is no such message. */
export function changeOf(input: PageChangeInput, place: Place): MessageActions {
  const { room } = place;
  const state = asSeen(place);
  switch (input.type) {
    case "reply": {
      const { to, text } = answerOf(input.words, state, room);
      return { text, intent: { kind: "reply", to } };
    }
    case "react": {
      const seq = input.seq ?? lastOfOthers(state, room);
      return { text: input.emoji, intent: { kind: "react", seq, ...input.remove && { remove: true } } };
    }
    case "edit": {
      const own = lastOwn(state, room);
      if (input.text !== "") return { text: input.text, intent: { kind: "edit", seq: own?.seq } };
      if (own === undefined) throw new Error("There is no message of yours to bring back: write /edit TEXT");
      return { anew: own.text };
    }
    case "delete":
      return { text: "", intent: { kind: "delete", seq: input.seq ?? lastOwn(state, room)?.seq } };
    default:
      return input satisfies never;
  }
}

/** What the reader may do to a message; undefined where it is gone, or none of a room. */
export function ableTo(seq: number, place: Place): Able | undefined {
  const { state: { you }, timeline, room } = place;
  const message = timeline.said(seq)?.message;
  if (message === undefined || !isRoomMessage(message) || message.deleted) return undefined;
  const isOwn = message.from.id === you?.id;
  const label = `${message.from.name}: ${quoteOf(message).text}`;
  return { label, edit: isOwn && lastOwn(asSeen(place), room)?.seq === seq, delete: isOwn };
}

/** Puts the emoji to the message, or takes it away where the reader has put it there. */
export function reactionTo(seq: number, emoji: string, { state: { you }, timeline }: Place): PageChangeInput {
  const remove = timeline.said(seq)?.reactors?.get(emoji)?.some(({ id }) => id === you?.id) ?? false;
  return { type: "react", emoji, remove, seq };
}

/** The state knows what came while the page was open; the timeline also what was loaded. */
function asSeen({ state, room, timeline }: Place): ClientState {
  const known = state.rooms.get(room);
  if (known === undefined) return state;
  return { ...state, rooms: new Map(state.rooms).set(room, { ...known, recent: timeline.recent }) };
}
