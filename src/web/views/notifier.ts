/** Notifications and sounds for messages to the user that they do not see, if they have turned them on. */

import type { Message } from "../../protocol/messages/messages.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PageChat } from "../page_chat.ts";
import type { PageSettings } from "../model/page_settings.ts";

const MAX_BODY_CHARS = 200;
const TONE_SECONDS = 0.15;
const TONE_VOLUME = 0.1;

export class Notifier {
  readonly #settings: PageSettings;
  /** The notifications that are shown, by the key of its conversation. */
  readonly #open = new Map<string, Notification>();
  /** Browsers offer notifications only to pages over https and on this machine. */
  #isOffered = "Notification" in globalThis && globalThis.isSecureContext;

  #audio: AudioContext | undefined;
  #isSounding = false;

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

  /** Makes a sound, and shows a notification. A click on it focuses the page and calls `open`. */
  notify(conversation: Conversation, message: Message, open: () => void): void {
    if (this.#settings.isOn("sound")) this.#makeSound();
    if (!this.#isOffered || !this.#settings.isOn("notify") || Notification.permission !== "granted") return;
    const { from } = message;
    const title = conversation.partner.kind === "room" ? `${from.name} in ${conversation.title}` : from.name;
    try {
      const body = sanitizeLine(message.text || (message.file?.name ?? "")).slice(0, MAX_BODY_CHARS).toWellFormed();
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

  /** Makes one sound at a time. Browsers stay silent before the user's first click or key on the page. */
  #makeSound(): void {
    if (this.#isSounding) return;
    this.#isSounding = true;
    const audio = this.#audio ??= new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.value = TONE_VOLUME;
    tone.connect(volume).connect(audio.destination);
    tone.onended = () => this.#isSounding = false;
    void audio.resume();
    tone.start();
    tone.stop(audio.currentTime + TONE_SECONDS);
  }
}
