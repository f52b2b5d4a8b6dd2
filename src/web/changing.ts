/** What a typed line does to a message that is there, among those that the reader sees. */

import { answerOf, lastOfOthers, lastOwn } from "../client/choosing.ts";
import type { Intent } from "../client/intent.ts";
import type { ClientState } from "../client/state.ts";
import type { Input } from "./commands.ts";
import type { Timeline } from "./timeline.ts";

export type ChangeInput = Extract<Input, { type: "reply" | "react" | "edit" | "delete" }>;

export interface Place {
  readonly state: ClientState;
  readonly room: string;
  readonly timeline: Timeline;
}

/** To be sent, or a line for the reader to go on with. */
export type Changing = { readonly text: string; readonly intent: Intent } | { readonly write: string };

/** Throws an Error for people where there is no such message. */
export function changeOf(input: ChangeInput, place: Place): Changing {
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
      return { write: `/edit ${own.text}` };
    }
    case "delete":
      return { text: "", intent: { kind: "delete", seq: input.seq ?? lastOwn(state, room)?.seq } };
    default:
      return input satisfies never;
  }
}

/** The state knows what came while the page was open; the timeline also what was loaded. */
function asSeen({ state, room, timeline }: Place): ClientState {
  const known = state.rooms.get(room);
  if (known === undefined) return state;
  return { ...state, rooms: new Map(state.rooms).set(room, { ...known, recent: timeline.recent }) };
}
