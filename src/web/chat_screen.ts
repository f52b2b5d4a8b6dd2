/** The chat on the page: the views of one session at a time, and what their buttons do. */

import type { Conversation } from "./model/conversation.ts";
import { FilesLoader } from "./files/files_loader.ts";
import type { JsonStore } from "./model/browser_storage.ts";
import type { MenuAction } from "./model/menus.ts";
import type { PageSettings } from "./model/page_settings.ts";
import type { MemberInfo } from "../protocol/messages/messages.ts";
import type { Panels } from "./page_actions.ts";
import type { PageChat } from "./page_chat.ts";
import type { PageSession } from "./page_session.ts";
import { PanelLoader } from "./panels/panel_loader.ts";
import { ActionsView } from "./views/actions_view.ts";
import { ComposerView } from "./views/composer_view.ts";
import { byId, on } from "./views/dom.ts";
import { Drawers } from "./views/drawers.ts";
import { HeaderView } from "./views/header_view.ts";
import type { SharedAddress } from "./views/menu_view.ts";
import { MessagesView } from "./views/messages_view.ts";
import type { Notifier } from "./views/notifier.ts";
import { MembersView } from "./views/members_view.ts";
import { SidebarView } from "./views/sidebar_view.ts";
import { UnsentView } from "./views/unsent_view.ts";

export interface ChatScreenOptions {
  /** Keeps what is being written over a reload of the tab. */
  readonly store: JsonStore;
  readonly settings: PageSettings;
  /** The path of the server's `/`. */
  readonly folder: string;
  /** Called when the screen must be drawn again. */
  readonly changed: () => void;
  readonly notifier: Notifier;
  readonly session: () => PageSession | undefined;
  /** Called with the text that is being written, each time the user has changed it. */
  readonly typed: (text: string) => void;
  readonly quit: () => void;
  /** The user asks for the address of the open room. */
  readonly shareAddress: () => void;
  /** Called when the user asks to connect after the client gave up. */
  readonly reconnect: () => void;
}

export class ChatScreen {
  readonly #options: ChatScreenOptions;
  readonly #drawers = new Drawers((panel) => panel === "search" && this.#loader.openSearch());
  readonly #composer: ComposerView;
  readonly #messages: MessagesView;
  readonly #pending: UnsentView;
  readonly #sidebar: SidebarView;
  readonly #members: MembersView;
  readonly #loader: PanelLoader;
  readonly #files: FilesLoader;
  readonly #header: HeaderView;
  /** The conversation that was drawn last. */
  #shown: Conversation | undefined;

