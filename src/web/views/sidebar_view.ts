/** The list of conversations with their unread counts, and the form that joins another room. */

import type { PageChat } from "../page_chat.ts";
import type { Conversation } from "../model/conversation.ts";
import { byId, el, on, setAttribute, setText, syncList } from "./dom.ts";

export interface SidebarOptions {
  readonly select: (conversation: Conversation) => void;
  readonly join: (room: string) => void;
  /** Called when the user is about to choose a room. */
  readonly listRooms: () => void;
  /** Requests older conversations. */
  readonly loadConversations: () => void;
  readonly quit: () => void;
}

export class SidebarView {
  readonly #options: SidebarOptions;
  readonly #room = byId<HTMLInputElement>("join-room");

  constructor(options: SidebarOptions) {
    this.#options = options;
    on(this.#room, "focus", () => options.listRooms());
    on(byId("join-form"), "submit", (event) => {
      event.preventDefault();
      if (this.#room.value.trim() !== "") options.join(this.#room.value.trim());
      this.#room.value = "";
    });
    on(byId("directs-more"), "click", () => options.loadConversations());
    on(byId("quit"), "click", () => options.quit());
  }

  update({ conversations, state, allRooms, hasMoreConversations }: PageChat): void {
    if (state.server !== undefined) setText(byId("server-name"), state.server.name);
    setText(byId("me"), state.you?.name ?? "");
    setText(byId("me-away"), state.you?.away === undefined ? "" : " (away)");
    this.#list(byId("rooms"), conversations.rooms, conversations.current);
    this.#list(byId("directs"), conversations.directs, conversations.current);
    byId("directs-title").hidden = conversations.directs.length === 0;
    byId("directs-more").hidden = !hasMoreConversations;
    const others = allRooms.filter(({ name }) => !state.rooms.has(name));
    syncList(byId("all-rooms"), {
      items: others,
      key: ({ name }) => name,
      create: ({ name }) => el("option", { value: name }),
      update: (option, { count }) => setText(option, `${count} here`),
    });
  }

  #list(list: HTMLElement, items: readonly Conversation[], current: Conversation | undefined): void {
    syncList(list, {
      items,
      key: ({ key }) => key,
      create: (conversation) => this.#item(conversation),
      update: (item, conversation) => updateItem(item, conversation, conversation === current),
    });
  }

  #item(conversation: Conversation): HTMLElement {
    const button = el(
      "button",
      { type: "button", class: "conversation-button" },
      el("bdi", { class: "conversation-title" }),
      el("span", { class: "badge", "aria-hidden": "true" }),
      el("span", { class: "visually-hidden" }),
    );
    on(button, "click", () => this.#options.select(conversation));
    return el("li", {}, button);
  }
}

function updateItem(item: HTMLElement, conversation: Conversation, isCurrent: boolean): void {
  const [title, badge, countLabel] = Array.from(item.firstElementChild!.children) as [Element, Element, Element];
  const { unread, mentions } = conversation;
  setText(title, conversation.title);
  setText(badge, unread === 0 ? "" : shortCount(unread));
  setAttribute(badge, "class", mentions > 0 ? "badge mentions" : "badge");
  setText(countLabel, unread === 0 ? "" : `, ${unread} unread${mentions > 0 ? `, ${mentions} for you` : ""}`);
  setAttribute(item.firstElementChild!, "aria-current", isCurrent ? "true" : undefined);
}

export function shortCount(count: number): string {
  return count > 99 ? "99+" : String(count);
}
