import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import type { PageSession } from "../page_session.ts";
import type { PageSettings } from "../model/page_settings.ts";
import type { PanelRequest } from "../model/menus.ts";
import { byId, on, setText } from "../views/dom.ts";
import type { Notifier } from "../views/notifier.ts";
import type { MenuPanel } from "./menu_panel.ts";
import type { PanelContext } from "./panel_context.ts";
import type { SearchPanel } from "./search_panel.ts";

export interface PanelLoaderOptions {
  readonly session: () => PageSession | undefined;
  readonly settings: PageSettings;
  readonly notifier: Notifier;
  /** Opens a message among the others of its conversation. Resolves with false if it cannot be loaded. */
  readonly showMessage: (conversation: Conversation, seq: number) => Promise<boolean>;
  /** Shows a sentence to the user. */
  readonly failed: (text: string) => void;
}

/** Loads the code of each panel when the user first opens it, so that the page itself stays small. */
export class PanelLoader {
  readonly #options: PanelLoaderOptions;
  readonly #query = byId<HTMLInputElement>("query");
  #search: Promise<SearchPanel | undefined> | undefined;
  #searchPanel: SearchPanel | undefined;
  #menus: MenuPanel | undefined;

  constructor(options: PanelLoaderOptions) {
    this.#options = options;
    on(byId("search-form"), "submit", (event) => {
      event.preventDefault();
      void this.#useSearch((panel) => panel.submit());
    });
  }

  /** Loads the search, which has been opened. */
  openSearch(): void {
    void this.#useSearch(() => {});
  }

  /** Searches as if the user had typed the query into the panel. */
  search(query: string): void {
    void this.#useSearch((panel) => panel.search(query));
  }

  /** Opens a panel over the page. */
  async open(request: PanelRequest): Promise<void> {
    const { session, settings, notifier } = this.#options;
    const open = await this.#load(async () => await importPanel(request));
    const chat = session()?.chat;
    if (chat !== undefined) open?.({ chat, settings, notifier });
  }

  /** Opens a menu, or shows an address. */
  async useMenus(use: (menus: MenuPanel) => void): Promise<void> {
    const module = await this.#load(async () => await import("./menu_panel.ts"));
    if (module !== undefined) use(this.#menus ??= new module.MenuPanel());
  }

  /** Closes the panel that is open: its session has ended. */
  close(): void {
    document.querySelector<HTMLDialogElement>("dialog.panel")?.close();
  }

  update(chat: PageChat): void {
    const { current } = chat.conversations;
    const label = current?.partner.kind === "direct" ? "Search this conversation" : "Search this room";
    setText(byId("query-label"), label);
    this.#query.placeholder = label;
    this.#searchPanel?.update(chat);
  }

  async #useSearch(use: (panel: SearchPanel) => void): Promise<void> {
    this.#search ??= this.#loadSearch();
    const panel = await this.#search;
    if (panel !== undefined) return use(panel);
    this.#search = undefined;
  }

  async #loadSearch(): Promise<SearchPanel | undefined> {
    const module = await this.#load(async () => await import("./search_panel.ts"));
    if (module === undefined) return undefined;
    const { session, showMessage } = this.#options;
    const chat = () => session()?.chat;
    const panel = this.#searchPanel = new module.SearchPanel({ chat, show: showMessage });
    const shown = chat();
    if (shown !== undefined) panel.update(shown);
    return panel;
  }

  /** Resolves with `undefined` if the server does not have the code any more, or cannot be reached. */
  async #load<M>(importModule: () => Promise<M>): Promise<M | undefined> {
    try {
      return await importModule();
    } catch {
      this.#options.failed(CANNOT_LOAD);
      return undefined;
    }
  }
}

/** Returns the function that opens the panel. */
async function importPanel(request: PanelRequest): Promise<(context: PanelContext) => unknown> {
  switch (request.type) {
    case "whois": {
      const { openWhois } = await import("./whois_panel.ts");
      return (context) => openWhois(context, request.name);
    }
    case "moderation": {
      const { openModeration } = await import("./moderation_panel.ts");
      return (context) => openModeration(context, request);
    }
    case "room": {
      const { openRoom } = await import("./room_panel.ts");
      return (context) => openRoom(context, request.room);
    }
    case "server": {
      const { openServer } = await import("./server_panel.ts");
      return openServer;
    }
    case "devices": {
      const { openDevices } = await import("./devices_panel.ts");
      return openDevices;
    }
    case "invites": {
      const { openInvites } = await import("./invites_panel.ts");
      return openInvites;
    }
    case "settings": {
      const { openSettings } = await import("./settings_panel.ts");
      return openSettings;
    }
    default:
      return request satisfies never;
  }
}

const CANNOT_LOAD = "This part of the page cannot be loaded: reload the page";
