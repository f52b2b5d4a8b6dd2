/** Finds the message that a user refers to: the last one that fits, unless the user names another. */

import { foldName } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Recent, RoomState } from "../state/room_state.ts";
import type { ClientState } from "../state/client_state.ts";

/** A reply: its text, and the message or the member's name that it answers. */
export interface ReplyDraft {
  readonly to: number | string;
  readonly text: string;
}

/**
 * `argument` may begin with a message number or a member's name. Throws an Error for users if there is nothing to
 * answer.
 */
export function parseReply(argument: string, state: ClientState, room: string): ReplyDraft {
  const known = state.rooms.get(room);
  const [, word = "", text = ""] = /^(\S*)\s*([^]*)$/.exec(argument)!;
  if (known !== undefined && text !== "") {
    const to = numberOf(word, known) ?? lastNamed(word, known);
    if (to !== undefined) return { to, text };
  }
  const to = lastOfOthers(state, room);
  if (to === undefined) throw new Error("There is nothing to answer yet: write /reply NAME TEXT, or the text alone");
  return { to, text: argument };
}

function numberOf(word: string, room: RoomState): number | string | undefined {
  return /^[1-9]\d{0,14}$/.test(word) && Number(word) <= room.seq ? referenceTo(Number(word), room.recent) : undefined;
}

/** How a command names the message with this number: by its id, or by the number itself if the message is not known. */
function referenceTo(seq: number, known: readonly Pick<Recent, "id" | "seq">[]): number | string {
  const message = known.findLast((message) => message.seq === seq);
  return message === undefined ? seq : reference(message);
}

/** Imported messages may have ids of any form, which a reply could take for a name. */
function reference({ id, seq }: Pick<Recent, "id" | "seq">): number | string {
  return isUuid(id) ? id : seq;
}

/** The member's last known message, or else the name: the server may know more messages. */
function lastNamed(word: string, { recent, members }: RoomState): number | string | undefined {
  const name = addressedName(word);
  const message = recent.findLast(({ from }) => foldName(from.name) === name);
  if (message !== undefined) return reference(message);
  return members.values().find((member) => foldName(member.name) === name)?.name;
}

/** The folded name in an address: `@ada` and `Ada:` give ada. */
export function addressedName(word: string): string {
  return foldName(word.replace(/^@/, "").replace(/[:,]$/, ""));
}

/** Names the last message of another member; `undefined` if none is known. */
export function lastOfOthers({ rooms, you }: ClientState, room: string): number | string | undefined {
  const message = rooms.get(room)?.recent.findLast(({ from }) => from.id !== you?.id);
  return message && reference(message);
}

/** Names the message with this number, by default the last one of another member; `undefined` if that is not known. */
export function othersOrNumbered(
  seq: number | undefined,
  state: ClientState,
  room: string,
): number | string | undefined {
  return seq === undefined ? lastOfOthers(state, room) : referenceTo(seq, state.rooms.get(room)?.recent ?? []);
}

/** Names the message with this number, by default the user's own last one; `undefined` if that is not known. */
export function ownOrNumbered(seq: number | undefined, state: ClientState, room: string): number | string | undefined {
  if (seq !== undefined) return referenceTo(seq, state.rooms.get(room)?.recent ?? []);
  const own = lastOwnMessage(state, room);
  return own && reference(own);
}

/**
 * The user's own last message. `undefined` if none is known, or if a newer one is pending: then only the server knows
 * it.
 */
export function lastOwnMessage({ rooms, you, pending }: ClientState, room: string): Recent | undefined {
  const isNewer = pending.some(({ target, intent }) =>
    "room" in target && target.room === room && (intent === undefined || intent.kind === "reply")
  );
  return isNewer ? undefined : rooms.get(room)?.recent.findLast(({ from }) => from.id === you?.id);
}
