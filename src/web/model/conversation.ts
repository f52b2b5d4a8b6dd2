/** What the reader sees of one room, or of the talk with one member. */

import type { PendingMessage, Target } from "../../client/client_event.ts";
import { mentions } from "../../client/text/text_segments.ts";
import { ACTION_PREFIX } from "../../protocol/conventions.ts";
import type { MemberInfo, Message } from "../../protocol/messages/messages.ts";
import { Timeline } from "./timeline.ts";

export type Partner =
  | { readonly kind: "room"; readonly room: string }
  | { readonly kind: "direct"; readonly member: MemberInfo };

export interface Failed {
  readonly message: PendingMessage;
  /** Why, for people. */
  readonly reason: string;
}

/** Messages that failed and wait for the reader's word; of more the oldest go. */
const MAX_FAILED = 50;

export class Conversation {
  readonly key: string;
  readonly timeline = new Timeline();
  /** A member's name changes. */
  partner: Partner;
  unread = 0;
  mentions = 0;
  /** The last seq that the reader has seen; a line is drawn behind it. */
  readSeq: number | undefined;
  /** Whether a page of older messages is on its way. */
  loading = false;
  #failed: readonly Failed[] = [];

  constructor(key: string, partner: Partner) {
    this.key = key;
    this.partner = partner;
  }

  get title(): string {
    return this.partner.kind === "room" ? `#${this.partner.room}` : this.partner.member.name;
  }

  get target(): Target {
    return this.partner.kind === "room" ? { room: this.partner.room } : { to: this.partner.member.name };
  }

  get failed(): readonly Failed[] {
    return this.#failed;
  }

  fail(failed: Failed): void {
    this.#failed = [...this.#failed, failed].slice(-MAX_FAILED);
  }

  forget(ref: string): void {
    this.#failed = this.#failed.filter(({ message }) => message.ref !== ref);
  }

  /** Whether a message on its way goes here. */
  takes(target: Target): boolean {
    return this.partner.kind === "room"
      ? "room" in target && target.room === this.partner.room
      : "to" in target && target.to === this.partner.member.name;
  }

  countUnread(message: Message, you: MemberInfo | undefined): void {
    this.unread++;
    if (this.partner.kind === "direct" || mentions(message.text, you === undefined ? [] : [you.name])) this.mentions++;
  }

  read(): void {
    this.unread = this.mentions = 0;
  }
}

export function roomKey(room: string): string {
  return `#${room}`;
}

export function directKey(member: MemberInfo): string {
  return `@${member.id}`;
}

/** The text without the mark of an action, and whether there was one. */
export function spoken(text: string): { readonly text: string; readonly action: boolean } {
  const action = text.startsWith(ACTION_PREFIX);
  return { text: action ? text.slice(ACTION_PREFIX.length) : text, action };
}
