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
  readonly #form = byId("code-form");
  readonly #words = byId<HTMLInputElement>("code-words");
  readonly #card = byId("claim");
  readonly #title = byId("claim-title");
  #shown: LinkClaimEvent | undefined;

  constructor(actions: ClaimActions) {
    on(this.#form, "submit", (event) => {
      event.preventDefault();
      const words = this.#read();
      if (words !== undefined) actions.claim(words);
    });
    on(byId("code-back"), "click", () => actions.back());
    on(byId("claim-cancel"), "click", () => actions.cancel());
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
    setText(byId("claim-hint"), hint);
    setText(byId("claim-words"), words.join(" "));
    byId("claim-words").hidden = words.length === 0;
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
    const element = byId("code-error");
    setText(element, error ?? "");
    element.hidden = error === undefined;
  }
}

const COMPARE = "Compare these six words with those on the other device, and answer there: Yes if they are the same.";
