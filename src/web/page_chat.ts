/** The chat as the page shows it: turns the events of a client into conversations. It does not touch the document. */

import type { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/client_event.ts";
import { ReturnFilter } from "../client/state/return_filter.ts";
import { type ClientListener, type ClientState, initialState } from "../client/state/client_state.ts";
import type {
  ConversationsEvent,
  ErrorEvent,
  InviteEvent,
  Message,
  Partner,
  RenameEvent,
  RoomSummary,
  SearchEvent,
  ServerEvent,
} from "../protocol/messages/messages.ts";
import { NumberedList } from "../presentation/commands/numbered_list.ts";
import type { SentenceEvent } from "../presentation/sentences/event_text.ts";
import { ownLeaveSentence, waitingSentence } from "../presentation/sentences/room_sentences.ts";
import { ChatNotes } from "./model/chat_notes.ts";
import type { Conversation } from "./model/conversation.ts";
import { type ClosedConversations, Conversations } from "./model/conversations.ts";
import { performIgnore } from "./model/ignore_list.ts";
import { Inbox } from "./model/inbox.ts";
import { LinkProgress } from "./model/link_progress.ts";
import { OlderMessages } from "./model/older_messages.ts";
import type { NewestEntry } from "./model/timeline.ts";
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
  | "markRead"
  | "reader"
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
  /** The member whose conversation was open before a reload, and the conversations that were closed. */
  readonly direct?: Partner;
  readonly closed?: ClosedConversations;
  /** Whether the user sees new messages of the open conversation. */
  readonly isWatched: () => boolean;
  /** The current time in RFC 3339. */
  readonly now: () => string;
  /** Called after each change that a view may show. */
  readonly changed: () => void;
  /** Called for each unseen message that is direct or mentions the user. */
  readonly mentioned: (conversation: Conversation, message: Message) => void;
  /** Called with an invite that the user has made. */
  readonly invited: (invite: InviteEvent) => void;
}

export interface PageSearch {
  /** The title of the room or conversation. */
  readonly where: string;
  readonly query: string;
  /** `undefined` until the reply arrives. */
  readonly result?: SearchEvent | { readonly error: string };
}

export const SEARCH_REF = "search";
const MORE_REF = "more conversations";
/** The ref of typed queries, whose replies become notes in the open conversation. */
export const TYPED_REF = "typed";

export class PageChat {
  readonly client: PageChatClient;
  readonly conversations: Conversations;
  /** The lists that were shown last, for commands such as `/restrictions end 2`. */
  readonly listing = new NumberedList();
  readonly links = new LinkProgress(() => this.#options.changed());
  readonly #older: OlderMessages;
  readonly #inbox: Inbox;
  readonly #notes: ChatNotes;
  readonly #options: PageChatOptions;
  readonly #returnFilter = new ReturnFilter(() => Date.parse(this.#options.now()));
  /** The client's state after its last event. */
  #state: ClientState = initialState;
  #search: PageSearch | undefined;
  #allRooms: readonly RoomSummary[] = [];
  #hasMore = false;
  /** The id of the partner in the oldest conversation that the server has listed. */
  #oldestPartner: string | undefined;

  constructor(options: PageChatOptions) {
    this.#options = options;
    const { direct } = options;
    const conversations = this.conversations = new Conversations(options.closed);
    this.#older = new OlderMessages(conversations);
    const markRead = (place: string, newest: NewestEntry) => this.client.markRead(place, newest);
    this.#inbox = new Inbox({
      ...options,
      conversations,
      markRead,
      state: () => this.#state,
      ignores: (member) => this.#ignores(member),
    });
    if (direct === undefined) this.#inbox.awaited = { room: options.room };
    else conversations.select(conversations.openDirect(direct));
    this.#notes = new ChatNotes({ ...options, conversations, you: () => this.#state.you });
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

  /** Whether the server has older conversations than those that are listed. */
  get hasMoreConversations(): boolean {
    return this.#hasMore;
  }

