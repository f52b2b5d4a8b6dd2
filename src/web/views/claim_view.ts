/** The cards of a new device: a form for the words that another device shows, and the wait for its answer. */

import { canonicalSecret, inviteWords } from "../../protocol/address/invite_link.ts";
import type { LinkClaimEvent } from "../../protocol/identity/link_steps.ts";
import { INVITE_WORDS } from "../../protocol/limits.ts";
import { byId, el, on, setText } from "./dom.ts";

export interface ClaimActions {
  /** Asks the device that shows these words. */
  claim(words: string): void;
  cancel(): void;
  /** Returns to the entry form. */
  back(): void;
}

export class ClaimView {
  readonly #words = el("input", { id: "code-words", spellcheck: "false", maxlength: "128", required: true, ...PLAIN });
  readonly #error = el("p", { class: "error", role: "alert", hidden: true });
  readonly #form: HTMLElement;
  readonly #title = el("h1", { id: "claim-title", tabindex: "-1" });
  readonly #hint = el("p", { class: "lead" });
  readonly #compare = el("p", { id: "claim-words", class: "words", hidden: true });
  readonly #card: HTMLElement;
  #shown: LinkClaimEvent | undefined;

  constructor(actions: ClaimActions) {
    const button = (text: string, click: () => void, style = "quiet forget") => {
      const element = el("button", { type: "button", class: style }, text);
      on(element, "click", click);
      return element;
    };
    this.#form = el(
      "form",
      { id: "code-form", class: "card", autocomplete: "off", hidden: true },
      el("h1", {}, el("span", { class: "logo", "aria-hidden": "true" }), "Link this device"),
      el("p", { class: "lead" }, "On your other device, choose Link a device, or type /link. It shows three words."),
      this.#error,
      el("label", { for: "code-words" }, "Three words"),
      this.#words,
      el("button", { class: "primary" }, "Continue"),
      button("Back", () => actions.back()),
    );
    this.#card = el(
      "section",
      { id: "claim", class: "card", "aria-labelledby": "claim-title", hidden: true },
      ...[this.#title, this.#hint, this.#compare],
      button("Cancel", () => actions.cancel(), "quiet"),
    );
    on(this.#form, "submit", (event) => {
      event.preventDefault();
      const words = this.#read();
      if (words !== undefined) actions.claim(words);
    });
    byId("entry").append(this.#form, this.#card);
  }

  /** Shows the form for the words. */
  ask(): void {
    byId("entry-form").hidden = true;
    this.#form.hidden = false;
    this.#words.value = "";
    this.#showError(undefined);
    this.#words.focus();
  }

  /** Shows that the server is being asked. */
  connect(): void {
    byId("entry").hidden = false;
    byId("entry-form").hidden = true;
    this.#form.hidden = true;
    this.#card.hidden = false;
    this.#show("Connecting…", "");
  }

  update(claim: LinkClaimEvent | undefined): void {
    if (claim === this.#shown) return;
    this.#shown = claim;
    if (claim?.step !== "waiting") return;
    const { member, compare } = claim;
    this.#title.replaceChildren(el("bdi", {}, member), " is asked to admit this device");
    this.#show(undefined, compare === undefined ? "Answer Yes on the other device." : COMPARE, compare);
    this.#title.focus();
  }

  hide(): void {
    this.#form.hidden = true;
    this.#card.hidden = true;
  }

  #show(title: string | undefined, hint: string, words: readonly string[] = []): void {
    if (title !== undefined) setText(this.#title, title);
    setText(this.#hint, hint);
    setText(this.#compare, words.join(" "));
    this.#compare.hidden = words.length === 0;
  }

  /** The words as the server knows them. */
  #read(): string | undefined {
    const words = inviteWords(this.#words.value);
    this.#showError(
      words.length === INVITE_WORDS ? undefined : `The code has ${INVITE_WORDS} words, and you typed ${words.length}`,
    );
    return words.length === INVITE_WORDS ? canonicalSecret(this.#words.value) : undefined;
  }

  #showError(error: string | undefined): void {
    setText(this.#error, error ?? "");
    this.#error.hidden = error === undefined;
  }
}

/** Attributes of a field whose text no browser changes or keeps. */
const PLAIN = { autocomplete: "off", autocapitalize: "off" };
const COMPARE = "Compare these six words with those on the other device, and answer there: Yes if they are the same.";
