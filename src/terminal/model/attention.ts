/**
 * Decides which events are shown at once, held until their room is current, or never shown, and which notify the user.
 */

import type { ClientState } from "../../client/state/client_state.ts";
import type { ReaderState } from "../../client/state/reader_state.ts";
import { ReturnFilter } from "../../client/state/return_filter.ts";
import { mentions } from "../../client/text/mentions.ts";
import {
  type DirectMessage,
  isRoomMessage,
  type MemberInfo,
  type RoomEntry,
  type RoomMessage,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import { mentionWords } from "../render/message_lines.ts";
import { roomName } from "../render/line_style.ts";
import type { Preferences } from "./preferences.ts";
import { type Held, type Unread, UnreadRooms } from "./unread.ts";

export interface AttentionOptions {
  /** The client's reader state: ignored members and the first unread messages. */
  readonly reader: () => ReaderState;
  readonly preferences: Preferences;
  readonly state: () => ClientState;
  /** The current room. */
  readonly room: () => string | undefined;
  /** Called with a sentence, not yet sanitised, when a message is for the user. */
  readonly notify: (text: string) => void;
  /** In milliseconds. */
  readonly now: () => number;
}

export class Attention {
  readonly #options: AttentionOptions;
  readonly #unread = new UnreadRooms();
  readonly #returnFilter: ReturnFilter;
  /** Room → number of missed messages that are still to arrive. These do not notify the user. */
  readonly #missedCounts = new Map<string, number>();
  /** Number of direct messages that arrived while the user looked away. */
  #directCount = 0;
  /** Whether the terminal has ever reported its focus. */
  #focusKnown = false;

  constructor(options: AttentionOptions) {
    this.#options = options;
    this.#returnFilter = new ReturnFilter(options.now);
  }

  unreadIn(room: string): Unread {
    return this.#unread.unreadIn(room);
  }

  /** Number of unread messages in all rooms, and of direct messages. */
  get unread(): number {
    return this.#unread.total.count + this.#directCount;
  }

  /**
   * Takes an event in and returns the part of it to show now, or `undefined`. Call it after the state has taken the
   * event.
   */
  visiblePart(event: ServerEvent): ServerEvent | undefined {
    switch (event.type) {
      case "message":
        return (isRoomMessage(event) ? this.#takeEntry(event) : this.#takeDirect(event)) ? event : undefined;
      case "edited":
      case "deleted":
      case "reacted":
        return this.#takeEntry(event) ? event : undefined;
      case "history":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "search":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "welcome":
        this.#returnFilter.begin(this.#options.state().rooms);
        return event;
      case "join":
      case "leave":
        if (!this.#returnFilter.isNews(event) || event.member.quiet) return undefined;
        return this.#isOwn(event.member.id) || this.#isOfInterest(event.room, event.member) ? event : undefined;
      case "presence":
        return this.#isShown(event.room) ? event : undefined;
      case "joined":
        this.#missedCounts.set(event.room.name, event.missed);
        return event;
      default:
        return event;
    }
  }

  /** Marks a room as read, because it has become the current one, and returns its held messages. */
  open(room: string): Held {
    this.#options.reader().keepUnread(room, undefined);
    return this.#unread.open(room);
  }

  /** Forgets all rooms. Call it when the server is another one. */
  reset(): void {
    this.#missedCounts.clear();
    this.#unread.reset();
  }

  /** Notes whether the user looks at the window: either the terminal `reported` its focus, or a key was pressed. */
  setLooking(looking: boolean, reported: boolean): void {
    this.#focusKnown ||= reported;
    if (looking === this.#unread.looking) return;
    this.#unread.setLooking(looking);
    this.#directCount = 0;
    const room = this.#options.room();
    if (looking && room !== undefined) this.open(room);
  }

  /** True for the first message that is shown after the user looked away. */
  takeFirstUnseen(): boolean {
    return this.#unread.takeFirstUnseen();
  }

  /** Counts a direct message and notifies the user of it. Returns whether to show it. */
  #takeDirect(message: DirectMessage): boolean {
    if (this.#ignores(message)) return false;
    if (this.#isOwn(message.from.id)) return true;
    if (!this.#unread.looking) this.#directCount++;
    this.#notify(`${message.from.name} to you: ${message.text}`);
    return true;
  }

  /** Counts or holds an entry of a room and notifies the user of a mention. Returns whether to show it now. */
  #takeEntry(entry: RoomEntry): boolean {
    const { reader, preferences, room } = this.#options;
    const { elsewhere } = preferences.settings;
    const live = this.#isLive(entry.room);
    if (this.#ignores(entry)) return false;
    const here = entry.room === room();
    const isMessage = entry.type === "message";
    const isMention = isMessage && this.#mentionsUser(entry);
    const hold = !here && elsewhere !== "all";
    if (isMention && live) this.#notify(`${entry.from.name} in ${roomName(entry.room)}: ${entry.text}`);
    if (here && this.#unread.looking) return true;
    const first = this.#unread.add(entry, {
      counts: isMessage && !this.#isOwn(entry.from.id),
      mentions: isMention,
      hold,
    });
    if (hold || !this.#unread.looking) reader().keepUnread(entry.room, first);
    return !hold || (isMention && elsewhere === "calls");
  }

  #mentionsUser(message: RoomMessage): boolean {
    const { preferences, state } = this.#options;
    return mentions(message.text, mentionWords(message, preferences.style, { you: state().you }));
  }

  #isLive(room: string): boolean {
    const missed = this.#missedCounts.get(room) ?? 0;
    if (missed > 0) this.#missedCounts.set(room, missed - 1);
    return missed === 0;
  }

  /** Notifies a user who may not be looking: always, if the terminal has never reported its focus. */
  #notify(text: string): void {
    if (!this.#focusKnown || !this.#unread.looking) this.#options.notify(text);
  }

  #isOwn(id: string): boolean {
    return id === this.#options.state().you?.id;
  }

  #ignores({ from }: DirectMessage | RoomEntry): boolean {
    return !this.#isOwn(from.id) && this.#options.reader().ignores(from);
  }

  #isShown(room: string): boolean {
    return room === this.#options.room() || this.#options.preferences.settings.elsewhere === "all";
  }

  #isOfInterest(room: string, member: MemberInfo): boolean {
    return this.#isShown(room) && !this.#options.reader().ignores(member);
  }
}
