/** A conversation as the user sees it: a room, or direct messages with one member. */

import type { PendingMessage, Target } from "../../client/delivery/message_intent.ts";
import { mentions } from "../../client/text/mentions.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import type { Message, Partner, ReadMark } from "../../protocol/messages/messages.ts";
import { Timeline } from "./timeline.ts";

export type ConversationSubject =
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "direct"; readonly member: Partner };

export interface FailedMessage {
  readonly message: PendingMessage;
  /** The reason, as a sentence for users. */
  readonly reason: string;
}

/** Failed messages that wait for the user to resend or drop them. Beyond this the oldest are removed. */
const MAX_FAILED = 50;

export class Conversation {
  readonly key: string;
  readonly timeline = new Timeline();
  /** Replaced when the member changes their name. */
  partner: ConversationSubject;
  unread = 0;
  mentions = 0;
  /** Messages up to this seq are in the counts already, whenever they arrive. */
  countedSeq = 0;
  /** The newest seq that the user has read. A line separates it from newer messages. */
  readSeq: number | undefined;
  /** When the last message was sent, in RFC 3339; empty if it is unknown, `undefined` if there has been none. */
  activeAt: string | undefined;
  /** Whether a page of older messages is requested. */
  loading = false;
  #failed: readonly FailedMessage[] = [];

  constructor(key: string, partner: ConversationSubject) {
    this.key = key;
    this.partner = partner;
  }

  get title(): string {
    return this.partner.kind === "room" ? `#${this.partner.room}` : this.partner.member.name;
  }

  /** Commands name a member by id, since names change. */
  get target(): Target {
    return this.partner.kind === "room" ? { room: this.partner.room } : { to: this.partner.member.id };
  }

  /** The key under which the client knows it: see `placeKey`. */
  get place(): string {
    return this.partner.kind === "room" ? this.partner.room : this.key;
  }

  get failed(): readonly FailedMessage[] {
    return this.#failed;
  }

  addFailed(failed: FailedMessage): void {
    this.#failed = [...this.#failed, failed].slice(-MAX_FAILED);
  }

  removeFailed(ref: string): void {
    this.#failed = this.#failed.filter(({ message }) => message.ref !== ref);
  }

  /** Whether a message for this target belongs here. */
  accepts(target: Target): boolean {
    const { partner } = this;
    if (partner.kind === "room") return "room" in target && target.room === partner.room;
    return "to" in target && (target.to === partner.member.id || target.to === partner.member.name);
  }

  /** `words` are those that mention the user. */
  countUnread(message: Message, words: readonly string[]): void {
    this.unread++;
    if (this.partner.kind === "direct" || mentions(message.text, words)) this.mentions++;
  }

  /** Takes what the server counted up to `seq`, after the mark. */
  count(
    unread: number,
    { seq, mark = { seq: 0 } }: { readonly seq: number; readonly mark?: { readonly seq: number } },
  ): void {
    this.countedSeq = seq;
    this.takeMark(mark, unread);
    if (this.partner.kind === "direct") this.mentions = unread;
  }

  markRead(): void {
    this.unread = this.mentions = 0;
  }

  /** Takes the mark of the server: up to there the member has read it, on any device. `unread` is what follows it. */
  takeMark({ seq }: Pick<ReadMark, "seq">, unread: number): void {
    this.unread = unread;
    this.mentions = Math.min(this.mentions, unread);
    // The line above what is new stays while the user looks at it.
    if (unread > 0) this.readSeq = seq;
  }
}

export function roomKey(room: string): string {
  return `#${room}`;
}

export function directKey({ id }: Partner): string {
  return `@${id}`;
}

/** Splits the prefix of an action (`/me`) from a text. */
export function splitAction(text: string): { readonly text: string; readonly action: boolean } {
  const action = text.startsWith(ACTION_PREFIX);
  return { text: action ? text.slice(ACTION_PREFIX.length) : text, action };
}
