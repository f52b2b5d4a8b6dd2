/** The bar with the actions for one message: the message under the pointer, or the one chosen by keys. */

import type { AllowedActions, MessageAction } from "../model/message_actions.ts";
import { byId, el, on, setAttribute, setText } from "./dom.ts";

export interface ActionsOptions {
  /** `undefined` if the user can do nothing with the message. */
  readonly allowed: (seq: number) => AllowedActions | undefined;
  readonly perform: (seq: number, action: MessageAction) => void;
}

const EMOJI = ["👍", "❤️", "😂", "🎉"];
const MESSAGE = ".message[data-seq]";
const DELETE = "Delete";

export class ActionsView {
  readonly #options: ActionsOptions;
  readonly #log = byId("log");
  readonly #rows = byId("messages");
  readonly #bar = el("div", { class: "actions", role: "group", hidden: true });
  readonly #reply = button("Reply");
  readonly #edit = button("Edit");
  readonly #delete = button(DELETE);
  /** Keeps the bar at its message when rows are added, removed or redrawn. */
  readonly #redrawn = new MutationObserver(() => this.#place());
  #seq: number | undefined;

  constructor(options: ActionsOptions) {
    this.#options = options;
    this.#bar.append(this.#reply, ...EMOJI.map((emoji) => this.#emojiButton(emoji)), this.#edit, this.#delete);
    this.#log.append(this.#bar);
    on(this.#reply, "click", () => this.#act({ kind: "reply" }));
    on(this.#edit, "click", () => this.#act({ kind: "edit" }));
    on(this.#delete, "click", () => this.#askToDelete());
    on(this.#rows, "pointerover", ({ target }) => this.#onPointer(target));
    on(this.#rows, "click", ({ target }) => this.#onPointer(target));
    on(this.#log, "pointerleave", () => this.#isFocused || this.#hide());
    on(this.#log, "keydown", (event) => this.#onKey(event));
    on(this.#log, "scroll", () => this.#isFocused ? this.#place() : this.#hide());
  }

  get #isFocused(): boolean {
    return this.#bar.contains(document.activeElement);
  }

  #emojiButton(emoji: string): HTMLElement {
    const element = button(emoji);
    setAttribute(element, "aria-label", `React with ${emoji}`);
    on(element, "click", () => this.#act({ kind: "react", emoji }));
    return element;
  }

  #onPointer(target: EventTarget | null): void {
    if (!(target instanceof Element) || this.#isFocused) return;
    const message = target.closest<HTMLElement>(MESSAGE);
    if (message !== null) this.#show(message);
  }

  #show(message: HTMLElement): boolean {
    const seq = Number(message.dataset.seq);
    const allowed = this.#options.allowed(seq);
    if (allowed === undefined) return false;
    this.#seq = seq;
    setAttribute(this.#bar, "aria-label", `Message of ${allowed.label}`);
    setAttribute(this.#reply, "aria-label", `Reply to ${allowed.label}`);
    this.#edit.hidden = !allowed.edit;
    this.#delete.hidden = !allowed.delete;
    setText(this.#delete, DELETE);
    this.#bar.hidden = false;
    this.#redrawn.observe(this.#rows, { childList: true, subtree: true });
    this.#place();
    return true;
  }

  #hide(): void {
    if (this.#seq === undefined) return;
    this.#redrawn.disconnect();
    const wasFocused = this.#isFocused;
    this.#bar.hidden = true;
    this.#seq = undefined;
    if (wasFocused) this.#log.focus({ preventScroll: true });
  }

  #place(): void {
    if (this.#seq === undefined) return;
    const message = this.#rows.querySelector(`.message[data-seq="${this.#seq}"]`);
    if (message === null || this.#options.allowed(this.#seq) === undefined) return this.#hide();
    const above = this.#bar.offsetParent?.getBoundingClientRect().top ?? 0;
    this.#bar.style.top = `${message.getBoundingClientRect().top - above}px`;
  }

  #act(action: MessageAction): void {
    const seq = this.#seq;
    if (seq === undefined) return;
    if (action.kind !== "react") this.#hide();
    this.#options.perform(seq, action);
  }

  /** Requires a second press, because a deletion cannot be undone. */
  #askToDelete(): void {
    if (this.#delete.textContent !== DELETE) return this.#act({ kind: "delete" });
    setText(this.#delete, "Delete for everyone?");
  }

  #onKey(event: KeyboardEvent): void {
    const { key, target } = event;
    const isInBar = this.#isFocused;
    if (isInBar && key === "Escape") this.#hide();
    else if (isInBar && (key === "ArrowUp" || key === "ArrowDown")) this.#choose(key === "ArrowUp" ? -1 : 1);
    else if (key === "Enter" && target === this.#log) this.#choose(0);
    else return;
    event.preventDefault();
  }

  /** Chooses the last visible message, or the next one in a direction that allows an action. */
  #choose(step: -1 | 0 | 1): void {
    const messages = Array.from(this.#rows.querySelectorAll<HTMLElement>(MESSAGE));
    const { bottom } = this.#log.getBoundingClientRect();
    const from = step === 0
      ? messages.findLastIndex((message) => message.getBoundingClientRect().top < bottom)
      : messages.findIndex(({ dataset }) => Number(dataset.seq) === this.#seq) + step;
    for (let index = from; index >= 0 && index < messages.length; index += step === 0 ? -1 : step) {
      if (!this.#show(messages[index]!)) continue;
      messages[index]!.scrollIntoView({ block: "nearest" });
      return this.#reply.focus({ preventScroll: true });
    }
  }
}

function button(text: string): HTMLButtonElement {
  return el("button", { type: "button" }, text);
}
