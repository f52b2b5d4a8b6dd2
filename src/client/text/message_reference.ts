/** Which message is meant by somebody who looks at a screen: the last one that fits, unless they say more. */

import { foldCase } from "../../protocol/text/names.ts";
import type { Recent, RoomState } from "../state/room_state.ts";
import type { ClientState } from "../state/client_state.ts";

/** Of a reply: what it answers, a seq or somebody's name, and what it says. */
export interface ReplyDraft {
  readonly to: number | string;
  readonly text: string;
}

/** `words` may begin with a number of the room or a name that is known there. Throws an Error for people. */
export function parseReply(words: string, state: ClientState, room: string): ReplyDraft {
  const known = state.rooms.get(room);
  const [, word = "", text = ""] = /^(\S*)\s*([^]*)$/.exec(words)!;
  if (known !== undefined && text !== "") {
    const to = numberOf(word, known) ?? lastNamed(word, known);
    if (to !== undefined) return { to, text };
  }
  const to = lastSeqOfOthers(state, room);
  if (to === undefined) throw new Error("There is nothing to answer yet: write /reply NAME TEXT, or the text alone");
  return { to, text: words };
}

function numberOf(word: string, { seq }: RoomState): number | undefined {
  return /^[1-9]\d{0,14}$/.test(word) && Number(word) <= seq ? Number(word) : undefined;
}

/** The name itself where nothing of theirs was seen: the server may know more. */
function lastNamed(word: string, { recent, members }: RoomState): number | string | undefined {
  const name = addressedName(word);
  const said = recent.findLast(({ from }) => foldCase(from.name) === name);
  return said?.seq ?? members.values().find((member) => foldCase(member.name) === name)?.name;
}

/** A name as people address each other, folded: `@ada` and `Ada:` are ada. */
export function addressedName(word: string): string {
  return foldCase(word.replace(/^@/, "").replace(/[:,]$/, ""));
}

/** Undefined where none was seen. */
export function lastSeqOfOthers({ rooms, you }: ClientState, room: string): number | undefined {
  return rooms.get(room)?.recent.findLast(({ from }) => from.id !== you?.id)?.seq;
}

/** One's own last message; undefined where none was seen, or another one is on its way: then only the server knows it. */
export function lastOwnMessage({ rooms, you, pending }: ClientState, room: string): Recent | undefined {
  const isNewer = pending.some(({ target, intent }) =>
    "room" in target && target.room === room && (intent === undefined || intent.kind === "reply")
  );
  return isNewer ? undefined : rooms.get(room)?.recent.findLast(({ from }) => from.id === you?.id);
}
