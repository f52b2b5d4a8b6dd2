/** The page: the entry form and one session at a time, drawn at most once a frame. Loading this file starts it. */

import type { CloseCause } from "../client/client_event.ts";
import { ChatScreen } from "./chat_screen.ts";
import { DeviceLinker } from "./device_linker.ts";
import type { InviteEvent } from "../protocol/messages/messages.ts";
import { inviteWords } from "../protocol/address/invite_link.ts";
import { isThisMachine, type PageAddress, pageRoomAddress, parsePageAddress } from "./page_address.ts";
import { PasswordView } from "./views/password_view.ts";
import { EntryView, type LoginDetails } from "./views/entry_view.ts";
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
import { PageSettings } from "./model/page_settings.ts";
import { Notifier } from "./views/notifier.ts";
import { PagePresence } from "./presence/page_presence.ts";
import { PageSession, type PageSessionOptions } from "./page_session.ts";
import { TitleView } from "./title_view.ts";

export class PageApp {
  readonly #address: PageAddress;
  readonly #storage: BrowserStorage;
  readonly #password = new PasswordView();
  readonly #title = new TitleView();
  readonly #keys: BrowserKeys;
  readonly #users: DeviceUsers;
  readonly #entry = new EntryView({
    enter: (entry) => this.#enter({ ...entry, rooms: [entry.room] }, false),
    remembers: (name) => this.#users.remembers(name),
    forget: (name) => this.#forget(name),
    enterCode: () => this.#linker.askWords(),
  });
  readonly #linker: DeviceLinker;
  readonly #settings: PageSettings;
  readonly #notifier: Notifier;
  readonly #presence: PagePresence;
  readonly #screen: ChatScreen;
  #secret: string | undefined;
  #session: PageSession | undefined;
  #scheduled = false;

  constructor(address: PageAddress) {
    this.#address = address;
    const storage = this.#storage = openBrowserStorage(address.folder);
    this.#keys = new BrowserKeys(storage.permanent, KEY_DATABASE);
    this.#users = new DeviceUsers(storage.permanent, Date.now, (...key) => void this.#keys.forget(...key));
    this.#linker = new DeviceLinker({
      address,
      session: () => this.#session,
      attempt: (run) => this.#screen.attempt(run),
      start: (code) => this.#start({ name: "", room: address.room, rooms: [address.room] }, { code }),
      showEntry: (error) => this.#showEntry(error),
    });
    const settings = this.#settings = new PageSettings(storage.permanent, () => this.#changed());
    this.#notifier = new Notifier(settings);
    this.#presence = new PagePresence({
      settings,
      chat: () => this.#session?.chat,
      changed: () => this.#changed(),
    });
    this.#screen = new ChatScreen({
      store: storage.tab,
      settings,
      folder: address.folder,
      changed: () => this.#changed(),
      notifier: this.#notifier,
      session: () => this.#session,
      typed: (text) => this.#presence.typed(text),
      quit: () => void this.#quit(),
      shareAddress: () => this.#share({}),
      reconnect: () => this.#reconnect(),
    });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    // The machine may have slept, or changed its network.
    for (const type of ["online", "pageshow"]) globalThis.addEventListener(type, () => this.#checkLink());
    // An open page that gets another fragment, which may be an invite or a code, loads again.
    globalThis.addEventListener("hashchange", () => location.hash !== "" && location.reload());
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
        ...this.#screen.panels,
        login: (account) => void session.login(account),
        register: () => void session.register(),
        quit: () => void this.#quit(),
        call: (action) => session.calls.perform(action),
      },
      keywords: () => this.#settings.keywords,
      notifies: () => this.#settings.isOn("notify"),
      isWatched: () => this.#screen.isWatched,
      changed: () => this.#session === session && this.#changed(),
      received: (event) => this.#presence.received(event),
      invited: (invite) => this.#share(invite),
      mentioned: (conversation, message) => {
        this.#notifier.notify(conversation, message, () => this.#screen.select(conversation));
      },
    });
    this.#session = session;
    void session.chat.client.closed.then(({ cause, reason }) => this.#closed(session, { name, room }, cause, reason));
    session.chat.client.start();
    this.#changed();
  }

  /** Shows the address of a room, with the secret of an invite if there is one. */
  #share({ room, secret, words }: Partial<InviteEvent>): void {
    const place = this.#session?.saved?.room ?? this.#address.room;
    const local = isThisMachine(location.hostname) ? "Only this machine can open this address. " : "";
    this.#screen.share({
      title: `#${room ?? place}`,
      address: pageRoomAddress(location.origin, this.#address.folder, room ?? place, secret),
      hint: words === undefined ? local : `${local}Instead of a password: ${inviteWords(words).join(" ")}`,
    });
  }

  #reveal(): void {
    this.#entry.hide();
    this.#linker.hideClaim();
    this.#screen.open();
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
    this.#session?.calls.close();
    this.#session = undefined;
    this.#screen.close();
    this.#linker.close();
    this.#title.clear();
    this.#entry.show({ ...entry, invited: this.#secret !== undefined, error });
  }

  #forget(name: string): void {
    this.#users.forget(name);
    this.#storage.permanent.write("name", undefined);
  }

  async #quit(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#screen.forgetDrafts();
    const { status, you } = session.chat.state;
    if (status.kind === "closed") {
      return this.#leave({ name: you?.name ?? "", room: this.#address.room }, undefined);
    }
    await session.chat.client.close();
  }

  #reconnect(): void {
    const { chat: { state: { you } }, rooms } = this.#session!;
    const [room] = rooms;
    this.#session!.calls.close();
    this.#screen.startOver();
    if (you !== undefined && room !== undefined) this.#enter({ name: you.name, room, rooms }, true);
  }

  #visibilityChanged(): void {
    if (document.visibilityState === "visible") {
      this.#checkLink();
      this.#session?.chat.markRead();
    }
    this.#changed();
  }

  #checkLink(): void {
    this.#session?.chat.client.checkLink();
  }

  #changed(): void {
    // A hidden page draws nothing, but its title shows the unread count.
    if (this.#session !== undefined) {
      this.#title.update(this.#session.chat);
      this.#notifier.update(this.#session.chat);
      this.#presence.changed(this.#session.chat);
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (this.#session !== undefined) this.#draw(this.#session);
    });
  }

  #draw(session: PageSession): void {
    const { chat, saved } = session;
    const { you } = chat.state;
    this.#screen.drawFrame(chat);
    this.#linker.update(chat);
    if (you === undefined || chat.conversations.current === undefined) return;
    if (!this.#screen.isOpen) {
      this.#reveal();
      this.#storage.permanent.write("name", you.name);
    }
    if (saved !== undefined) this.#storage.tab.write(SESSION_KEY, saved);
    this.#screen.drawConversation(chat);
    session.calls.update();
    this.#presence.draw(chat);
  }
}

new PageApp(parsePageAddress(location)).start();
