/** The options of a hub, and the history of earlier turns. */

import type {
  AckEvent,
  ClientCommand,
  MessageFile,
  Partner,
  ReadMark,
  RoomEntry,
  RoomMessage,
  WelcomeEvent,
} from "../protocol/messages/messages.ts";
import type { KeptRecord, KnownMember } from "./effect.ts";
import type { Rate } from "./state/token_bucket.ts";

/** The rules for new members. */
export interface AccessOptions {
  /** Whether the server has a password, which new members then need unless they have an invite. */
  readonly hasPassword: boolean;
  /** Whether the server has an admin password, which makes a session the owner's. */
  readonly hasAdminPassword: boolean;
  /** Whether new members need an invite, also without a password. */
  readonly inviteOnly: boolean;
}

/** Limits of the files that members send. */
export interface FileOptions {
  /** The size of the largest file. */
  readonly maxFileBytes: number;
  /** Bytes of all files, with those that are on their way. */
  readonly totalBytes: number;
  /** Bytes of the files that one member sends in 24 hours. */
  readonly bytesPerMemberAndDay: number;
}

/** The options of a hub. Ids follow from the seed, and secrets never reach it (see `hub_command.ts`). */
export interface HubOptions {
  readonly server: WelcomeEvent["server"];
  /** The rate of each member's messages; `undefined` for no limit. */
  readonly rate: Rate | undefined;
  /** `MAX_ROOMS` and `MAX_ROOMS_PER_MEMBER` by default. */
  readonly maxRooms?: number;
  readonly roomsPerMember?: number;
  /** Calls at the same time, `DEFAULT_MAX_CALLS` by default. Without any, the server has no calls. */
  readonly maxCalls?: number;
  /** 32 random bytes in hexadecimal, from which the random part of each id follows. */
  readonly seed: string;
  /** Without it the server is open, and no password makes an owner. */
  readonly access?: AccessOptions;
  /** Without it the server takes no files. */
  readonly files?: FileOptions;
  /** Rooms from before the start. */
  readonly rooms?: Iterable<
    { readonly id: string; readonly name: string; readonly topic: string; readonly seq: number }
  >;
  /** Reads what earlier turns stored. By default it is empty. */
  readonly historyReader?: HistoryReader;
  /** Accounts, tokens, devices, owned names, restrictions, roles, invites and uploads from before the start. */
  readonly records?: Iterable<KeptRecord>;
}

/** Reads the history when a command needs it. Answers change nothing. */
export interface HistoryReader {
  /** True if `ack` knows the acknowledgements of earlier turns. Otherwise only the core knows them. */
  readonly keepsAcks: boolean;
  /** False if no text is kept: a message reaches only those who are present. */
  readonly keepsText: boolean;
  memberByToken(tokenDigest: string): KnownMember | undefined;
  memberById(id: string): KnownMember | undefined;
  /** Returns the last member whose name had one of these keys. */
  memberByName(nameKeys: readonly string[]): KnownMember | undefined;
  /** Returns the member's acknowledgement with this `ref` from the last day. */
  ack(memberId: string, ref: string, now: number): AckEvent | undefined;
  /** Returns the conversation with this name, with the ids of the members who block the other one. */
  conversation(name: string): KnownConversation | undefined;
  /** Returns the number of all conversations, or of the member's, as far as earlier turns began them. */
  conversationCount(memberId?: string): number;
  /** Returns up to where the member has read the room or conversation. */
  readMark(memberId: string, channel: string): ReadMark | undefined;
  /** Returns the newest `limit` messages with seqs between `after` and `before`, with their changes, oldest first. */
  read(page: { readonly room: string; after?: number; before?: number; readonly limit: number }): RoomMessage[];
  /** Like `read`, but messages and changes in the order of their seqs, without reactions. */
  entries(page: { readonly room: string; after?: number; before?: number; readonly limit: number }): RoomEntry[];
  /** Returns the seq of the message or change with this id, if it is kept. */
  seqOf(room: string, id: string): number | undefined;
  /** True if the member has reacted to the message with this emoji. */
  hasReacted(room: string, seq: number, emoji: string, memberId: string): boolean;
  readonly files: FileReader;
}

/** Reads the files of messages that are kept. */
export interface FileReader {
  /** Returns the file with this id, with the name of its room or conversation, and the author of its message. */
  byId(id: string): { readonly room: string; readonly author: string; readonly file: MessageFile } | undefined;
}

/** A conversation as the store knows it. */
export interface KnownConversation {
  readonly id: string;
  readonly members: readonly [Partner, Partner];
  readonly seq: number;
  readonly blockedBy: readonly string[];
}

/** The reader of an empty history. */
export const NOTHING_KNOWN: HistoryReader = {
  keepsAcks: false,
  keepsText: true,
  memberByToken: () => undefined,
  memberById: () => undefined,
  memberByName: () => undefined,
  ack: () => undefined,
  conversation: () => undefined,
  conversationCount: () => 0,
  readMark: () => undefined,
  read: () => [],
  entries: () => [],
  seqOf: () => undefined,
  hasReacted: () => false,
  files: { byId: () => undefined },
};

/** True for a command that reads the history or ends a room: the server stores and shows all earlier effects before it. */
export function needsStoredEffects(command: ClientCommand): boolean {
  const { type } = command;
  return type === "message" ? command.reply !== undefined : NEED_STORED.has(type);
}

const NEED_STORED: ReadonlySet<string> = new Set<ClientCommand["type"]>([
  "edit",
  "delete",
  "react",
  "remove",
  "offer",
  "fetch",
]);
