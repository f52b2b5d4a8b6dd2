/** Writes sentences about events into conversations, as notes between the messages. */

import type { SignatureRecord } from "../../client/delivery/signature_checker.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { eventText, type SentenceEvent } from "../../presentation/sentences/event_text.ts";
import { falseSignatureSentence, signaturesSentence } from "../../presentation/sentences/signature_sentences.ts";
import type { Entry, MemberInfo } from "../../protocol/messages/messages.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { Conversations } from "./conversations.ts";

export interface ChatNotesOptions {
  readonly conversations: Conversations;
  readonly you: () => ClientState["you"];
  /** The current time in RFC 3339. */
  readonly now: () => string;
  /** Called after each note in the open conversation. */
  readonly changed: () => void;
}

export class ChatNotes {
  readonly #options: ChatNotesOptions;
  readonly #conversations: Conversations;

  constructor(options: ChatNotesOptions) {
    this.#options = options;
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
    return eventText(event, PAGE_MARKUP, { you: this.#options.you(), place });
  }
}
