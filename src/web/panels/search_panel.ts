import type { ClientState } from "../../client/state/client_state.ts";
import type { SearchEvent } from "../../protocol/messages/messages.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import { byId, el, on, setText, syncList } from "../views/dom.ts";
import { formatDay } from "../views/message_parts.ts";
import { messageElement } from "../views/message_row.ts";
import { searchIn, searchQuery, searchSummary } from "./message_search.ts";
import { choices, labelled, sentenceOf } from "./panel_parts.ts";

export interface SearchPanelOptions {
  readonly chat: () => PageChat | undefined;
  /** Opens a message among the others of its conversation. Resolves with false if it cannot be loaded. */
  readonly show: (conversation: Conversation, seq: number) => Promise<boolean>;
}

/** The search beside the conversation: its fields, and the list of messages that it has found. */
export class SearchPanel {
  readonly #options: SearchPanelOptions;
  readonly #words = byId<HTMLInputElement>("query");
  readonly #names = el("datalist", { id: "search-names" });
  readonly #from = el("input", { list: "search-names", autocomplete: "off", spellcheck: "false", maxlength: "128" });
  readonly #before = el("input", { type: "date" });
  readonly #place = choices([]);
  /** The session whose results are shown. */
  #chat: PageChat | undefined;
  /** Counts the searches: only the reply to the last one is shown. */
  #count = 0;

  constructor(options: SearchPanelOptions) {
    this.#options = options;
    // Text that the user has typed while this was loading stays.
    this.#chat = options.chat();
    setText(byId("search-hint"), HINT);
    byId("search-form").append(
      labelled("From", this.#from),
      labelled("Before (UTC)", this.#before),
      labelled("In", this.#place),
      el("button", { class: "primary" }, "Find"),
      this.#names,
    );
    on(this.#from, "focus", () => this.#listNames());
  }

  /** Searches as if the user had typed the query here. */
  search(query: string): void {
    this.#words.value = query;
    this.#from.value = this.#before.value = this.#place.value = "";
    this.submit();
  }

  submit(): void {
    void this.#search(searchQuery({ words: this.#words.value, from: this.#from.value, before: this.#before.value }));
  }

  update(chat: PageChat): void {
    if (chat !== this.#chat) this.#reset(chat);
    const { current, all } = chat.conversations;
    syncList(this.#place, {
      items: [undefined, ...all],
      key: (conversation) => conversation?.key ?? "",
      create: (conversation) => el("option", { value: conversation?.key ?? "" }),
      update: (option, conversation) => setText(option, conversation?.title ?? `${current?.title ?? ""} (open)`),
    });
  }

  /** Another user does not see what was found before. */
  #reset(chat: PageChat): void {
    this.#chat = chat;
    this.#words.value = this.#from.value = this.#before.value = "";
    this.#count++;
    this.#show(HINT, []);
  }

  #listNames(): void {
    const state = this.#options.chat()?.state;
    if (state === undefined) return;
    this.#names.replaceChildren(...namesIn(state).map((name) => el("option", { value: name })));
  }

  async #search(query: string): Promise<void> {
    const chat = this.#options.chat();
    const conversations = chat?.conversations;
    const place = conversations?.get(this.#place.value) ?? conversations?.current;
    if (chat === undefined || place === undefined || query === "") return;
    const count = ++this.#count;
    this.#show("Searching…", []);
    try {
      const reply = await searchIn(place, query, chat.replies);
      if (count === this.#count) this.#showFound(chat, place, reply);
    } catch (error) {
      if (count === this.#count) this.#show(sentenceOf(error), []);
    }
  }

  #showFound(chat: PageChat, place: Conversation, reply: SearchEvent): void {
    const messages = reply.messages.filter(chat.ignored.isShown);
    const style = { you: chat.state.you, words: chat.mentionWords, grouped: false, linked: false, formatted: false };
    const rows = messages.map((message) => {
      const open = el(
        "button",
        { type: "button", class: "found-day", title: "Show this message" },
        formatDay(message.at),
        el("span", { class: "visually-hidden" }, `, show the message of ${message.from.name}`),
      );
      const row = el("li", {}, open, messageElement({ kind: "message", message }, style));
      on(row, "click", (event) => {
        if (!isReading(event)) void this.#open(place, message.seq);
      });
      return row;
    });
    this.#show(searchSummary({ ...reply, messages }, place), rows);
  }

  async #open(place: Conversation, seq: number): Promise<void> {
    const count = this.#count;
    const hint = byId("search-hint").textContent;
    setText(byId("search-hint"), "Loading older messages…");
    let text = hint;
    try {
      if (!await this.#options.show(place, seq)) text = TOO_FAR;
    } catch (error) {
      text = sentenceOf(error);
    }
    if (count === this.#count) setText(byId("search-hint"), text);
  }

  #show(hint: string, rows: readonly HTMLElement[]): void {
    setText(byId("search-hint"), hint);
    byId("found").replaceChildren(...rows);
  }
}

const HINT = 'Words, or "several words in a row"';
const TOO_FAR = "This message cannot be shown among the others: it is too far back, or no longer kept";

/** Whether the user follows a link, or has selected text by the pointer. A key that clicks a button has the detail 0. */
function isReading({ target, detail }: MouseEvent): boolean {
  if (target instanceof Element && target.closest("a") !== null) return true;
  return detail > 0 && getSelection()?.isCollapsed === false;
}

/** Names that are offered as an author at most. */
const MAX_NAMES = 200;

/** The members of the user's rooms, those who wrote last first. */
function namesIn({ rooms }: ClientState): string[] {
  const names = Array.from(rooms.values(), ({ speakers, members }) => [
    ...speakers,
    ...Array.from(members.values(), ({ name }) => name),
  ]);
  return [...new Set(names.flat())].slice(0, MAX_NAMES);
}
