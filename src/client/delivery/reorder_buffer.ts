/**
 * Delivers the messages and changes of each room and conversation in order and once, and asks the server for those missing
 * in between.
 */

import { MAX_ROOMS_PER_MEMBER } from "../../protocol/limits.ts";
import {
  type ConversationsEvent,
  type Entry,
  type ErrorEvent,
  type HistoryEvent,
  type JoinedEvent,
  keyOfPage,
  placeKey,
  type RenumberedEvent,
} from "../../protocol/messages/messages.ts";
import type { Clock } from "../clock.ts";
import { type GapRange, MessageGap, type MessageLine } from "./message_gap.ts";
import { MissedConversations } from "./missed_conversations.ts";
import type { ServerLink } from "../link/server_link.ts";
import { retryDelay } from "../link/link_end.ts";
import { MAX_ROOMS_REMEMBERED, type ReceiveCursor } from "./receive_cursor.ts";

type BufferLink = Pick<ServerLink, "signal" | "send">;

export interface ReorderBufferOptions {
  readonly clock: Clock;
  readonly cursor: ReceiveCursor;
  /** Whether to ask once, in each place, for what the member has not read on any device, though this client has received it. */
  readonly fromMark: boolean;
  /** The place that the user sees, for views that show one at a time: see `ClientOptions`. */
  readonly openPlace?: () => string | undefined;
  /** Takes the next message, which has just been recorded as received. */
  readonly show: (line: string, message: Entry) => void;
}

/** How long the messages after a gap are held. */
const FILL_TIMEOUT_MS = 10_000;
/** The limit for `MessageGap.chars` of all gaps together. Beyond it all lines are delivered despite their gaps. */
const MAX_HELD_CHARS = 16 * 1024 * 1024;
/** After this many gaps in a row for which the server had nothing, it is not asked again until the room is rejoined. */
const MAX_EMPTY_GAPS = 8;
/** Unread entries of one place that a client asks for. */
const MAX_FIRST_ENTRIES = 200;
const REF_PREFIX = "fill ";

export class ReorderBuffer {
  readonly #options: ReorderBufferOptions;
  readonly #gaps = new Map<string, MessageGap>();
  #link: BufferLink | undefined;
  readonly #missed: MissedConversations;
  /** Places, each with its number of gaps in a row that the server could not fill, if there are any. */
  readonly #emptyGaps = new Map<string, number>();
  /** Places in which this client has asked for unread entries, or did not need to. At most `MAX_ROOMS_REMEMBERED`. */
  readonly #resumed = new Set<string>();
  #requests = 0;

  constructor(options: ReorderBufferOptions) {
    this.#options = options;
    this.#missed = new MissedConversations(options.openPlace);
  }

  linkOpened(link: BufferLink): void {
    this.#link = link;
  }

  /** Drops the held messages. They do not count as received, so the next join asks for them. */
  linkLost(): void {
    this.#link = undefined;
    this.#gaps.clear();
    this.#missed.linkLost();
    this.#emptyGaps.clear();
  }

  receive(line: string, message: Entry): void {
    this.#receive({ line, message });
  }

  /** Forgets what another server had. */
  forget(): void {
    this.#missed.forget();
  }

