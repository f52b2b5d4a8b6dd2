/** What of all that happens is shown at once, what waits, what is never shown, and what calls the reader. */

import type { ClientState } from "../../client/state/client_state.ts";
import type { ReaderState } from "../../client/state/reader_state.ts";
import { ReturnFilter } from "../../client/state/return_filter.ts";
import { mentions } from "../../client/text/text_segments.ts";
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
  /** Of the client. */
  readonly reader: () => ReaderState;
  readonly preferences: Preferences;
  readonly state: () => ClientState;
  /** The current room. */
  readonly room: () => string | undefined;
  /** Something is for the reader: a sentence, not yet sanitised. */
  readonly call: (text: string) => void;
  /** In milliseconds. */
  readonly now: () => number;
}

export class Attention {
  readonly #options: AttentionOptions;
  readonly #reading = new UnreadRooms();
  readonly #returning: ReturnFilter;
  /** Rooms → how many messages of before are still to follow: these call nobody. */
  readonly #missed = new Map<string, number>();
  /** Direct messages that came while the reader looked away. */
  #direct = 0;
  /** Whether the terminal has ever told where the reader looks. */
  #told = false;

  constructor(options: AttentionOptions) {
    this.#options = options;
    this.#returning = new ReturnFilter(options.now);
  }

  of(room: string): Unread {
    return this.#reading.of(room);
  }

  /** How many messages the reader has not seen. */
  get unread(): number {
    return this.#reading.total.count + this.#direct;
  }

  /** What is to be shown of an event that the state knows: all, a part, or nothing of it now. */
  admit(event: ServerEvent): ServerEvent | undefined {
    switch (event.type) {
      case "message":
        return (isRoomMessage(event) ? this.#admitEntry(event) : this.#admitDirect(event)) ? event : undefined;
      case "edited":
      case "deleted":
      case "reacted":
        return this.#admitEntry(event) ? event : undefined;
      case "history":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "search":
        return { ...event, messages: event.messages.filter((message) => !this.#ignores(message)) };
      case "welcome":
        this.#returning.begin(this.#options.state().rooms);
        return event;
      case "join":
      case "leave":
        if (!this.#returning.isNews(event) || event.member.quiet) return undefined;
        return this.#isOwn(event.member.id) || this.#isOfInterest(event.room, event.member) ? event : undefined;
      case "presence":
        return this.#isShown(event.room) ? event : undefined;
      case "joined":
        this.#missed.set(event.room.name, event.missed);
        return event;
      default:
        return event;
    }
  }

  /** What was held of the room: the reader comes to it. */
  open(room: string): Held {
    this.#options.reader().keepUnread(room, undefined);
    return this.#reading.open(room);
  }

  left(room: string): void {
    this.#missed.delete(room);
    this.open(room);
  }

  /** Another server begins. */
  forget(): void {
    this.#missed.clear();
    this.#reading.forget();
  }

  /** Whether the reader looks at the window: `told` by the terminal, or shown by a key press. */
  look(looking: boolean, told: boolean): void {
    this.#told ||= told;
    if (looking === this.#reading.looking) return;
    this.#reading.look(looking);
    this.#direct = 0;
    const room = this.#options.room();
    if (looking && room !== undefined) this.open(room);
  }

  /** Whether something is shown for the first time since the reader looked away. */
  firstMissed(): boolean {
    return this.#reading.firstMissed();
  }

  #admitDirect(message: DirectMessage): boolean {
    if (this.#ignores(message)) return false;
    if (this.#isOwn(message.from.id)) return true;
    if (!this.#reading.looking) this.#direct++;
    this.#call(`${message.from.name} to you: ${message.text}`);
    return true;
  }

  #admitEntry(entry: RoomEntry): boolean {
    const { reader, preferences, room } = this.#options;
    const { elsewhere } = preferences.settings;
    const live = this.#isLive(entry.room);
    if (this.#ignores(entry)) return false;
    const here = entry.room === room();
    const isMessage = entry.type === "message";
    const calls = isMessage && this.#calls(entry);
    const hold = !here && elsewhere !== "all";
    if (calls && live) this.#call(`${entry.from.name} in ${roomName(entry.room)}: ${entry.text}`);
    if (here && this.#reading.looking) return true;
    const first = this.#reading.note(entry, { counts: isMessage && !this.#isOwn(entry.from.id), calls, hold });
    if (hold || !this.#reading.looking) reader().keepUnread(entry.room, first);
    return !hold || (calls && elsewhere === "calls");
  }

  #calls(message: RoomMessage): boolean {
    const { preferences, state } = this.#options;
    return mentions(message.text, mentionWords(message, preferences.style, { you: state().you }));
  }

  #isLive(room: string): boolean {
    const missed = this.#missed.get(room) ?? 0;
    if (missed > 0) this.#missed.set(room, missed - 1);
    return missed === 0;
  }

  /** Somebody who looks at it needs no call; without word from the terminal nobody knows. */
  #call(text: string): void {
    if (!this.#told || !this.#reading.looking) this.#options.call(text);
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
