/** The header above the messages: the conversation, and the state of the connection. */

import type { Status } from "../../client/client_event.ts";
import { systemClock } from "../../client/clock.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { listedMember } from "../../client/state/member_lookup.ts";
import { awayText } from "../../presentation/sentences/presence_sentences.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { PageChat } from "../page_chat.ts";
import { otherPageAddresses } from "../page_address.ts";
import { byId, el, on, setText } from "./dom.ts";

export interface HeaderOptions {
  /** Called when the user asks to connect after the client gave up. */
  readonly reconnect: () => void;
}

export class HeaderView {
  readonly #options: HeaderOptions;
  readonly #status = byId("status");
  #shown: Status | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  /** When the connection was lost, in milliseconds of the client's clock. */
  #lostAt: number | undefined;

  constructor(options: HeaderOptions) {
    this.#options = options;
  }

  update({ conversations: { current }, state, maxCallMembers = 0 }: PageChat): void {
    const room = current?.partner.kind === "room" ? state.rooms.get(current.partner.room) : undefined;
    setText(byId("title"), current?.title ?? "");
    setText(
      byId("topic"),
      current?.partner.kind === "direct" ? directTopic(state, current.partner.member) : room?.topic ?? "",
    );
    setText(byId("members-count"), room === undefined ? "" : String(room.count));
    byId("members-open").hidden = current === undefined;
    setText(byId("members-label"), room === undefined ? "Show who this is with" : "here: show who");
    byId("search-open").hidden = current === undefined;
    const others = room === undefined
      ? Number(current !== undefined && current.key !== `@${state.you?.id}`)
      : room.count - 1;
    byId("call").hidden = others < 1 || others >= maxCallMembers;
    byId("leave").setAttribute("aria-label", current?.partner.kind === "direct" ? "Close" : "Leave this room");
    if (state.status !== this.#shown) this.#show(state.status, () => otherServers(state, room?.name));
  }

  #show(status: Status, others: () => Part[]): void {
    this.#shown = status;
    clearInterval(this.#ticking);
    this.#status.dataset.kind = status.kind;
    switch (status.kind) {
      case "online":
        this.#lostAt = undefined;
        return this.#status.replaceChildren();
      case "connecting":
        return status.attempt > 1 ? undefined : this.#status.replaceChildren(el("span", {}, "Connecting…"));
      case "waiting":
        return this.#countDown(status, others);
      case "closed":
        return this.#status.replaceChildren(el("span", {}, status.reason), this.#button());
      default:
        return status satisfies never;
    }
  }

  /** The seconds are hidden from screen readers, which would read them out each time. */
  #countDown({ retryAt, reason }: Extract<Status, { kind: "waiting" }>, others: () => Part[]): void {
    const lostAt = this.#lostAt ??= systemClock.now();
    const why = reason.replace(/\.$/, "");
    const text = `${why === "" ? "No connection" : why}. Reconnecting; messages that you write are sent later.`;
    const shown = this.#status.querySelector(".lost");
    const lost = shown?.firstChild?.textContent === text ? shown : el("span", { class: "lost" }, text);
    const seconds = el("span", { "aria-hidden": "true" });
    const tick = () => {
      const now = systemClock.now();
      const left = Math.ceil((retryAt - now) / 1_000);
      setText(seconds, left > 0 ? ` (${left} s)` : "");
      if (now - lostAt >= ELSEWHERE_AFTER_MS && lost.childElementCount === 0) lost.append(...others());
    };
    if (lost === shown) this.#status.lastElementChild?.replaceWith(seconds);
    else this.#status.replaceChildren(lost, seconds);
    tick();
    this.#ticking = setInterval(tick, 1_000);
  }

  #button(): HTMLElement {
    const button = el("button", { type: "button", class: "quiet" }, "Reconnect");
    on(button, "click", () => this.#options.reconnect());
    return button;
  }
}

/** How long the page waits for its own server before it offers others. */
const ELSEWHERE_AFTER_MS = 5_000;

type Part = Node | string;

/** Links to the room at other servers of the chat. */
function otherServers({ servers }: ClientState, room = DEFAULT_ROOM): Part[] {
  return otherPageAddresses(location.origin, servers, room).slice(0, 2).flatMap((href, index) => [
    index > 0 ? " or " : " Or open the chat at ",
    el("a", { href }, new URL(href).host),
  ]);
}

/** The readers of a direct conversation, and whether the other member is away. */
function directTopic(state: ClientState, { id }: MemberInfo): string {
  if (id === state.you?.id) return "Only you see this";
  const away = awayText(listedMember(state, id) ?? {}, PAGE_MARKUP);
  return `Only the two of you see this${away === "" ? "" : ` · ${away}`}`;
}
