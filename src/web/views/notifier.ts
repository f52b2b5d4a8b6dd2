/** Notifications for messages to the user while the page is hidden, if the user enabled them. */

import type { Message } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import { byId, on, setAttribute } from "./dom.ts";
import type { JsonStore } from "../model/browser_storage.ts";

const KEY = "notify";
const MAX_BODY_CHARS = 200;

export class Notifier {
  readonly #store: JsonStore;
  readonly #button = byId("notify");
  /** The notifications that are shown, by the key of its conversation. */
  readonly #open = new Map<string, Notification>();
  #wanted: boolean;

  constructor(store: JsonStore) {
    this.#store = store;
    // Browsers offer notifications only to pages over https and on this machine.
    const offered = "Notification" in globalThis && globalThis.isSecureContext;
    this.#button.hidden = !offered;
    this.#wanted = offered && store.read(KEY) === true && Notification.permission === "granted";
    on(this.#button, "click", () => void this.#toggle());
    this.#show();
  }

  /** Shows a notification. A click on it focuses the page and calls `open`. */
  notify(conversation: Conversation, { from, text }: Message, open: () => void): void {
    if (!this.#wanted) return;
    const title = conversation.partner.kind === "room" ? `${from.name} in ${conversation.title}` : from.name;
    try {
      const body = sanitizeLine(text).slice(0, MAX_BODY_CHARS).toWellFormed();
      const notification = new Notification(sanitizeLine(title), { body, tag: conversation.key });
      this.#open.set(conversation.key, notification);
      notification.onclick = () => {
        globalThis.focus();
        notification.close();
        open();
      };
    } catch {
      // Browsers on phones have the constructor, which throws.
      this.#button.hidden = true;
      this.#wanted = false;
    }
  }

  /** Closes the notifications of conversations that the user has read, on any device. */
  update({ conversations }: PageChat): void {
    for (const [key, notification] of this.#open) {
      if ((conversations.get(key)?.unread ?? 0) > 0) continue;
      notification.close();
      this.#open.delete(key);
    }
  }

  async #toggle(): Promise<void> {
    this.#wanted = !this.#wanted && await Notification.requestPermission() === "granted";
    this.#store.write(KEY, this.#wanted);
    this.#show();
  }

  #show(): void {
    setAttribute(this.#button, "aria-pressed", String(this.#wanted));
  }
}
