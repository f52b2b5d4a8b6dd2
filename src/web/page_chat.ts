/** The chat as the page shows it: turns the events of a client into conversations. It does not touch the document. */

import type { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import { ReturnFilter } from "../client/state/return_filter.ts";
import { type ClientListener, type ClientState, initialState } from "../client/state/client_state.ts";
import {
  type Change,
  type DirectMessage,
  type ErrorEvent,
  isRoomMessage,
  type JoinedEvent,
  type Message,
  type RenameEvent,
  type RoomEntry,
  type RoomSummary,
  type SearchEvent,
  type ServerEvent,
} from "../protocol/messages/messages.ts";
import type { LinkClaimEvent, LinkOfferEvent } from "../protocol/identity/link_steps.ts";
import { NumberedList } from "../presentation/commands/numbered_list.ts";
import { eventText, type SentenceEvent } from "../presentation/sentences/event_text.ts";
import { ownLeaveSentence, waitingSentence } from "../presentation/sentences/room_sentences.ts";
import { falseSignatureSentence, signaturesSentence } from "../presentation/sentences/signature_sentences.ts";
import type { Conversation } from "./model/conversation.ts";
import { Conversations } from "./model/conversations.ts";
import { OlderMessages } from "./model/older_messages.ts";
import type { ReadMarks } from "./model/read_marks.ts";
import { PAGE_MARKUP } from "./page_commands.ts";

/** The part of `Client` that the page uses. */
export type PageChatClient = Pick<
  Client,
  | "start"
  | "send"
  | "join"
  | "leave"
  | "rename"
  | "login"
  | "command"
  | "offerLink"
  | "answerLink"
  | "askPassword"
  | "checkLink"
  | "close"
  | "closed"
>;

export interface PageChatOptions {
  readonly makeClient: (onEvent: ClientListener) => PageChatClient;
  /** The room to open first. */
  readonly room: string;
  readonly marks: ReadMarks;
  /** Whether the user sees new messages of the open conversation. */
  readonly isWatched: () => boolean;
  /** The current time in RFC 3339. */
  readonly now: () => string;
  /** Called after each change that a view may show. */
  readonly changed: () => void;
  /** Called for each unseen message that is direct or mentions the user. */
  readonly mentioned: (conversation: Conversation, message: Message) => void;
}

export interface PageSearch {
  readonly room: string;
  readonly query: string;
  /** `undefined` until the reply arrives. */
  readonly result?: SearchEvent | { readonly error: string };
}

export const SEARCH_REF = "search";
/** The ref of typed queries, whose replies become notes in the open conversation. */
export const TYPED_REF = "typed";

export class PageChat {
  readonly client: PageChatClient;
  readonly conversations = new Conversations();
  /** The lists that were shown last, for commands such as `/restrictions end 2`. */
  readonly listing = new NumberedList();
  readonly #older = new OlderMessages(this.conversations);
  readonly #options: PageChatOptions;
  readonly #returnFilter = new ReturnFilter(() => Date.parse(this.#options.now()));
  /** The client's state after its last event. */
  #state: ClientState = initialState;
  #search: PageSearch | undefined;
  #allRooms: readonly RoomSummary[] = [];
  #offer: LinkOfferEvent | undefined;
  #claim: LinkClaimEvent | undefined;
  /** The room or the member whose conversation opens as soon as it exists. */
  awaited: { readonly room: string } | { readonly name: string } | undefined;

  constructor(options: PageChatOptions) {
    this.#options = options;
    this.awaited = { room: options.room };
    this.client = options.makeClient((event, state, before) => this.#onEvent(event, state, before));
  }

  get state(): ClientState {
    return this.#state;
  }

  get search(): PageSearch | undefined {
    return this.#search;
  }

  set search(search: PageSearch | undefined) {
    this.#search = search;
    this.#options.changed();
  }

  get allRooms(): readonly RoomSummary[] {
    return this.#allRooms;
  }

  /** The last step of this device's offer to admit another one. */
  get offer(): LinkOfferEvent | undefined {
    return this.#offer;
  }

  /** The user no longer looks at the offer. A device that claims it shows it again. */
  closeOffer(): void {
    this.#offer = undefined;
    this.#options.changed();
  }

  /** The last step of this device's wish to be admitted by another one. */
  get claim(): LinkClaimEvent | undefined {
    return this.#claim;
  }

  select(conversation: Conversation): void {
    this.conversations.select(conversation);
    this.markRead();
    this.#options.changed();
  }

  /** Marks the open conversation as read, if the user sees it. */
  markRead(): void {
    const { current } = this.conversations;
    if (current === undefined || !this.#options.isWatched()) return;
    const { unread } = current;
    current.markRead();
    this.#options.marks.update(current);
    if (unread > 0) this.#options.changed();
  }

  /** Requests older messages, unless all are loaded or a request is pending. */
  loadOlder(conversation: Conversation, limit: number): void {
    this.#older.request(this.client, conversation, limit);
  }

  note(text: string, tone: "plain" | "error" = "plain"): void {
    this.conversations.current?.timeline.note(text, this.#options.now(), tone);
    this.#options.changed();
  }

  #onEvent(event: ClientEvent, state: ClientState, before: ClientState): void {
    this.#state = state;
    switch (event.type) {
      case "status":
        if (event.status.kind !== "online") this.#offline();
        break;
      case "received":
        if (event.event !== undefined) this.#received(event.event, before);
        break;
      case "acknowledged":
        if (event.ack.waiting && "to" in event.message.target) {
          this.note(waitingSentence(event.message.target.to, PAGE_MARKUP));
        }
        break;
      case "failed":
        (this.conversations.all.find((one) => one.accepts(event.message.target)) ?? this.conversations.current)
          ?.addFailed({ message: event.message, reason: event.error.message });
        break;
      case "linkOffer":
        this.#offer = event.offer;
        break;
      case "linkClaim":
        this.#claim = event.claim;
        break;
      case "falseSignature":
        this.#falseSignature(event.entry);
        break;
      case "signatures":
        this.note(signaturesSentence(event.member, event.record, PAGE_MARKUP));
        break;
      case "pending":
      case "dropped":
        break;
      default:
        event satisfies never;
    }
    this.#options.changed();
  }

  /** Without a connection the server has forgotten the offer, too. */
  #offline(): void {
    this.#older.failAll();
    if (this.#offer === undefined || this.#offer.step === "ended") return;
    const reason = "The connection was lost, and the code with it: link the device again";
    this.#offer = { step: "ended", accepted: false, reason };
  }

  #received(event: ServerEvent, before: ClientState): void {
    const you = this.#state.you;
    this.listing.received(event);
    switch (event.type) {
      case "welcome":
        if (before.server !== undefined && before.server.id !== event.server.id) this.#forgetAll();
        return this.#returnFilter.begin(before.rooms);
      case "joined":
        return this.#joined(event, before);
      case "join":
        if (event.member.id === you?.id || !this.#returnFilter.isNews(event)) return;
        return this.#noteRoomEvent(event.room, event, event.at);
      case "leave":
        if (!this.#returnFilter.isNews(event) || event.member.quiet) return;
        if (event.member.id !== before.you?.id) return this.#noteRoomEvent(event.room, event, event.at);
        this.conversations.remove(`#${event.room}`);
        if (event.reason !== "kicked" && event.reason !== "removed") return;
        return this.note(ownLeaveSentence(event, PAGE_MARKUP), "error");
      case "presence":
        return this.#noteRoomEvent(event.room, event, this.#options.now());
      case "rename":
        return this.#renamed(event);
      case "topic":
      case "role":
        return this.#noteRoomEvent(event.room, event, event.at);
      case "restriction":
        return this.#noteRoomEvent(event.restriction.room, event, event.at);
      case "notice":
      case "authenticated":
      case "registered":
      case "revoked":
      case "invite":
        return this.#noteEvent(event);
      case "message":
        return this.#message(event);
      case "edited":
      case "deleted":
      case "reacted":
        return this.#change(event);
      case "history":
        return this.#older.add(event);
      case "search":
        if (event.ref === SEARCH_REF && this.#search !== undefined) this.#search = { ...this.#search, result: event };
        return;
      case "rooms":
        this.#allRooms = event.rooms;
        return this.#reply(event);
      case "error":
        return this.#failed(event, before);
      case "goodbye":
      case "ack":
      case "ping":
      case "pong":
        return;
      default:
        return this.#reply(event);
    }
  }

  /** Shows the reply to a typed query. Replies to the page's own queries have another ref, or none. */
  #reply(event: SentenceEvent & { readonly ref?: string }): void {
    if (event.ref === TYPED_REF) this.#noteEvent(event);
  }

  /** Adds the sentences of an event as notes to the open conversation. */
  #noteEvent(event: SentenceEvent): void {
    const { partner } = this.conversations.current ?? {};
    const room = partner?.kind === "room" ? partner.room : undefined;
    for (const line of eventText(event, PAGE_MARKUP, { you: this.#state.you, room })) this.note(line);
  }

  /** Adds the sentences of an event as notes to its room; without a room, to the open conversation. */
  #noteRoomEvent(room: string | undefined, event: SentenceEvent, at: string): void {
    if (room === undefined) return this.#noteEvent(event);
    for (const line of eventText(event, PAGE_MARKUP, { you: this.#state.you, room })) this.#noteIn(room, line, at);
  }

  #joined({ room: { id, name }, seq, truncated }: JoinedEvent, before: ClientState): void {
    const isNew = this.conversations.ofRoom(name) === undefined;
    const conversation = this.conversations.openRoom(name);
    if (isNew) this.#options.marks.restore(conversation, this.#state.server?.id, seq);
    // The messages in between are loaded when the user scrolls there.
    const wasAnother = (before.rooms.get(name)?.id ?? id) !== id;
    if (truncated || wasAnother) conversation.timeline.clear();
    const isAwaited = this.awaited !== undefined && "room" in this.awaited && this.awaited.room === name;
    if (isAwaited) this.awaited = undefined;
    if (isAwaited || this.conversations.current === undefined) this.select(conversation);
  }

  #renamed(event: RenameEvent): void {
    this.conversations.rename(event.member);
    for (const { name, members } of this.#state.rooms.values()) {
      if (members.has(event.member.id)) this.#noteRoomEvent(name, event, event.at);
    }
  }

  #message(message: Message): void {
    const you = this.#state.you;
    const isOwn = message.from.id === you?.id;
    const conversation = isRoomMessage(message)
      ? this.conversations.openRoom(message.room)
      : this.conversations.openDirect(isOwn ? message.to : message.from);
    if (!conversation.timeline.add(message)) return;
    this.conversations.markActive(conversation);
    if (isOwn && !isRoomMessage(message)) this.#arriveAt(conversation, message.to.name);
    const isSeen = conversation === this.conversations.current && this.#options.isWatched();
    if (isOwn || isSeen) this.#options.marks.update(conversation);
    else this.#countUnseen(conversation, message);
  }

  /** A change alone makes nothing unread. */
  #change(change: Change): void {
    const conversation = this.conversations.ofRoom(change.room);
    if (conversation === undefined) return;
    conversation.timeline.change(change);
    if (conversation.unread === 0) this.#options.marks.update(conversation);
  }

  /** Marks a message. A false deletion or reaction has no message of its own: a note says it. */
  #falseSignature(entry: RoomEntry | DirectMessage): void {
    const conversation = "room" in entry
      ? this.conversations.ofRoom(entry.room)
      : this.conversations.openDirect(entry.from.id === this.#state.you?.id ? entry.to : entry.from);
    const isMarked = conversation?.timeline.markFalse(entry);
    if (isMarked !== true) this.note(falseSignatureSentence(entry, PAGE_MARKUP), "error");
  }

  #countUnseen(conversation: Conversation, message: Message): void {
    if (isRoomMessage(message) && message.deleted) return;
    const mentioned = conversation.mentions;
    if (conversation.unread === 0 && isRoomMessage(message)) conversation.readSeq = message.seq - 1;
    conversation.countUnread(message, this.#state.you);
    if (conversation.mentions > mentioned) this.#options.mentioned(conversation, message);
  }

  #arriveAt(conversation: Conversation, name: string): void {
    if (this.awaited === undefined || !("name" in this.awaited) || this.awaited.name !== name) return;
    this.awaited = undefined;
    this.select(conversation);
  }

  #failed({ ref, message }: ErrorEvent, before: ClientState): void {
    if (this.#older.fail(ref)) return;
    if (ref === SEARCH_REF) {
      if (this.#search !== undefined) this.#search = { ...this.#search, result: { error: message } };
    } else if (!before.pending.some((pending) => pending.ref === ref)) {
      this.note(message, "error");
    }
  }

  #noteIn(room: string, text: string, at: string): void {
    this.conversations.ofRoom(room)?.timeline.note(text, at);
  }

  /** Clears all timelines, since another server has other messages with the same seqs. */
  #forgetAll(): void {
    for (const { timeline } of this.conversations.all) timeline.clear();
  }
}
