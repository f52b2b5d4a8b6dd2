/** The panel beside the conversation: the members of the room, or the search and its results. */

import type { PageChat } from "../page_chat.ts";
import { awayText } from "../../presentation/sentences/presence_sentences.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { byId, el, on, setAttribute, setText, syncList } from "./dom.ts";
import { colorClass, formatDay } from "./message_parts.ts";
import { initialLetter, messageElement } from "./message_row.ts";

export interface PanelOptions {
  readonly talkTo: (member: MemberInfo) => void;
  /** Opens the menu of a member. */
  readonly more: (member: MemberInfo) => void;
  /** Throws an Error for users. */
  readonly search: (query: string) => void;
}

export class PanelView {
  readonly #options: PanelOptions;
  readonly #query = byId<HTMLInputElement>("query");
  #members: ReadonlyMap<string, MemberInfo> | undefined;
  #found: unknown;

  constructor(options: PanelOptions) {
    this.#options = options;
    on(byId("search-form"), "submit", (event) => {
      event.preventDefault();
      if (this.#query.value.trim() !== "") this.search(this.#query.value.trim());
    });
  }

  /** Searches as if the user had typed the query here. */
  search(query: string): void {
    this.#query.value = query;
    try {
      this.#options.search(query);
    } catch (error) {
      this.#showHint(error instanceof Error ? error.message : String(error));
    }
  }

  update(chat: PageChat): void {
    const { current } = chat.conversations;
    const label = current?.partner.kind === "direct" ? "Search this conversation" : "Search this room";
    setText(byId("query-label"), label);
    this.#query.placeholder = label;
    const room = current?.partner.kind === "room" ? chat.state.rooms.get(current.partner.room) : undefined;
    if (room?.members !== this.#members) this.#showMembers(room?.members, chat.state.you);
    const rest = (room?.count ?? 0) - (room?.members.size ?? 0);
    setText(byId("members-more"), rest > 0 ? `and ${rest} more` : "");
    if (chat.search !== this.#found) this.#showFound(chat);
  }

  #showMembers(members: ReadonlyMap<string, MemberInfo> | undefined, you: MemberInfo | undefined): void {
    this.#members = members;
    const items = [...members?.values() ?? []].toSorted(byRankAndName);
    syncList(byId("members"), {
      items,
      key: ({ id }) => id,
      create: (member) => this.#member(member, member.id === you?.id),
      update: updateMember,
    });
  }

  #member(member: MemberInfo, isYou: boolean): HTMLElement {
    const button = el(
      "button",
      { type: "button", class: "member", disabled: isYou },
      el("span", { class: `avatar ${colorClass(member.name)}`, "aria-hidden": "true" }, initialLetter(member.name)),
      el("bdi", {}),
      el("span", { class: "mark" }),
    );
    const more = el("button", { type: "button", class: "icon-button", "aria-haspopup": "dialog" }, "⋯");
    const known = () => this.#members?.get(member.id) ?? member;
    on(button, "click", () => this.#options.talkTo(known()));
    on(more, "click", () => this.#options.more(known()));
    return el("li", {}, button, isYou ? el("span", { class: "mark you" }, "you") : more);
  }

  #showFound({ search, state: { you } }: PageChat): void {
    this.#found = search;
    const { result } = search ?? {};
    const messages = result !== undefined && "messages" in result ? result.messages : [];
    const rows = messages.map((message) =>
      el(
        "li",
        {},
        el("p", { class: "found-day" }, formatDay(message.at)),
        messageElement({ kind: "message", message }, { you, grouped: false, linked: false, formatted: false }),
      )
    );
    byId("found").replaceChildren(...rows);
    if (search === undefined) this.#showHint(HINT);
    else if (result === undefined) this.#showHint("Searching…");
    else if ("error" in result) this.#showHint(result.error);
    else this.#showHint(summaryOf(messages.length, result.more, search.where));
  }

  #showHint(text: string): void {
    setText(byId("search-hint"), text);
  }
}

const HINT = 'Words, "several words in a row", from:ada, before:2026-11-01';

function summaryOf(count: number, more: boolean, where: string): string {
  if (count === 0) return `No messages found in ${where}`;
  return `${count} found in ${where}, newest first${more ? "; there are more" : ""}`;
}

function updateMember(item: HTMLElement, member: MemberInfo): void {
  const [avatar, name, mark] = Array.from(item.firstElementChild!.children) as [Element, Element, Element];
  setText(avatar, initialLetter(member.name));
  setText(name, member.name);
  const away = awayText(member, PAGE_MARKUP);
  setText(mark, [member.role ?? "", member.new ? "new" : "", away].filter((word) => word !== "").join(", "));
  setAttribute(item, "class", member.away && "away");
  // A long mark is cut in the list.
  const whole = away === "" ? "" : ` (${away})`;
  setAttribute(item.firstElementChild!, "title", `Write a direct message to ${member.name}${whole}`);
  const more = item.querySelector(".icon-button");
  if (more !== null) setAttribute(more, "aria-label", `More about ${member.name}`);
}

function byRankAndName(one: MemberInfo, other: MemberInfo): number {
  const rank = Number(one.role === undefined) - Number(other.role === undefined);
  return rank !== 0 ? rank : one.name.localeCompare(other.name);
}
