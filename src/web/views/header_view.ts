/** The header above the messages: the conversation, and the state of the connection. */

import type { Status } from "../../client/client_event.ts";
import { systemClock } from "../../client/clock.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { listedMember } from "../../client/state/member_lookup.ts";
import { awayText } from "../../presentation/sentences/presence_sentences.ts";
import type { MemberInfo } from "../../protocol/messages/messages.ts";
import { PAGE_MARKUP } from "../page_commands.ts";
import type { PageChat } from "../page_chat.ts";
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
    if (state.status !== this.#shown) this.#show(state.status);
  }

  #show(status: Status): void {
    this.#shown = status;
    clearInterval(this.#ticking);
    this.#status.dataset.kind = status.kind;
    switch (status.kind) {
      case "online":
        return this.#status.replaceChildren();
      case "connecting":
        return status.attempt > 1 ? undefined : this.#status.replaceChildren(el("span", {}, "Connecting…"));
      case "waiting":
        return this.#countDown(status);
      case "closed":
        return this.#status.replaceChildren(el("span", {}, status.reason), this.#button());
      default:
        return status satisfies never;
    }
  }

  /** The seconds are hidden from screen readers, which would read them out each time. */
  #countDown({ retryAt, reason }: Extract<Status, { kind: "waiting" }>): void {
    const seconds = el("span", { "aria-hidden": "true" });
    const tick = () => {
      const left = Math.ceil((retryAt - systemClock.now()) / 1_000);
      setText(seconds, left > 0 ? ` (${left} s)` : "");
    };
    tick();
    this.#ticking = setInterval(tick, 1_000);
    const why = reason.replace(/\.$/, "");
    const text = `${why === "" ? "No connection" : why}. Reconnecting; messages that you write are sent later.`;
    const shown = this.#status.querySelector(".lost")?.textContent;
    if (shown === text) this.#status.lastElementChild?.replaceWith(seconds);
    else this.#status.replaceChildren(el("span", { class: "lost" }, text), seconds);
  }

  #button(): HTMLElement {
    const button = el("button", { type: "button", class: "quiet" }, "Reconnect");
    on(button, "click", () => this.#options.reconnect());
    return button;
  }
}

/** The readers of a direct conversation, and whether the other member is away. */
function directTopic(state: ClientState, { id }: MemberInfo): string {
  if (id === state.you?.id) return "Only you see this";
  const away = awayText(listedMember(state, id) ?? {}, PAGE_MARKUP);
  return `Only the two of you see this${away === "" ? "" : ` · ${away}`}`;
}
