import type { Typists } from "../../client/presence/typists.ts";
import { typingText } from "../../presentation/sentences/presence_sentences.ts";
import type { MemberInfo, ServerEvent } from "../../protocol/messages/messages.ts";
import { isRoomMessage } from "../../protocol/messages/messages.ts";

/** Partners of direct messages that are remembered. The longest silent one is forgotten first. */
const MAX_PARTNERS = 100;

export interface TypistNoteOptions {
  readonly typists: Typists;
  readonly ignores: (member: MemberInfo) => boolean;
}

/** Who is writing, for the prompt. Strangers show nothing: a member who writes to the user must have exchanged messages with them. */
export class TypistNote {
  readonly #options: TypistNoteOptions;
  readonly #partners = new Set<string>();

  constructor(options: TypistNoteOptions) {
    this.#options = options;
  }

  received(event: ServerEvent): void {
    this.#options.typists.received(event);
    if (event.type !== "message" || isRoomMessage(event)) return;
    for (const { id } of [event.from, event.to]) {
      this.#partners.delete(id);
      this.#partners.add(id);
    }
    while (this.#partners.size > MAX_PARTNERS) this.#partners.delete(this.#partners.values().next().value!);
  }

  /** Empty if nobody writes in this room or to the user. */
  text(room: string | undefined): string {
    const { typists, ignores } = this.#options;
    const shown = (members: readonly MemberInfo[]) => members.filter((member) => !ignores(member));
    const direct = shown(typists.direct()).filter(({ id }) => this.#partners.has(id));
    if (direct.length > 0) return typingText(direct, { toYou: true });
    return room === undefined ? "" : typingText(shown(typists.in(room)));
  }
}