  constructor(options: ChatScreenOptions) {
    this.#options = options;
    const { store, session, quit, reconnect } = options;
    const attempt = (run: (session: PageSession) => void) => this.attempt(run);
    new ActionsView({
      allowed: (seq) => session()?.actions.allowed(seq),
      perform: (seq, action) => attempt(({ actions }) => actions.perform(seq, action)),
    });
    this.#composer = new ComposerView({
      ...{ store, typed: options.typed },
      hasFiles: () => this.#files.hasFiles,
      submit: (line) => this.#submit(line),
    });
    this.#messages = new MessagesView({
      loadOlder: (conversation, limit) => session()?.chat.loadOlder(conversation, limit),
      reachedEnd: () => session()?.chat.markRead(),
    });
    this.#pending = new UnsentView({
      resend: (conversation, failed) => attempt(({ actions }) => actions.resend(conversation, failed)),
      drop: (conversation, failed) => attempt(({ actions }) => actions.drop(conversation, failed)),
    });
    this.#sidebar = new SidebarView({
      select: (conversation) => this.select(conversation),
      join: (room) => attempt(({ actions }) => actions.join(room)),
      listRooms: () => session()?.actions.listRooms(),
      loadConversations: () => session()?.chat.loadConversations(),
      quit,
    });
    this.#members = new MembersView({
      more: (member) => this.#openMenu(member),
      talkTo: (member) => attempt(({ actions }) => actions.talkTo(member)),
    });
    const failed = (text: string) => session()?.chat.note(text, "error");
    this.#loader = new PanelLoader({
      ...options,
      showMessage: (conversation, seq) => this.#showMessage(conversation, seq),
      failed,
    });
    this.#files = new FilesLoader({
      ...{ ...options, failed },
      restore: (key, line) => this.#composer.restore(key, line),
      focusText: () => this.#drawers.isTouch || this.#composer.focus(),
    });
    this.#header = new HeaderView({ reconnect });
    this.#listen();
  }

  /** Listens to the buttons that belong to no view. */
  #listen(): void {
    const current = () => this.#options.session()?.chat.conversations.current;
    on(byId("more"), "click", () => this.#openMenu(this.#options.session()?.chat.state.you));
    on(byId("room-more"), "click", () => {
      const place = current()?.partner;
      if (place?.kind === "room") void this.#loader.open({ type: "room", room: place.room });
    });
    on(byId("call"), "click", () => this.attempt(({ actions }) => actions.submit("/call")));
    on(byId("leave"), "click", () =>
      this.attempt(({ actions }) => {
        const open = current();
        if (open !== undefined) actions.leave(open);
      }));
  }

  /** The panels that typed commands open. */
  get panels(): Pick<Panels, "showMembers" | "showSearch" | "showRoom" | "write"> {
    return {
      showMembers: () => this.#drawers.show("members"),
      showSearch: (query) => this.#showSearch(query),
      showRoom: (room) => void this.#loader.open({ type: "room", room }),
      write: (command, text) => this.#composer.write(command, text),
    };
  }

  /** Shows an address for others to open. */
  share(shared: SharedAddress): void {
    void this.#loader.useMenus((menus) => menus.share(shared));
  }

  /** Whether the user sees new messages of the open conversation. */
  get isWatched(): boolean {
    return document.visibilityState === "visible" && (this.#shown === undefined || this.#messages.following);
  }

  get isOpen(): boolean {
    return !byId("chat").hidden;
  }

  open(): void {
    byId("chat").hidden = false;
  }

  close(): void {
    this.startOver();
    this.#loader.close();
    this.#files.close();
    byId("chat").hidden = true;
  }

  /** The next conversation that is drawn is a new one. */
  startOver(): void {
    this.#shown = undefined;
  }

  /** Forgets what was written and not sent. */
  forgetDrafts(): void {
    this.#composer.forget();
  }

  select(conversation: Conversation): void {
    this.attempt(({ chat }) => chat.select(conversation));
  }

  /** Runs an action of the user. Shows its error in the open conversation. */
  attempt(run: (session: PageSession) => void): void {
    const session = this.#options.session();
    if (session === undefined) return;
    try {
      run(session);
    } catch (error) {
      session.chat.note(error instanceof Error ? error.message : String(error), "error");
    }
    this.#drawers.closeOverlays();
  }

  /** Draws everything around the messages. */
  drawFrame(chat: PageChat): void {
    this.#header.update(chat);
    this.#sidebar.update(chat);
    this.#members.update(chat);
    this.#loader.update(chat);
  }

  /** Draws the open conversation, if there is one. */
  drawConversation(chat: PageChat): void {
    const { state: { you, status, pending }, conversations: { current }, mentionWords: words } = chat;
    if (you === undefined || current === undefined) return;
    const formatted = this.#options.settings.isOn("formatting");
    this.#messages.update(current, { you, words, readSeq: current.readSeq, formatted });
    const wasFollowing = this.#messages.following;
    this.#pending.update({
      conversation: current,
      pending: pending.filter(({ target }) => current.accepts(target)),
      online: status.kind === "online",
      formatted,
    });
    this.#files.update(chat);
    if (wasFollowing) this.#messages.toEnd();
    this.#composer.update(current);
    if (this.#shown !== current) this.#opened(current);
  }

  #opened(conversation: Conversation): void {
    this.#shown = conversation;
    this.#drawers.closeOverlays();
    if (this.#drawers.isTouch) byId("title").focus();
    else this.#composer.focus();
  }

  #openMenu(member: MemberInfo | undefined): void {
    const chat = this.#options.session()?.chat;
    if (chat === undefined || member === undefined) return;
    void this.#loader.useMenus((menus) => void menus.open(chat, member, (action) => this.#perform(action)));
  }

  #perform(action: MenuAction): void {
    switch (action.type) {
      case "line":
        return this.attempt(({ actions }) => {
          if (action.line.endsWith(" ")) this.#composer.write(action.line);
          else actions.submit(action.line);
        });
      case "share":
        return this.#options.shareAddress();
      default:
        return void this.#loader.open(action);
    }
  }

  #submit(line: string): void {
    const session = this.#options.session();
    if (session === undefined) return;
    if (!this.#files.send(line)) session.actions.submit(line);
    this.#messages.toEnd();
  }

  #showSearch(query: string): void {
    this.#drawers.show("search");
    this.#loader.search(query);
  }

  async #showMessage(conversation: Conversation, seq: number): Promise<boolean> {
    const chat = this.#options.session()?.chat;
    const isOpen = () => chat?.conversations.get(conversation.key) === conversation;
    if (!isOpen() || !await chat?.loadTo(conversation, seq) || !isOpen()) return false;
    this.#messages.show(seq);
    this.select(conversation);
    // A drawer that covered the messages has closed.
    if (byId("side").hidden) byId("log").focus({ preventScroll: true });
    return true;
  }
}
