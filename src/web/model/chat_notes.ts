/** Writes sentences about events into conversations, as notes between the messages. */

import type { SignatureRecord } from "../../client/delivery/signature_checker.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { ReturnFilter } from "../../client/state/return_filter.ts";
import { eventText, type SentenceEvent } from "../../presentation/sentences/event_text.ts";
import { falseSignatureSentence, signaturesSentence } from "../../presentation/sentences/signature_sentences.ts";
import type {
  CallEvent,
  Entry,
  JoinEvent,
  LeaveEvent,
  MemberInfo,
  RenameEvent,
} from "../../protocol/messages/messages.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { Conversations } from "./conversations.ts";

export interface ChatNotesOptions {
  readonly conversations: Conversations;
  readonly state: () => ClientState;
  /** Whether the user ignores this member. */
  readonly ignores: (member: MemberInfo) => boolean;
  /** The current time in RFC 3339. */
  readonly now: () => string;
  /** Called after each note in the open conversation. */
  readonly changed: () => void;
}

export class ChatNotes {
  readonly #options: ChatNotesOptions;
  readonly #conversations: Conversations;
  readonly #returnFilter: ReturnFilter;

  constructor(options: ChatNotesOptions) {
    this.#options = options;
    this.#returnFilter = new ReturnFilter(() => Date.parse(options.now()));
    this.#conversations = options.conversations;
  }

  /** Adds a note to the open conversation. */
  add(text: string, tone: "plain" | "error" = "plain"): void {
    this.#conversations.current?.timeline.note(text, this.#options.now(), tone);
    this.#options.changed();
  }

  /** Adds the sentences of an event to the open conversation. */
  addEvent(event: SentenceEvent): void {
    const { partner } = this.#conversations.current ?? {};
    const room = partner?.kind === "room" ? partner.room : undefined;
    for (const line of this.#sentences(event, room)) this.add(line);
  }

  /** Adds the sentences of an event to its room; without a room, to the open conversation. Without a time, it is now. */
  addRoomEvent(room: string | undefined, event: SentenceEvent, at = this.#options.now()): void {
    if (room === undefined) return this.addEvent(event);
    for (const line of this.#sentences(event, room)) this.#conversations.ofRoom(room)?.timeline.note(line, at);
  }

  /** After a new connection, the rooms list those who were there before: that is no news. */
  welcomed(rooms: ClientState["rooms"]): void {
    this.#returnFilter.begin(rooms);
  }

  addJoin(event: JoinEvent): void {
    const { state, ignores } = this.#options;
    if (event.member.id === state().you?.id || !this.#returnFilter.isNews(event) || ignores(event.member)) return;
    this.addRoomEvent(event.room, event, event.at);
  }

  /** Adds a note that another member has left, unless the member is muted or ignored. */
  addLeave(event: LeaveEvent): void {
    if (!this.#returnFilter.isNews(event) || event.member.quiet || this.#options.ignores(event.member)) return;
    this.addRoomEvent(event.room, event, event.at);
  }

  /** Adds a note about a call to its room or conversation. Nobody is told of the calls of ignored members. */
  addCall(event: CallEvent): void {
    if (this.#options.ignores(event.by)) return;
    const place = event.room === undefined ? `@${event.with!.id}` : `#${event.room}`;
    const timeline = this.#conversations.get(place)?.timeline;
    for (const line of this.#sentences(event, event.room)) {
      if (timeline === undefined) this.add(line);
      else timeline.note(line, this.#options.now());
    }
  }

  addRename(event: RenameEvent): void {
    for (const { name, members } of this.#options.state().rooms.values()) {
      if (members.has(event.member.id)) this.addRoomEvent(name, event, event.at);
    }
  }

  /** Marks a message with a false signature. A false deletion or reaction has no message of its own: a note says it. */
  addFalseSignature(entry: Entry): void {
    const isMarked = this.#conversations.of(entry)?.timeline.markFalse(entry);
    if (!isMarked) this.add(falseSignatureSentence(entry, PAGE_MARKUP), "error");
  }

  /** Tells what the signatures of a member's last messages show. */
  addSignatures(member: MemberInfo, record: SignatureRecord): void {
    this.add(signaturesSentence(member, record, PAGE_MARKUP));
  }

  #sentences(event: SentenceEvent, place: string | undefined): readonly string[] {
    return eventText(event, PAGE_MARKUP, { you: this.#options.state().you, place });
  }
}