  /** Takes the list of conversations, and asks for the entries that this client has not received, one conversation at a time. */
  listed({ conversations }: ConversationsEvent): void {
    this.#missed.listed(conversations.flatMap(({ seq, mark, ...place }): GapRange[] => {
      const key = placeKey(place);
      const known = this.#options.cursor.seqOf(key);
      const unread = Math.max(mark?.seq ?? 0, seq - MAX_FIRST_ENTRIES);
      const resumes = this.#resumes(key);
      const after = known === undefined ? unread : resumes ? Math.min(known, unread) : known;
      return after < seq && !this.#gaps.has(key) ? [{ key, after, before: seq + 1 }] : [];
    }));
    this.#fillNext();
  }

  /** Asks for what this client has not received of the conversation. */
  catchUp(key: string): void {
    this.#missed.open(key);
    this.#fillNext();
  }

  #fillNext(): void {
    if (this.#gaps.size > 0 || this.#link === undefined) return;
    const next = this.#missed.next();
    if (next !== undefined) this.#open(next, this.#link);
  }

  /** Takes a confirmed join, before the missed messages follow. Those include the held ones, and wait for older unread ones. */
  joined(event: JoinedEvent): void {
    const { cursor } = this.#options;
    const { name: key } = event.room;
    this.#gaps.delete(key);
    this.#emptyGaps.delete(key);
    const isKnown = !cursor.isAnother(event.room) && cursor.seqOf(key) !== undefined;
    cursor.joined(event);
    // A member who has never read here, but was here before, has read nothing. A new one has nothing to read.
    const read = event.mark?.seq ?? (isKnown ? 0 : undefined);
    const last = event.seq - event.missed;
    if (!this.#resumes(key) || read === undefined || read >= last || this.#link === undefined) return;
    this.#open({ key, after: Math.max(read, last - MAX_FIRST_ENTRIES), before: last + 1 }, this.#link);
  }

  /** True the first time in each place, if this client asks for what the member has not read. */
  #resumes(key: string): boolean {
    const { fromMark } = this.#options;
    if (!fromMark || this.#resumed.has(key) || this.#resumed.size >= MAX_ROOMS_REMEMBERED) return false;
    this.#resumed.add(key);
    return true;
  }

  /**
   * Asks again for all that has other seqs now. It comes after the `joined` of its room and before what follows. What this client
   * has shown before comes again, with the same ids.
   */
  renumbered({ from, ...place }: RenumberedEvent): void {
    const { cursor } = this.#options;
    const key = keyOfPage(place) ?? "";
    const known = cursor.seqOf(key);
    if (known === undefined || known < from || this.#link === undefined) return;
    const last = this.#gaps.get(key)?.held.at(-1)?.message.seq ?? known;
    const after = Math.max(0, Math.ceil(from) - 1);
    this.#gaps.delete(key);
    cursor.rewind(key, after);
    this.#open({ key, after, before: Math.max(known, last) + 1 }, this.#link);
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

  #receive(next: MessageLine): void {
    const key = placeKey(next.message);
    const gap = this.#gaps.get(key);
    if (gap !== undefined) return this.#hold(gap, next);
    const missed = this.#link && this.#missed.take(key);
    if (missed !== undefined && this.#link !== undefined) {
      this.#open({ ...missed, before: next.message.seq }, this.#link);
      return this.#hold(this.#gaps.get(key)!, next);
    }
    const distance = this.#options.cursor.distance(next.message);
    if (distance > 1 && this.#mayFill(key) && this.#link !== undefined) {
      const { seq } = next.message;
      this.#open({ key, after: seq - distance, before: seq }, this.#link, next);
    } else if (distance > 0) this.#show(next);
  }

  /** Whether to ask the server for a gap of this place. A member's rooms are limited, and so are the places tracked here. */
  #mayFill(key: string): boolean {
    const empty = this.#emptyGaps.get(key) ?? 0;
    if (empty === 0 && this.#emptyGaps.size >= MAX_ROOMS_PER_MEMBER) return false;
    return empty < MAX_EMPTY_GAPS && this.#gaps.size < MAX_ROOMS_PER_MEMBER;
  }

  #show({ line, message }: MessageLine): void {
    this.#options.cursor.advance(message);
    this.#options.show(line, message);
  }

  #open(range: GapRange, link: BufferLink, first?: MessageLine): void {
    const gap = new MessageGap(REF_PREFIX + ++this.#requests, range);
    if (first !== undefined) gap.hold(first);
    this.#gaps.set(range.key, gap);
    link.send(gap.request);
    // Entries of the client's absence are awaited as long as the link lasts: there is nothing to show in their place.
    if (first !== undefined) this.#after(FILL_TIMEOUT_MS, gap, (open) => this.#close(open));
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
    if (gap === undefined || this.#gaps.get(gap.key) !== gap) return;
    this.#gaps.delete(gap.key);
    const { key, found } = gap;
    if (isLast) this.#emptyGaps.set(key, MAX_EMPTY_GAPS);
    else if (found.length > 0) this.#emptyGaps.delete(key);
    else this.#emptyGaps.set(key, (this.#emptyGaps.get(key) ?? 0) + 1);
    for (const line of found) this.#show(line);
    this.#options.cursor.pass(key, gap.last);
    for (const line of gap.held) this.#receive(line);
    this.#fillNext();
  }

  /**
   * Calls back after `ms`, unless the gap is closed or the link lost by then. The timer does not keep the gap alive.
   */
  #after(ms: number, { key, ref }: MessageGap, callback: (gap: MessageGap) => void): void {
    this.#options.clock.after(ms, () => {
      const open = this.#gaps.get(key);
      if (open?.ref === ref) callback(open);
    }, this.#link?.signal);
  }
}
