/** Brings the messages of each room, and their changes, on in order and each once, and asks the server for those that are missing between two. */

import {
  type DirectMessage,
  type ErrorEvent,
  type HistoryEvent,
  isRoomEntry,
  type JoinedEvent,
  type RoomEntry,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import { MessageGap, type MessageLine } from "./message_gap.ts";
import type { ServerLink } from "../link/server_link.ts";
import { retryDelay } from "../link/link_end.ts";
import type { ReceiveCursor } from "./receive_cursor.ts";

type InboxLink = Pick<ServerLink, "signal" | "send">;

/** What it puts in order. */
export type RoomLine = RoomEntry | DirectMessage;

export function isRoomLine(event: ServerEvent): event is RoomLine {
  return event.type === "message" || isRoomEntry(event);
}

export interface ReorderBufferOptions {
  readonly clock: Clock;
  readonly seen: ReceiveCursor;
  /** Takes the next message, one that was noted as seen just now. */
  readonly show: (line: string, message: RoomLine) => void;
}

/** How long the messages behind a gap are held. */
const FILL_TIMEOUT_MS = 10_000;
/** UTF-16 units of all lines that are held, each with what the message takes beside them; past it they are shown, gap or not. */
const MAX_HELD_CHARS = 16 * 1024 * 1024;
const CHARS_BESIDE_LINE = 512;
/** Gaps of a room in a row for which the server had nothing: after them it is not asked again until the room is joined again. */
const MAX_VAIN_GAPS = 8;
const REF_PREFIX = "fill ";

export class ReorderBuffer {
  readonly #options: ReorderBufferOptions;
  readonly #gaps = new Map<string, MessageGap>();
  #link: InboxLink | undefined;
  readonly #vainGaps = new Map<string, number>();
  #heldChars = 0;
  #asked = 0;

  constructor(options: ReorderBufferOptions) {
    this.#options = options;
  }

  linkOpened(link: InboxLink): void {
    this.#link = link;
  }

  /** What is held was not seen, so that the next join asks for it. */
  linkLost(): void {
    this.#link = undefined;
    this.#gaps.clear();
    this.#vainGaps.clear();
    this.#heldChars = 0;
  }

  receive(line: string, message: RoomLine): void {
    if ("seq" in message) this.#receiveOfRoom({ line, message });
    else this.#receiveDirect(line, message);
  }

  /** To be called when we are let into a room, before what was missed there follows: that includes what is held. */
  joined(event: JoinedEvent): void {
    this.#forget(this.#gaps.get(event.room.name));
    this.#vainGaps.delete(event.room.name);
    this.#options.seen.joined(event);
  }

  /** We are out of the room: nobody would answer. */
  left(room: string): void {
    this.#close(this.#gaps.get(room));
  }

  /** True for the answer to a question of ours, which is nobody else's business. */
  takeAnswer(event: HistoryEvent | ErrorEvent): boolean {
    if (event.ref?.startsWith(REF_PREFIX) !== true) return false;
    for (const gap of this.#gaps.values()) {
      if (gap.ref === event.ref) this.#answered(gap, event);
    }
    return true;
  }

  #answered(gap: MessageGap, event: HistoryEvent | ErrorEvent): void {
    if (event.type === "history") {
      if (gap.fill(event)) this.#ask(gap);
      else this.#close(gap);
    } else if (event.code === "rate_limited") {
      this.#after(retryDelay(event), gap, (open) => this.#ask(open));
    } else {
      this.#close(gap);
    }
  }

  #receiveDirect(line: string, message: DirectMessage): void {
    if (this.#options.seen.admitDirect(message.id)) this.#options.show(line, message);
  }

  #receiveOfRoom(next: MessageLine): void {
    const gap = this.#gaps.get(next.message.room);
    if (gap !== undefined) return this.#hold(gap, next);
    const distance = this.#options.seen.distance(next.message);
    const isVain = (this.#vainGaps.get(next.message.room) ?? 0) >= MAX_VAIN_GAPS;
    if (distance > 1 && !isVain && this.#link !== undefined) this.#open(next, this.#link);
    else if (distance > 0) this.#show(next.line, next.message);
  }

  #show(line: string, message: RoomEntry): void {
    this.#options.seen.note(message.room, message.seq);
    this.#options.show(line, message);
  }

  #open(first: MessageLine, link: InboxLink): void {
    const { room, seq } = first.message;
    const gap = new MessageGap(REF_PREFIX + ++this.#asked, seq - this.#options.seen.distance(first.message), first);
    this.#gaps.set(room, gap);
    this.#heldChars += charsOf(first);
    link.send(gap.question);
    this.#after(FILL_TIMEOUT_MS, gap, (open) => this.#close(open));
  }

  #hold(gap: MessageGap, line: MessageLine): void {
    gap.hold(line);
    this.#heldChars += charsOf(line);
    if (this.#heldChars <= MAX_HELD_CHARS) return;
    for (const open of [...this.#gaps.values()]) this.#close(open, true);
  }

  #ask(gap: MessageGap): void {
    this.#link?.send(gap.question);
  }

  /** Shows what was found and what was held. What was not found is not there any more. With `isLast` no further gap is filled. */
  #close(gap: MessageGap | undefined, isLast = false): void {
    if (gap === undefined || !this.#forget(gap)) return;
    const vain = gap.found.length > 0 ? 0 : (this.#vainGaps.get(gap.room) ?? 0) + 1;
    this.#vainGaps.set(gap.room, isLast ? MAX_VAIN_GAPS : vain);
    for (const message of gap.found) this.#show(JSON.stringify(message), message);
    const [first, ...rest] = gap.held as [MessageLine, ...MessageLine[]];
    this.#show(first.line, first.message);
    for (const next of rest) this.#receiveOfRoom(next);
  }

  /** False where it is closed already. */
  #forget(gap: MessageGap | undefined): boolean {
    if (gap === undefined || this.#gaps.get(gap.room) !== gap) return false;
    this.#gaps.delete(gap.room);
    for (const line of gap.held) this.#heldChars -= charsOf(line);
    return true;
  }

  /** Calls back unless the gap is closed by then, or the link lost. A closed gap is not kept until then. */
  #after(ms: number, { room, ref }: MessageGap, callback: (gap: MessageGap) => void): void {
    this.#options.clock.after(ms, () => {
      const open = this.#gaps.get(room);
      if (open?.ref === ref) callback(open);
    }, this.#link?.signal);
  }
}

function charsOf({ line }: MessageLine): number {
  return line.length + CHARS_BESIDE_LINE;
}
