/**
 * Decides which events are shown at once, held until their room is current, or never shown, and which notify the user.
 */

import { type ClientState, markOf } from "../../client/state/client_state.ts";
import { ReturnFilter } from "../../client/state/return_filter.ts";
import { mentions } from "../../client/text/mentions.ts";
import {
  type Entry,
  isOfRoom,
  keyOfPage,
  type MarkEvent,
  type MemberInfo,
  type Message,
  placeKey,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";
import { mentionWords } from "../render/message_lines.ts";
import { roomName } from "../render/line_style.ts";
import type { Preferences } from "./preferences.ts";
import { type Held, type Unread, UnreadPlaces } from "./unread.ts";

export interface AttentionOptions {
  /** Whether the user ignores this member. */
  readonly ignores: (member: MemberInfo) => boolean;
  readonly preferences: Preferences;
  readonly state: () => ClientState;
  /** The key of the current place. */
  readonly place: () => string | undefined;
  /** Called with a sentence, not yet sanitised, when a message in the place with this key is for the user. */
  readonly notify: (text: string, place: string) => void;
  /** Called when the user has read a place up to this entry. */
  readonly markRead: (place: string, entry: Pick<Entry, "id" | "seq">) => void;
  /** Called when the user has read a place on another device. */
  readonly readElsewhere: (place: string) => void;
  /** In milliseconds. */
  readonly now: () => number;
}

export class Attention {
  readonly #options: AttentionOptions;
  readonly #unread = new UnreadPlaces();
  readonly #returnFilter: ReturnFilter;
  /** Room → the seq up to which messages were missed. These do not notify the user. */
  readonly #missedUpTo = new Map<string, number>();
  /** Whether the terminal has ever reported its focus. */
  #focusKnown = false;

  constructor(options: AttentionOptions) {
    this.#options = options;
    this.#returnFilter = new ReturnFilter(options.now);
  }

  unreadIn(key: string): Unread {
    return this.#unread.unreadIn(key);
  }

  /** Number of unread messages in all rooms and conversations. */
  get unread(): number {
    return this.#unread.total.count;
  }

  /**
   * Takes an event in and returns the part of it to show now, or `undefined`. Call it after the state has taken the
   * event.
   */
  visiblePart(event: ServerEvent): ServerEvent | undefined {
    switch (event.type) {
      case "message":
      case "edited":
      case "deleted":
      case "reacted":
        return this.#take(event) ? event : undefined;
      case "history":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "search":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "mark":
        return this.#readElsewhere(event);
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
        if (this.#options.state().rooms.has(event.room.name)) this.#missedUpTo.set(event.room.name, event.seq);
        return event;
      default:
        return event;
    }
  }

  /** Marks a place as read, because it has become the current one, and returns its held messages. */
  open(key: string): Held {
    const held = this.#unread.open(key);
    if (held.last !== undefined) this.#options.markRead(key, held.last);
    return held;
  }

  /** Forgets all places. Call it when the server is another one. */
  reset(): void {
    this.#missedUpTo.clear();
    this.#unread.reset();
  }

  /** Notes whether the user looks at the window: either the terminal `reported` its focus, or a key was pressed. */
  setLooking(looking: boolean, reported: boolean): void {
    this.#focusKnown ||= reported;
    if (looking === this.#unread.looking) return;
    this.#unread.setLooking(looking);
    if (!looking) return;
    // In these places nothing is held, so everything is on the screen: the current place, and all conversations.
    for (const key of this.#unread.keys) if (!this.#unread.holds(key)) this.open(key);
  }

  /** True for the first message that is shown after the user looked away. */
  takeFirstUnseen(): boolean {
    return this.#unread.takeFirstUnseen();
  }

  /**
   * Marks an entry as read, counts it or holds it, and notifies the user of a message for them. Returns whether to show it now:
   * a direct message always, wherever the user is.
   */
  #take(entry: Entry): boolean {
    if (this.#ignores(entry)) return false;
    const { markRead, place, preferences: { settings: { elsewhere } } } = this.#options;
    const key = placeKey(entry);
    const hold = isOfRoom(entry) && key !== place() && elsewhere !== "all";
    const isRead = entry.seq <= (markOf(this.#options.state(), key)?.seq ?? 0);
    const isNews = entry.type === "message" && !this.#isOwn(entry.from.id) && !isRead;
    const isMention = isNews && this.#mentionsUser(entry);
    if (isNews) this.#notifyOf(entry, isMention);
    // A mark covers all entries before it, so it waits while some of them are held.
    if (!hold && this.#unread.looking && !this.#unread.holds(key)) {
      markRead(key, entry);
      return true;
    }
    this.#unread.add(entry, { isRead, counts: isNews, mentions: isMention, hold });
    return !hold || (isMention && elsewhere === "calls");
  }

  #readElsewhere(event: MarkEvent): undefined {
    const key = keyOfPage(event);
    if (key === undefined || event.ref !== undefined) return;
    this.#unread.read(key, event.seq);
    if (this.#unread.unreadIn(key).count === 0) this.#options.readElsewhere(key);
  }

  #mentionsUser(message: Message): boolean {
    const { preferences, state } = this.#options;
    return isOfRoom(message) && mentions(message.text, mentionWords(message, preferences.style, { you: state().you }));
  }

  /** Notifies a user who may not be looking: always, if the terminal has never reported its focus. */
  #notifyOf(message: Message, isMention: boolean): void {
    if (this.#focusKnown && this.#unread.looking) return;
    const { from, text, seq } = message;
    const { notify } = this.#options;
    if (!isOfRoom(message)) return notify(`${from.name} to you: ${text}`, placeKey(message));
    const { room } = message;
    const isLive = seq > (this.#missedUpTo.get(room) ?? 0);
    if (isMention && isLive) notify(`${from.name} in ${roomName(room)}: ${text}`, room);
  }

  #isOwn(id: string): boolean {
    return id === this.#options.state().you?.id;
  }

  #ignores({ from }: Entry): boolean {
    return !this.#isOwn(from.id) && this.#options.ignores(from);
  }

  #isShown(room: string): boolean {
    return room === this.#options.place() || this.#options.preferences.settings.elsewhere === "all";
  }

  #isOfInterest(room: string, member: MemberInfo): boolean {
    return this.#isShown(room) && !this.#options.ignores(member);
  }
}
