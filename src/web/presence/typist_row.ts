import type { Typists } from "../../client/presence/typists.ts";
import { typingText } from "../../presentation/sentences/presence_sentences.ts";
import type { Conversation } from "../model/conversation.ts";
import { byId, setText } from "../views/dom.ts";

/** The row below the messages that says who is writing. It is always there, so that nothing moves. */
export class TypistRow {
  readonly #typists: Typists;

  constructor(typists: Typists) {
    this.#typists = typists;
  }

  update(conversation: Conversation | undefined): void {
    setText(byId("typing"), conversation === undefined ? "" : typingText(this.#typists.in(conversation.place)));
  }
}
