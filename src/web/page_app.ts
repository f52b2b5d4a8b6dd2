/** The page: the entry form and one session at a time, drawn at most once a frame. Loading this file starts it. */

import type { CloseCause } from "../client/client_event.ts";
import { DeviceLinker } from "./device_linker.ts";
import { type PageAddress, parsePageAddress } from "./page_address.ts";
import { ActionsView } from "./views/actions_view.ts";
import { PasswordView } from "./views/password_view.ts";
import { ComposerView } from "./views/composer_view.ts";
import type { Conversation } from "./model/conversation.ts";
import { byId, setText } from "./views/dom.ts";
import { Drawers } from "./views/drawers.ts";
import { EntryView, type LoginDetails } from "./views/entry_view.ts";
import { HeaderView } from "./views/header_view.ts";
import {
  type BrowserStorage,
  loadSession,
  openBrowserStorage,
  type SavedSession,
  SESSION_KEY,
} from "./model/browser_storage.ts";
import { BrowserKeys } from "./model/browser_keys.ts";
import { KEY_DATABASE } from "./model/key_database.ts";
import { DeviceUsers } from "./model/device_users.ts";
import { MessagesView } from "./views/messages_view.ts";
import { Notifier } from "./views/notifier.ts";
import { UnsentView } from "./views/unsent_view.ts";
import { PageSession, type PageSessionOptions } from "./page_session.ts";
import { shortCount, SidebarView } from "./views/sidebar_view.ts";
import { PanelView } from "./views/panel_view.ts";

