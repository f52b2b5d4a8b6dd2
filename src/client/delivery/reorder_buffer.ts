/** Delivers each room's messages and changes in order and once, and asks the server for those missing in between. */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
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
/** The limit for `MessageGap.chars` of all gaps together. Beyond it all lines are delivered despite their gaps. */
const MAX_HELD_CHARS = 16 * 1024 * 1024;
/** After this many gaps in a row for which the server had nothing, it is not asked again until the room is rejoined. */
const MAX_EMPTY_GAPS = 8;
const REF_PREFIX = "fill ";

export class ReorderBuffer {
  readonly #options: ReorderBufferOptions;
  readonly #gaps = new Map<string, MessageGap>();
  #link: BufferLink | undefined;
  /** Rooms, each with its number of gaps in a row that the server could not fill, if there are any. */
  readonly #emptyGaps = new Map<string, number>();
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
  }

  receive(line: string, message: RoomLine): void {
    if ("seq" in message) this.#receiveOfRoom({ line, message });
    else this.#receiveDirect(line, message);
  }

  /** Takes a confirmed join, before the missed messages follow. Those include the held ones. */
  joined(event: JoinedEvent): void {
    this.#gaps.delete(event.room.name);
    this.#emptyGaps.delete(event.room.name);
    this.#options.cursor.joined(event);
  }

  /** Closes the gap of a room that was left, since the server would not answer. */
  left(room: string): void {
    this.#close(this.#gaps.get(room));
    this.#emptyGaps.delete(room);
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
      if (!gap.fill(event)) return this.#close(gap);
      this.#request(gap);
      this.#limitHeld();
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
    if (distance > 1 && this.#mayFill(next.message.room) && this.#link !== undefined) this.#open(next, this.#link);
    else if (distance > 0) this.#show(next);
  }

  /**
   * Whether to ask the server for a gap of this room. A member's rooms are limited, and so are the rooms tracked here.
   */
  #mayFill(room: string): boolean {
    const empty = this.#emptyGaps.get(room) ?? 0;
    if (empty === 0 && this.#emptyGaps.size >= MAX_ROOMS_PER_MEMBER) return false;
    return empty < MAX_EMPTY_GAPS && this.#gaps.size < MAX_ROOMS_PER_MEMBER;
  }

  #show({ line, message }: MessageLine): void {
    this.#options.cursor.advance(message);
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
    link.send(gap.request);
    this.#after(FILL_TIMEOUT_MS, gap, (open) => this.#close(open));
  }

  #hold(gap: MessageGap, line: MessageLine): void {
    gap.hold(line);
    this.#limitHeld();
  }

  #limitHeld(): void {
    const held = this.#gaps.values().reduce((sum, { chars }) => sum + chars, 0);
    if (held <= MAX_HELD_CHARS) return;
    for (const open of [...this.#gaps.values()]) this.#close(open, true);
  }

  #request(gap: MessageGap): void {
    this.#link?.send(gap.request);
  }

  /**
   * Delivers the found and the held messages; the others no longer exist. Does nothing if the gap is closed already.
   * With `isLast`, later gaps of the room are not filled.
   */
  #close(gap: MessageGap | undefined, isLast = false): void {
    if (gap === undefined || this.#gaps.get(gap.room) !== gap) return;
    this.#gaps.delete(gap.room);
    const { room, found } = gap;
    if (isLast) this.#emptyGaps.set(room, MAX_EMPTY_GAPS);
    else if (found.length > 0) this.#emptyGaps.delete(room);
    else this.#emptyGaps.set(room, (this.#emptyGaps.get(room) ?? 0) + 1);
    for (const line of found) this.#show(line);
    const [first, ...rest] = gap.held as [MessageLine, ...MessageLine[]];
    this.#show(first);
    for (const next of rest) this.#receiveOfRoom(next);
  }

  /**
   * Calls back after `ms`, unless the gap is closed or the link lost by then. The timer does not keep the gap alive.
   */
  #after(ms: number, { room, ref }: MessageGap, callback: (gap: MessageGap) => void): void {
    this.#options.clock.after(ms, () => {
      const open = this.#gaps.get(room);
      if (open?.ref === ref) callback(open);
    }, this.#link?.signal);
  }
}
