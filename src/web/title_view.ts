/** The title of the tab, which counts what is for the user, and the dot of other conversations with unread messages. */

import type { PageChat } from "./page_chat.ts";
import { byId, setText } from "./views/dom.ts";
import { shortCount } from "./views/sidebar_view.ts";

export class TitleView {
  readonly #title = document.head.querySelector("title")!;
  /** The name of the chat, as the server wrote it into the document. */
  readonly #chat = this.#title.textContent;

  update({ conversations: { all, current }, state }: PageChat): void {
    const forYou = all.reduce((sum, { mentions }) => sum + mentions, 0);
    const place = [current?.title, state.server?.name ?? this.#chat].filter((part) => part !== undefined).join(" · ");
    setText(this.#title, (forYou > 0 ? `(${shortCount(forYou)}) ` : "") + place);
    const elsewhere = all.some((one) => one !== current && one.unread > 0);
    byId("unread-elsewhere").hidden = !elsewhere;
    setText(byId("sidebar-open-label"), elsewhere ? "Conversations, some unread" : "Conversations");
  }

  /** No session is shown. */
  clear(): void {
    setText(this.#title, this.#chat);
  }
}
