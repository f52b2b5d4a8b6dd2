/**
 * What is said about a message after it was sent. A change takes the next seq of its room, as a message does: so it is kept,
 * acknowledged, replayed behind `after` and told from a repeat in the same way.
 */

import type { MemberInfo } from "./messages.ts";

/** Gives one's own message another text. Without `seq` it is one's last message in the room. */
export interface EditCommand {
  readonly type: "edit";
  readonly ref?: string;
  readonly room: string;
  readonly seq?: number;
  readonly text: string;
}

/** Takes one's own message back, or somebody else's as a moderator. Without `seq` it is one's own last one in the room. */
export interface DeleteCommand {
  readonly type: "delete";
  readonly ref?: string;
  readonly room: string;
  readonly seq?: number;
}

/** Puts an emoji to a message, or takes it away again. Without `seq` it is the last message of somebody else in the room. */
export interface ReactCommand {
  readonly type: "react";
  readonly ref?: string;
  readonly room: string;
  readonly seq?: number;
  readonly emoji: string;
  readonly remove?: true;
}

export type ChangeCommand = EditCommand | DeleteCommand | ReactCommand;

/**
 * The message that something is about. `from` is missing where it is not kept any more. `text` is how it begins, on one line
 * of at most `MAX_QUOTE_CHARS`: of replies and reactions, and missing where it was deleted.
 */
export interface Quote {
  readonly seq: number;
  readonly from?: MemberInfo;
  readonly text?: string;
}

/** How many have put this emoji to a message. */
export interface Reaction {
  readonly emoji: string;
  readonly count: number;
}

/** `seq` is its own, `of.seq` that of the message; `from` is whoever did it. */
interface ChangeOfMessage {
  readonly id: string;
  readonly room: string;
  readonly seq: number;
  readonly of: Quote;
  readonly from: MemberInfo;
  readonly at: string;
}

/** When it is told later than it happened, `text` is missing where the message was changed once more, or is gone. */
export interface EditedEvent extends ChangeOfMessage {
  readonly type: "edited";
  readonly text?: string;
}

export interface DeletedEvent extends ChangeOfMessage {
  readonly type: "deleted";
}

/** `count` is how many have put this emoji there by now. */
export interface ReactedEvent extends ChangeOfMessage {
  readonly type: "reacted";
  readonly emoji: string;
  readonly count: number;
  readonly removed?: true;
}

export type Change = EditedEvent | DeletedEvent | ReactedEvent;
