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
    setText(byId("typing"), conversation === undefined ? "" : this.#textFor(conversation));
  }

  #textFor({ partner }: Conversation): string {
    if (partner.kind === "room") return typingText(this.#typists.in(partner.room));
    return typingText(this.#typists.direct().filter(({ id }) => id === partner.member.id));
  }
}
