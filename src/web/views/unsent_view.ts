/** Failed and pending messages, below all others. */

import type { PendingMessage } from "../../client/delivery/message_intent.ts";
import type { Conversation, FailedMessage } from "../model/conversation.ts";
import { byId, el, on, setText, syncList } from "./dom.ts";
import { textElement } from "./message_parts.ts";

export interface UnsentViewOptions {
  readonly resend: (conversation: Conversation, failed: FailedMessage) => void;
  readonly drop: (conversation: Conversation, failed: FailedMessage) => void;
}

export interface UnsentMessages {
  readonly conversation: Conversation;
  readonly pending: readonly PendingMessage[];
  readonly online: boolean;
  /** Whether their markup is shown formatted. */
  readonly formatted: boolean;
}

/** Pending messages that are shown at most. */
const MAX_SHOWN = 50;

type Item = { readonly failed: FailedMessage } | { readonly pending: PendingMessage };

export class UnsentView {
  readonly #options: UnsentViewOptions;
  readonly #list = byId("outgoing");

  constructor(options: UnsentViewOptions) {
    this.#options = options;
  }

  update(unsent: UnsentMessages): void {
    const { conversation, pending, online } = unsent;
    const failed: Item[] = conversation.failed.map((failed) => ({ failed }));
    const waiting: Item[] = pending.slice(0, MAX_SHOWN).map((pending) => ({ pending }));
    syncList(this.#list, {
      items: [...failed, ...waiting],
      key: (item) => "failed" in item ? `failed ${item.failed.message.ref}` : item.pending.ref,
      create: (item) => "failed" in item ? this.#failed(item.failed, unsent) : row(item.pending, unsent),
      update: (element, item) => {
        const state = element.querySelector(".state");
        if (!("failed" in item) && state !== null) setText(state, online ? "Sending…" : "Waiting for the connection");
      },
    });
  }

  #failed(failed: FailedMessage, unsent: UnsentMessages): HTMLElement {
    const { conversation } = unsent;
    const again = el("button", { type: "button", class: "quiet" }, "Send again");
    const drop = el("button", { type: "button", class: "quiet" }, "Drop");
    on(again, "click", () => this.#options.resend(conversation, failed));
    on(drop, "click", () => this.#options.drop(conversation, failed));
    const element = row(failed.message, unsent);
    element.classList.add("failed");
    element.querySelector(".state")!.replaceChildren(el("span", {}, `Not sent: ${failed.reason}`), again, drop);
    return element;
  }
}

const NOTES = { reply: "Reply", edit: "Edit", delete: "Deletion", react: "Reaction" };

/** A message to an unknown member is shown in another conversation, which says so. */
function row({ target, text, file, intent }: PendingMessage, { conversation, formatted }: UnsentMessages): HTMLElement {
  const note = "to" in target && !conversation.accepts(target) ? `To ${target.to}` : intent && NOTES[intent.kind];
  return el(
    "div",
    { class: "row outgoing" },
    note !== undefined && el("p", { class: "note" }, note),
    file && el("p", { class: "text" }, el("bdi", {}, file.name)),
    (text !== "" || file === undefined) && textElement(text, { words: [], formatted }),
    el("p", { class: "state" }),
  );
}