  /** Requests the conversations that follow the last one listed. */
  loadConversations(): void {
    this.client.command({ type: "conversations", ref: MORE_REF, before: this.#oldestPartner, limit: 50 });
  }

  get allRooms(): readonly RoomSummary[] {
    return this.#allRooms;
  }

  /** Opens the conversation of this room or member as soon as it exists. */
  openLater(awaited: Inbox["awaited"]): void {
    this.#inbox.awaited = awaited;
  }

  select(conversation: Conversation): void {
    this.#inbox.select(conversation);
  }

  /** Marks the open conversation as read, if the user sees it. */
  markRead(): void {
    this.#inbox.markRead();
  }

  /** Requests older messages, unless all are loaded or a request is pending. */
  loadOlder(conversation: Conversation, limit: number): void {
    this.#older.request(this.client, conversation, limit);
  }

  note(text: string, tone: "plain" | "error" = "plain"): void {
    this.#notes.add(text, tone);
  }

  /** Ignores a member or no longer does, or without a name lists those whom the user ignores. Throws an Error for users. */
  ignore(name: string | undefined, off: boolean): void {
    const { text, id } = performIgnore({ name, off }, this.client, this.#state);
    const { conversations } = this;
    if (id !== undefined && !off) conversations.remove(`@${id}`);
    for (const { timeline } of conversations.all) off ? timeline.reveal() : timeline.hide(this.#isShown);
    this.note(text);
  }

  readonly #isShown = ({ from }: Message) => !this.#ignores(from);

  #ignores(member: Partner): boolean {
    return member.id !== this.#state.you?.id && this.client.reader.ignores(member);
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
          this.note(waitingSentence(this.#nameOf(event.message.target), PAGE_MARKUP));
        }
        break;
      case "failed":
        (this.conversations.all.find((one) => one.accepts(event.message.target)) ?? this.conversations.current)
          ?.addFailed({ message: event.message, reason: event.error.message });
        break;
      case "linkOffer":
        this.links.offered(event.offer);
        break;
      case "linkClaim":
        this.links.claimed(event.claim);
        break;
      case "falseSignature":
        this.#notes.addFalseSignature(event.entry);
        break;
      case "signatures":
        this.#notes.addSignatures(event.member, event.record);
        break;
      case "pending":
      case "dropped":
        break;
      default:
        event satisfies never;
    }
    this.#options.changed();
  }

  /** The present name of the member to whom a message is sent. */
  #nameOf({ to }: { readonly to: string }): string {
    return this.#state.conversations.get(`@${to}`)?.partner.name ?? to;
  }

  #offline(): void {
    this.#older.failAll();
    this.links.offline();
  }

  #received(event: ServerEvent, before: ClientState): void {
    const you = this.#state.you;
    this.listing.received(event);
    switch (event.type) {
      case "welcome":
        if (before.server !== undefined && before.server.id !== event.server.id) this.#forgetAll();
        return this.#returnFilter.begin(before.rooms);
      case "joined":
        return this.#inbox.joined(event, before);
      case "join":
        if (event.member.id === you?.id || !this.#returnFilter.isNews(event) || this.#ignores(event.member)) return;
        return this.#notes.addRoomEvent(event.room, event, event.at);
      case "leave":
        if (!this.#returnFilter.isNews(event) || event.member.quiet) return;
        if (this.#ignores(event.member)) return;
        if (event.member.id !== before.you?.id) return this.#notes.addRoomEvent(event.room, event, event.at);
        this.conversations.remove(`#${event.room}`);
        if (event.reason !== "kicked" && event.reason !== "removed") return;
        return this.note(ownLeaveSentence(event, PAGE_MARKUP), "error");
      case "presence":
        return this.#notes.addRoomEvent(event.room, event);
      case "rename":
        return this.#renamed(event);
      case "topic":
      case "role":
        return this.#notes.addRoomEvent(event.room, event, event.at);
      case "restriction":
        return this.#notes.addRoomEvent(event.restriction.room, event, event.at);
      case "notice":
      case "authenticated":
      case "registered":
      case "revoked":
        return this.#notes.addEvent(event);
      case "invite":
        this.#options.invited(event);
        return this.#notes.addEvent(event);
      case "message":
        return this.#inbox.add(event);
      case "edited":
      case "deleted":
      case "reacted":
        return this.#inbox.change(event);
      case "history":
        this.#older.add(event, this.#isShown);
        return this.#inbox.markRead();
      case "conversations":
        return this.#listed(event);
      case "mark":
        return this.#inbox.marked(event);
      case "search":
        if (event.ref !== SEARCH_REF || this.#search === undefined) return;
        this.#search = { ...this.#search, result: { ...event, messages: event.messages.filter(this.#isShown) } };
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
    if (event.ref === TYPED_REF) this.#notes.addEvent(event);
  }

  /** The server also lists the newest conversations after each connect. Those are known unless this is the first time. */
  #listed(event: ConversationsEvent): void {
    if (event.ref === MORE_REF || this.#oldestPartner === undefined) {
      this.#hasMore = event.more;
      this.#oldestPartner = event.conversations.at(-1)?.with.id ?? this.#oldestPartner;
    }
    this.#inbox.listed(event);
    this.#reply(event);
  }

  #renamed(event: RenameEvent): void {
    this.conversations.rename(event.member);
    for (const { name, members } of this.#state.rooms.values()) {
      if (members.has(event.member.id)) this.#notes.addRoomEvent(name, event, event.at);
    }
  }

  #failed({ ref, code, message }: ErrorEvent, before: ClientState): void {
    if (this.#older.fail({ ref, code })) return;
    if (ref === SEARCH_REF) {
      if (this.#search !== undefined) this.#search = { ...this.#search, result: { error: message } };
    } else if (!before.pending.some((pending) => pending.ref === ref)) {
      this.note(message, "error");
    }
  }

  /** Clears all timelines, since another server has other messages with the same seqs, and other conversations. */
  #forgetAll(): void {
    this.#hasMore = false;
    this.#oldestPartner = undefined;
    for (const { key } of this.conversations.directs) this.conversations.remove(key);
    for (const { timeline } of this.conversations.all) timeline.clear();
  }
}
