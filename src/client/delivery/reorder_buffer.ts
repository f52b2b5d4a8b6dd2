/** Delivers each room's messages and changes in order and once, and asks the server for those missing in between. */

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

type BufferLink = Pick<ServerLink, "signal" | "send">;

/** The events that the buffer orders. */
export type RoomLine = RoomEntry | DirectMessage;

export function isRoomLine(event: ServerEvent): event is RoomLine {
  return event.type === "message" || isRoomEntry(event);
}

export interface ReorderBufferOptions {
  readonly clock: Clock;
  readonly cursor: ReceiveCursor;
  /** Takes the next message, which has just been recorded as received. */
  readonly show: (line: string, message: RoomLine) => void;
}

/** How long the messages after a gap are held. */
const FILL_TIMEOUT_MS = 10_000;
/** UTF-16 units of all held lines, plus `CHARS_BESIDE_LINE` for each parsed message. Beyond it they are delivered despite the gap. */
const MAX_HELD_CHARS = 16 * 1024 * 1024;
const CHARS_BESIDE_LINE = 512;
/** After this many gaps in a row for which the server had nothing, it is not asked again until the room is rejoined. */
const MAX_EMPTY_GAPS = 8;
const REF_PREFIX = "fill ";

export class ReorderBuffer {
  readonly #options: ReorderBufferOptions;
  readonly #gaps = new Map<string, MessageGap>();
  #link: BufferLink | undefined;
  /** Rooms, each with its number of gaps in a row that the server could not fill. */
  readonly #emptyGaps = new Map<string, number>();
  #heldChars = 0;
  #requests = 0;

  constructor(options: ReorderBufferOptions) {
    this.#options = options;
  }

  linkOpened(link: BufferLink): void {
    this.#link = link;
  }

  /** Drops the held messages. They do not count as received, so the next join asks for them. */
  linkLost(): void {
    this.#link = undefined;
    this.#gaps.clear();
    this.#emptyGaps.clear();
    this.#heldChars = 0;
  }

  receive(line: string, message: RoomLine): void {
    if ("seq" in message) this.#receiveOfRoom({ line, message });
    else this.#receiveDirect(line, message);
  }

  /** Takes a confirmed join, before the missed messages follow. Those include the held ones. */
  joined(event: JoinedEvent): void {
    this.#forget(this.#gaps.get(event.room.name));
    this.#emptyGaps.delete(event.room.name);
    this.#options.cursor.joined(event);
  }

  /** Closes the gap of a room that was left, since the server would not answer. */
  left(room: string): void {
    this.#close(this.#gaps.get(room));
  }

  /** Takes the reply to a request of this buffer. False for any other event. */
  takeReply(event: HistoryEvent | ErrorEvent): boolean {
    if (event.ref?.startsWith(REF_PREFIX) !== true) return false;
    for (const gap of this.#gaps.values()) {
      if (gap.ref === event.ref) this.#replied(gap, event);
    }
    return true;
  }

  #replied(gap: MessageGap, event: HistoryEvent | ErrorEvent): void {
    if (event.type === "history") {
      if (gap.fill(event)) this.#request(gap);
      else this.#close(gap);
    } else if (event.code === "rate_limited") {
      this.#after(retryDelay(event), gap, (open) => this.#request(open));
    } else {
      this.#close(gap);
    }
  }

  #receiveDirect(line: string, message: DirectMessage): void {
    if (this.#options.cursor.admitDirect(message.id)) this.#options.show(line, message);
  }

  #receiveOfRoom(next: MessageLine): void {
    const gap = this.#gaps.get(next.message.room);
    if (gap !== undefined) return this.#hold(gap, next);
    const distance = this.#options.cursor.distance(next.message);
    const isGivenUp = (this.#emptyGaps.get(next.message.room) ?? 0) >= MAX_EMPTY_GAPS;
    if (distance > 1 && !isGivenUp && this.#link !== undefined) this.#open(next, this.#link);
    else if (distance > 0) this.#show(next.line, next.message);
  }

  #show(line: string, message: RoomEntry): void {
    this.#options.cursor.advance(message.room, message.seq);
    this.#options.show(line, message);
  }

  #open(first: MessageLine, link: BufferLink): void {
    const { room, seq } = first.message;
    const gap = new MessageGap(
      REF_PREFIX + ++this.#requests,
      seq - this.#options.cursor.distance(first.message),
      first,
    );
    this.#gaps.set(room, gap);
    this.#heldChars += charsOf(first);
    link.send(gap.request);
    this.#after(FILL_TIMEOUT_MS, gap, (open) => this.#close(open));
  }

  #hold(gap: MessageGap, line: MessageLine): void {
    gap.hold(line);
    this.#heldChars += charsOf(line);
    if (this.#heldChars <= MAX_HELD_CHARS) return;
    for (const open of [...this.#gaps.values()]) this.#close(open, true);
  }

  #request(gap: MessageGap): void {
    this.#link?.send(gap.request);
  }

  /** Delivers the found and the held messages; the others no longer exist. With `isLast`, later gaps of the room are not filled. */
  #close(gap: MessageGap | undefined, isLast = false): void {
    if (gap === undefined || !this.#forget(gap)) return;
    const empty = gap.found.length > 0 ? 0 : (this.#emptyGaps.get(gap.room) ?? 0) + 1;
    this.#emptyGaps.set(gap.room, isLast ? MAX_EMPTY_GAPS : empty);
    for (const message of gap.found) this.#show(JSON.stringify(message), message);
    const [first, ...rest] = gap.held as [MessageLine, ...MessageLine[]];
    this.#show(first.line, first.message);
    for (const next of rest) this.#receiveOfRoom(next);
  }

  /** Removes a gap with its held lines. False if it is closed already. */
  #forget(gap: MessageGap | undefined): boolean {
    if (gap === undefined || this.#gaps.get(gap.room) !== gap) return false;
    this.#gaps.delete(gap.room);
    for (const line of gap.held) this.#heldChars -= charsOf(line);
    return true;
  }

  /** Calls back after `ms`, unless the gap is closed or the link lost by then. The timer does not keep a closed gap alive. */
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
