/** Notifications for messages to the user while the page is hidden, if the user enabled them. */

import type { Message } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import type { PageSettings } from "../model/page_settings.ts";

const MAX_BODY_CHARS = 200;

export class Notifier {
  readonly #settings: PageSettings;
  /** The notifications that are shown, by the key of its conversation. */
  readonly #open = new Map<string, Notification>();
  /** Browsers offer notifications only to pages over https and on this machine. */
  #isOffered = "Notification" in globalThis && globalThis.isSecureContext;

  constructor(settings: PageSettings) {
    this.#settings = settings;
  }

  get isOffered(): boolean {
    return this.#isOffered;
  }

  /** Asks the browser, which may ask the user. */
  async isAllowed(): Promise<boolean> {
    return this.#isOffered && await Notification.requestPermission() === "granted";
  }

  /** Shows a notification. A click on it focuses the page and calls `open`. */
  notify(conversation: Conversation, { from, text }: Message, open: () => void): void {
    if (!this.#isOffered || !this.#settings.isOn("notify") || Notification.permission !== "granted") return;
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
      this.#isOffered = false;
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
}
