/** The members of the open room, or the partner of the open conversation, in the panel beside the messages. */

import type { ClientState } from "../../client/state/client_state.ts";
import { listedMember } from "../../client/state/member_lookup.ts";
import type { PageChat } from "../page_chat.ts";
import { awayText } from "../../presentation/sentences/presence_sentences.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { MemberInfo, Partner } from "../../protocol/messages/messages.ts";
import { byId, el, on, setAttribute, setText, syncList } from "./dom.ts";
import { colorClass } from "./message_parts.ts";
import { initialLetter } from "./message_row.ts";

export interface MembersViewOptions {
  readonly talkTo: (member: MemberInfo) => void;
  /** Opens the menu of a member. */
  readonly more: (member: MemberInfo) => void;
}

export class MembersView {
  readonly #options: MembersViewOptions;
  #members: ReadonlyMap<string, MemberInfo> | undefined;
  /** The partner who is shown in place of a room's members. */
  #partner: MemberInfo | undefined;

  constructor(options: MembersViewOptions) {
    this.#options = options;
  }

  update(chat: PageChat): void {
    const { current } = chat.conversations;
    if (current?.partner.kind === "direct") return this.#updatePartner(chat.state, current.partner.member);
    this.#partner = undefined;
    const room = current && chat.state.rooms.get(current.partner.room);
    byId("room-more").hidden = room === undefined;
    if (room?.members !== this.#members) this.#show(room?.members, chat.state.you);
    const rest = (room?.count ?? 0) - (room?.members.size ?? 0);
    setText(byId("members-more"), rest > 0 ? `and ${rest} more` : "");
  }

  #updatePartner(state: ClientState, partner: Partner): void {
    const member = listedMember(state, partner.id) ?? partner;
    if (member === this.#partner) return;
    this.#partner = member;
    byId("room-more").hidden = true;
    setText(byId("members-more"), "");
    this.#show(new Map([[member.id, member]]), state.you);
  }

  #show(members: ReadonlyMap<string, MemberInfo> | undefined, you: MemberInfo | undefined): void {
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
    return el("li", {}, button, isYou && el("span", { class: "mark you" }, "you"), more);
  }
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
  setAttribute(item.lastElementChild!, "aria-label", `More about ${member.name}`);
}

function byRankAndName(one: MemberInfo, other: MemberInfo): number {
  const rank = Number(one.role === undefined) - Number(other.role === undefined);
  return rank !== 0 ? rank : one.name.localeCompare(other.name);
}
