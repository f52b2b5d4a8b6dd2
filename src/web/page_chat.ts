/** The chat as the page shows it: turns the events of a client into conversations. It does not touch the document. */

import type { ClientEvent } from "../client/client_event.ts";
import { type ClientState, initialState } from "../client/state/client_state.ts";
import type { ErrorEvent, LeaveEvent, Partner, RoomSummary, ServerEvent } from "../protocol/messages/messages.ts";
import { NumberedList } from "../presentation/commands/numbered_list.ts";
import type { SentenceEvent } from "../presentation/sentences/event_text.ts";
import { ownLeaveSentence, waitingSentence } from "../presentation/sentences/room_sentences.ts";
import { ChatNotes } from "./model/chat_notes.ts";
import { ConversationPages } from "./model/conversation_pages.ts";
import type { Conversation } from "./model/conversation.ts";
import { Conversations } from "./model/conversations.ts";
import { IgnoreList } from "./model/ignore_list.ts";
import { Inbox } from "./model/inbox.ts";
import { LinkProgress } from "./model/link_progress.ts";
import { OlderMessages } from "./model/older_messages.ts";
import { ReplyQueue } from "./model/reply_queue.ts";
import type { NewestEntry } from "./model/timeline.ts";
import type { PageChatClient, PageChatOptions } from "./page_chat_options.ts";
import { PAGE_MARKUP } from "./page_commands.ts";

/** The ref of typed queries, whose replies become notes in the open conversation. */
export const TYPED_REF = "typed";

export class PageChat {
  readonly client: PageChatClient;
  readonly conversations: Conversations;
  /** The lists that were shown last, for commands such as `/restrictions end 2`. */
  readonly listing = new NumberedList();
  readonly links = new LinkProgress(() => this.#options.changed());
  /** The commands of panels, which show the replies. */
  readonly replies = new ReplyQueue(() => this.client);
  readonly ignored: IgnoreList;
  allRooms: readonly RoomSummary[] = [];
  /** Bytes of the largest file that the server takes; `undefined` if it takes none. */
  maxFileBytes: number | undefined;
  /** The members that a call has at most; `undefined` if the server has no calls. */
  maxCallMembers: number | undefined;
  readonly #pages = new ConversationPages();
  readonly #older: OlderMessages;
  readonly #inbox: Inbox;
  readonly #notes: ChatNotes;
  readonly #options: PageChatOptions;
  /** The client's state after its last event. */
  #state: ClientState = initialState;

  constructor(options: PageChatOptions) {
    this.#options = options;
    const { direct } = options;
    const conversations = this.conversations = new Conversations(options.closed);
    this.#older = new OlderMessages(conversations);
    const state = () => this.#state;
    this.ignored = new IgnoreList({ ...options, client: () => this.client, conversations, state });
    const ignores = (member: Partner) => this.ignored.ignores(member);
    const markRead = (place: string, newest: NewestEntry) => this.client.markRead(place, newest);
    const mentionWords = () => this.mentionWords;
    this.#inbox = new Inbox({ ...options, conversations, markRead, mentionWords, state, ignores });
    if (direct === undefined) this.#inbox.awaited = { room: options.room };
    else conversations.select(conversations.openDirect(direct));
    this.#notes = new ChatNotes({ ...options, conversations, state, ignores });
    this.client = options.makeClient((event, state, before) => this.#onEvent(event, state, before));
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The user's name and keywords. */
  get mentionWords(): readonly string[] {
    const { you } = this.#state;
    return you === undefined ? [] : [you.name, ...this.#options.keywords()];
  }

  /** Whether the server has older conversations than those that are listed. */
  get hasMoreConversations(): boolean {
    return this.#pages.hasMore;
  }

  /** Requests the conversations that follow the last one listed. */
  loadConversations(): void {
    this.#pages.request(this.client);
  }

  /** Opens the conversation of this room or member as soon as it exists. */
  openLater(awaited: Inbox["awaited"]): void {
    this.#inbox.awaited = awaited;
  }

  select(conversation: Conversation): void {
    this.client.catchUp(conversation.place);
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

  /** Loads older messages until the one with this seq is there: see `OlderMessages.loadTo`. */
  async loadTo(conversation: Conversation, seq: number): Promise<boolean> {
    return await this.#older.loadTo(this.replies, conversation, seq, this.ignored.isShown);
  }

  note(text: string, tone: "plain" | "error" = "plain"): void {
    this.#notes.add(text, tone);
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
        if (!this.replies.receivedSignatures(event.member, event.record)) {
          this.#notes.addSignatures(event.member, event.record);
        }
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
    this.replies.failAll();
    this.links.offline();
  }

  #received(event: ServerEvent, before: ClientState): void {
    this.listing.received(event);
    if (event.type === "error") return this.#failed(event, before);
    const isForPanel = this.replies.received(event);
    switch (event.type) {
      case "welcome":
        this.maxFileBytes = event.files?.maxBytes;
        this.maxCallMembers = event.calls?.members;
        if (before.server !== undefined && before.server.id !== event.server.id) this.#forgetAll();
        return this.#notes.welcomed(before.rooms);
      case "joined":
        return this.#inbox.joined(event, before);
      case "join":
        return this.#notes.addJoin(event);
      case "leave":
        return event.member.id === before.you?.id ? this.#left(event) : this.#notes.addLeave(event);
      case "presence":
        return this.#notes.addRoomEvent(event.room, event);
      case "rename":
        this.conversations.rename(event.member);
        return this.#notes.addRename(event);
      case "topic":
      case "role":
        return this.#notes.addRoomEvent(event.room, event, event.at);
      case "restriction":
        return this.#notes.addRoomEvent(event.restriction.room, event, event.at);
      case "notice":
      case "authenticated":
      case "registered":
        return this.#notes.addEvent(event);
      case "direct":
        return this.ignored.isShown(event) ? this.#notes.addEvent(event) : undefined;
      case "revoked":
        return isForPanel ? undefined : this.#notes.addEvent(event);
      case "invite":
        this.#options.invited(event);
        return this.#notes.addEvent(event);
      case "call":
        return this.#notes.addCall(event);
      case "message":
        return this.#inbox.add(event);
      case "edited":
      case "deleted":
      case "reacted":
        return this.#inbox.change(event);
      case "history":
        this.#older.add(event, this.ignored.isShown);
        return this.#inbox.markRead();
      case "conversations":
        this.#pages.received(event);
        this.#inbox.listed(event);
        return this.#reply(event);
      case "renumbered":
        // The client asks for it again, and the page for what is before it.
        return this.conversations.ofPage(event)?.timeline.clear();
      case "mark":
        return this.#inbox.marked(event);
      case "rooms":
        this.allRooms = event.rooms;
        return this.#reply(event);
      case "search":
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

  #left(event: LeaveEvent): void {
    this.conversations.remove(`#${event.room}`);
    if (event.reason !== "kicked" && event.reason !== "removed") return;
    this.note(ownLeaveSentence(event, PAGE_MARKUP), "error");
  }

  #failed(error: ErrorEvent, before: ClientState): void {
    if (this.#older.fail(error) || this.replies.failed(error)) return;
    if (!before.pending.some(({ ref }) => ref === error.ref)) this.note(error.message, "error");
  }

  /** Clears all timelines, since another server has other messages with the same seqs, and other conversations. */
  #forgetAll(): void {
    this.#pages.clear();
    for (const { key } of this.conversations.directs) this.conversations.remove(key);
    for (const { timeline } of this.conversations.all) timeline.clear();
  }
}
