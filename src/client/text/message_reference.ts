/**
 * Finds the message that a user refers to: the last one that fits, unless the user names another. A place is a room or a
 * conversation, by its key.
 */

import { foldName } from "../../protocol/text/names.ts";
import { isUuid } from "../../protocol/uuid.ts";
import type { Target } from "../delivery/message_intent.ts";
import type { Recent, RoomState } from "../state/room_state.ts";
import { type ClientState, type ConversationState, placeState } from "../state/client_state.ts";
import { memberIdOf } from "../state/member_lookup.ts";

/** A reply: its text, and the message or the member's name that it answers. */
export interface ReplyDraft {
  readonly to: number | string;
  readonly text: string;
}

/**
 * `argument` may begin with a message number or a member's name. Throws an Error for users if there is nothing to
 * answer.
 */
export function parseReply(argument: string, state: ClientState, place: string): ReplyDraft {
  const known = placeState(state, place);
  const [, word = "", text = ""] = /^(\S*)\s*([^]*)$/.exec(argument)!;
  if (known !== undefined && text !== "") {
    const to = numberOf(word, known) ?? lastNamed(word, known);
    if (to !== undefined) return { to, text };
  }
  const to = lastOfOthers(state, place);
  if (to === undefined) throw new Error("There is nothing to answer yet: write /reply NAME TEXT, or the text alone");
  return { to, text: argument };
}

function numberOf(word: string, room: Known): number | string | undefined {
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
function lastNamed(word: string, known: Known): number | string | undefined {
  const { recent } = known;
  const name = addressedName(word);
  const message = recent.findLast(({ from }) => foldName(from.name) === name);
  if (message !== undefined) return reference(message);
  const members = "members" in known ? [...known.members.values()] : [known.partner];
  return members.find((member) => foldName(member.name) === name)?.name;
}

/** The folded name in an address: `@ada` and `Ada:` give ada. */
export function addressedName(word: string): string {
  return foldName(word.replace(/^@/, "").replace(/[:,]$/, ""));
}

/** Names the last message of another member; `undefined` if none is known. */
export function lastOfOthers(state: ClientState, place: string): number | string | undefined {
  const message = placeState(state, place)?.recent.findLast(({ from }) => from.id !== state.you?.id);
  return message && reference(message);
}

/** Names the message with this number, by default the last one of another member; `undefined` if that is not known. */
export function othersOrNumbered(
  seq: number | undefined,
  state: ClientState,
  place: string,
): number | string | undefined {
  return seq === undefined ? lastOfOthers(state, place) : referenceTo(seq, placeState(state, place)?.recent ?? []);
}

/** Names the message with this number, by default the user's own last one; `undefined` if that is not known. */
export function ownOrNumbered(seq: number | undefined, state: ClientState, place: string): number | string | undefined {
  if (seq !== undefined) return referenceTo(seq, placeState(state, place)?.recent ?? []);
  const own = lastOwnMessage(state, place);
  return own && reference(own);
}

/**
 * The user's own last message. `undefined` if none is known, or if a newer one is pending: then only the server knows
 * it.
 */
export function lastOwnMessage(state: ClientState, place: string): Recent | undefined {
  const isNewer = state.pending.some(({ target, intent }) =>
    targetKey(state, target) === place && (intent === undefined || intent.kind === "reply")
  );
  return isNewer ? undefined : placeState(state, place)?.recent.findLast(({ from }) => from.id === state.you?.id);
}

/** The key of the room or conversation that a message is for; `undefined` for a member whose id is not known. */
export function targetKey(state: ClientState, target: Target): string | undefined {
  if ("room" in target) return target.room;
  const id = memberIdOf(state, target.to);
  return id === undefined ? undefined : `@${id}`;
}

/** The target of messages for the room or conversation with this key. */
export function targetOf(key: string): Target {
  return key.startsWith("@") ? { to: key.slice(1) } : { room: key };
}

type Known = RoomState | ConversationState;
