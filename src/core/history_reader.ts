import type { AckEvent, ClientCommand, DirectMessage, RoomMessage } from "../protocol/messages/messages.ts";
import type { KnownMember } from "./effect.ts";

/** Whether a command asks what was said, or ends a room: all that was decided before has to be kept and told by then. */
export function asksWhatWasSaid(command: ClientCommand): boolean {
  const { type } = command;
  return type === "message" ? command.reply !== undefined : ["edit", "delete", "react", "remove"].includes(type);
}

/** What is known from before, asked for at the moment it is needed. Answers do not change anything. */
export interface HistoryReader {
  /** Whether `ack` knows what was answered in turns that are over. Else only the core does. */
  readonly keepsAcks: boolean;
  memberByToken(tokenDigest: string): KnownMember | undefined;
  /** Whoever had a name with one of these keys last. */
  memberByName(nameKeys: readonly string[]): KnownMember | undefined;
  /** What the member was answered to this `ref` within the last day. */
  ack(memberId: string, ref: string, now: number): AckEvent | undefined;
  /** The newest `limit` direct messages that the member is not known to have got, oldest first. */
  unconfirmed(memberId: string, limit: number, now: number): DirectMessage[];
  /** The newest `limit` messages whose seqs lie between the two, as they are now, oldest first. */
  read(page: { readonly room: string; after?: number; before?: number; readonly limit: number }): RoomMessage[];
  /** Whether the member has put this emoji to the message. */
  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean;
}

export const NOTHING_KNOWN: HistoryReader = {
  keepsAcks: false,
  memberByToken: () => undefined,
  memberByName: () => undefined,
  ack: () => undefined,
  unconfirmed: () => [],
  read: () => [],
  hasReacted: () => false,
};