export class PageApp {
  readonly #address: PageAddress;
  readonly #storage: BrowserStorage;
  readonly #password = new PasswordView();
  readonly #drawers = new Drawers();
  readonly #keys: BrowserKeys;
  readonly #users: DeviceUsers;
  readonly #entry = new EntryView({
    enter: (entry) => this.#enter({ ...entry, rooms: [entry.room] }, false),
    remembers: (name) => this.#users.remembers(name),
    forget: (name) => this.#forget(name),
    enterCode: () => this.#linker.askWords(),
  });
  readonly #linker: DeviceLinker;
  readonly #notifier: Notifier;
  readonly #composer: ComposerView;
  readonly #messages: MessagesView;
  readonly #pending: UnsentView;
  readonly #sidebar: SidebarView;
  readonly #panel: PanelView;
  readonly #header: HeaderView;
  #secret: string | undefined;
  #session: PageSession | undefined;
  #scheduled = false;
  #shown: Conversation | undefined;

  constructor(address: PageAddress) {
    this.#address = address;
    const storage = this.#storage = openBrowserStorage(address.folder);
    this.#keys = new BrowserKeys(storage.permanent, KEY_DATABASE);
    this.#users = new DeviceUsers(storage.permanent, Date.now, (...key) => void this.#keys.forget(...key));
    this.#linker = new DeviceLinker({
      address,
      session: () => this.#session,
      attempt: (run) => this.#try(run),
      start: (code) => this.#start({ name: "", room: address.room, rooms: [address.room] }, { code }),
      showEntry: () => this.#showEntry(undefined),
    });
    this.#notifier = new Notifier(storage.permanent);
    new ActionsView({
      allowed: (seq) => this.#session?.actions.allowed(seq),
      perform: (seq, action) => this.#try((session) => session.actions.perform(seq, action)),
    });
    this.#composer = new ComposerView({ store: storage.tab, submit: (line) => this.#submit(line) });
    this.#messages = new MessagesView({
      loadOlder: (conversation, limit) => this.#session?.chat.loadOlder(conversation, limit),
      reachedEnd: () => this.#session?.chat.markRead(),
    });
    this.#pending = new UnsentView({
      resend: (conversation, failed) => this.#try((session) => session.actions.resend(conversation, failed)),
      drop: (conversation, failed) => this.#try((session) => session.actions.drop(conversation, failed)),
    });
    this.#sidebar = new SidebarView({
      select: (conversation) => this.#select(conversation),
      join: (room) => this.#try((session) => session.actions.join(room)),
      listRooms: () => this.#session?.actions.listRooms(),
      quit: () => void this.#quit(),
    });
    this.#panel = new PanelView({
      talkTo: (member) => this.#try((session) => session.actions.talkTo(member)),
      search: (query) => this.#session?.actions.search(query),
    });
    this.#header = new HeaderView({ reconnect: () => this.#reconnect() });
    byId("leave").addEventListener("click", () =>
      this.#try(({ chat, actions }) => {
        if (chat.conversations.current !== undefined) actions.leave(chat.conversations.current);
      }));
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    // The machine may have slept, or changed its network.
    for (const type of ["online", "pageshow"]) globalThis.addEventListener(type, () => this.#checkLink());
    // An open page that gets another fragment, which may be an invite or a code, loads again.
    globalThis.addEventListener("hashchange", () => location.hash !== "" && location.reload());
    globalThis.addEventListener("pagehide", () => this.#session?.marks.save());
  }

  /** Removes the secret from the address bar, completes the links of the document, and resumes the tab's session after a reload. */
  start(): void {
    const { secret, link } = this.#address;
    if (location.hash !== "") history.replaceState(null, "", location.pathname);
    this.#secret = secret;
    for (const link of document.links) link.href = this.#address.folder + link.getAttribute("href");
    if (link !== undefined) return this.#linker.claim(link);
    const saved = loadSession(this.#storage);
    if (saved !== undefined && secret === undefined) return this.#enter(saved, true);
    this.#showEntry(this.#address.error);
  }

  /** Shows the entry form with the name of the last user. */
  #showEntry(error: string | undefined): void {
    const name = this.#storage.permanent.read("name");
    this.#leave({ name: typeof name === "string" ? name : "", room: this.#address.room }, error);
  }

  #enter(saved: SavedSession, resumed: boolean): void {
    this.#storage.permanent.write("name", saved.name);
    if (resumed) this.#reveal();
    else this.#entry.wait();
    this.#start(saved, { resumed });
  }

  #start(saved: SavedSession, start: { readonly resumed?: boolean; readonly code?: PageSessionOptions["code"] }): void {
    const { name, room } = saved;
    const session: PageSession = new PageSession({
      ...saved,
      ...{ resumed: false, ...start, folder: this.#address.folder, secret: this.#secret },
      ...{ storage: this.#users.user(name), keys: this.#keys, password: this.#password },
      panels: {
        showMembers: () => this.#drawers.show("members"),
        showSearch: (query) => this.#showSearch(query),
        login: (account) => void session.login(account),
        quit: () => void this.#quit(),
        write: (command, text) => this.#composer.write(command, text),
      },
      isWatched: () =>
        document.visibilityState === "visible" && (this.#shown === undefined || this.#messages.following),
      changed: () => this.#session === session && this.#changed(),
      mentioned: (conversation, message) => {
        this.#notifier.notify(conversation, message, () => this.#select(conversation));
      },
    });
    this.#session = session;
    void session.chat.client.closed.then(({ cause, reason }) => this.#closed(session, { name, room }, cause, reason));
    session.chat.client.start();
    this.#changed();
  }

  #reveal(): void {
    this.#entry.hide();
    this.#linker.hideClaim();
    byId("chat").hidden = false;
  }

  /** Returns to the entry form, unless the server had admitted the user: then they may read on. */
  #closed(session: PageSession, entry: LoginDetails, cause: CloseCause, reason: string): void {
    if (this.#session !== session) return;
    this.#storage.tab.write(SESSION_KEY, undefined);
    if (session.entered && cause !== "left") return this.#changed();
    if (session.isClaim && !session.entered) return this.#refused(session, cause === "left" ? undefined : reason);
    this.#leave(entry, cause === "left" ? undefined : reason);
  }

  /** No device has admitted this one. */
  #refused(session: PageSession, reason: string | undefined): void {
    session.forgetKey();
    this.#showEntry(reason);
  }

  #leave(entry: LoginDetails, error: string | undefined): void {
    this.#session?.marks.save();
    this.#session = undefined;
    this.#shown = undefined;
    byId("chat").hidden = true;
    this.#linker.close();
    document.title = "Confab";
    this.#entry.show({ ...entry, invited: this.#secret !== undefined, error });
  }

  #forget(name: string): void {
    this.#users.forget(name);
    this.#storage.permanent.write("name", undefined);
  }

  async #quit(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#composer.forget();
    const { status, you } = session.chat.state;
    if (status.kind === "closed") {
      return this.#leave({ name: you?.name ?? "", room: this.#address.room }, undefined);
    }
    await session.chat.client.close();
  }

  #reconnect(): void {
    const { state, conversations } = this.#session!.chat;
    const rooms = conversations.rooms.map(({ partner }) => partner.kind === "room" ? partner.room : "");
    const [room] = rooms;
    this.#shown = undefined;
    if (state.you !== undefined && room !== undefined) this.#enter({ name: state.you.name, room, rooms }, true);
  }

  #submit(line: string): void {
    const session = this.#session;
    if (session === undefined) return;
    session.actions.submit(line);
    this.#messages.toEnd();
  }

  #select(conversation: Conversation): void {
    this.#try(({ chat }) => chat.select(conversation));
  }

  /** Shows an error in the open conversation. */
  #try(run: (session: PageSession) => void): void {
    const session = this.#session;
    if (session === undefined) return;
    try {
      run(session);
    } catch (error) {
      session.chat.note(error instanceof Error ? error.message : String(error), "error");
    }
    this.#drawers.closeOverlays();
  }

  #showSearch(query: string): void {
    this.#drawers.show("search");
    this.#panel.search(query);
  }

  #visibilityChanged(): void {
    if (document.visibilityState === "visible") {
      this.#checkLink();
      this.#session?.chat.markRead();
    } else {
      this.#session?.marks.save();
    }
    this.#changed();
  }

  #checkLink(): void {
    this.#session?.chat.client.checkLink();
  }

  #changed(): void {
    // A hidden page draws nothing, but its title shows the unread count.
    this.#showTitle();
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#session !== undefined) this.#draw(this.#session);
    });
  }

  #draw(session: PageSession): void {
    const { chat } = session;
    const { state, conversations: { current } } = chat;
    this.#header.update(chat);
    this.#sidebar.update(chat);
    this.#panel.update(chat);
    this.#linker.update(chat);
    if (state.you === undefined || current === undefined) return;
    if (byId("chat").hidden) {
      this.#reveal();
      this.#storage.permanent.write("name", state.you.name);
    }
    this.#saveSession(session);
    const context = { you: state.you, readSeq: current.readSeq };
    this.#messages.update(current, context);
    const online = state.status.kind === "online";
    const wasFollowing = this.#messages.following;
    this.#pending.update({
      conversation: current,
      pending: state.pending.filter(({ target }) => current.accepts(target)),
      online,
    });
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

  /** Saves the session for a reload of this tab. */
  #saveSession({ chat: { state, conversations } }: PageSession): void {
    const { you, status } = state;
    if (you === undefined || status.kind === "closed") return;
    const rooms = conversations.rooms.map(({ partner }) => partner.kind === "room" ? partner.room : "");
    const current = conversations.current?.partner;
    const room = current?.kind === "room" ? current.room : rooms[0];
    if (room !== undefined) this.#storage.tab.write(SESSION_KEY, { name: you.name, room, rooms });
  }

  #showTitle(): void {
    const chat = this.#session?.chat;
    if (chat === undefined) return;
    const { all, current } = chat.conversations;
    const forYou = all.reduce((sum, { mentions }) => sum + mentions, 0);
    const place = [current?.title, chat.state.server?.name ?? "Confab"].filter((part) => part !== undefined).join(
      " · ",
    );
    const title = (forYou > 0 ? `(${shortCount(forYou)}) ` : "") + place;
    setText(document.head.querySelector("title")!, title);
    const elsewhere = all.some((one) => one !== current && one.unread > 0);
    byId("unread-elsewhere").hidden = !elsewhere;
    setText(byId("sidebar-open-label"), elsewhere ? "Conversations, some unread" : "Conversations");
  }
}

new PageApp(parsePageAddress(location)).start();
