/** The commands `/reply`, `/react`, `/edit` and `/delete`, with or without the number of a message. */

import {
  addressedName,
  lastOfOthers,
  lastOwnMessage,
  othersOrNumbered,
  ownOrNumbered,
  parseReply,
  targetOf,
} from "../../client/text/message_reference.ts";
import type { MessageIntent, Target } from "../../client/delivery/message_intent.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import type { Message } from "../../protocol/messages/messages.ts";
import { LastDirect, type MessageSide } from "../../presentation/commands/last_direct.ts";
import { firstWord } from "../../presentation/commands/slash_command.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import { placeName } from "../render/place_name.ts";

export type ChangeInput = Extract<SlashInput, { type: "reply" | "react" | "edit" | "delete" }>;

export interface MessageChangesOptions {
  readonly state: () => ClientState;
  readonly send: (target: Target, text: string, intent: MessageIntent) => void;
  /** Puts a text into the input line, once the line is empty, for the user to change. */
  readonly fill: (text: string) => void;
}

export class MessageChanges {
  readonly #options: MessageChangesOptions;
  readonly #direct = new LastDirect();

  constructor(options: MessageChangesOptions) {
    this.#options = options;
  }

  /** Call it when a message is shown. `here` is the key of the current place. */
  shown(message: Message, here: string | undefined): void {
    const side = message.from.id === this.#options.state().you?.id ? "own" : "others";
    this.#direct.shown(side, message, here);
  }

  /**
   * Performs a command in the current place, whose key is `here`. Throws an Error for users if there is no such message, or, once, if
   * the last message was shown there but is of a conversation elsewhere: the user may mean that one.
   */
  perform(input: ChangeInput, here: string): void {
    const { send } = this.#options;
    const state = this.#options.state();
    const target = targetOf(here);
    switch (input.type) {
      case "reply": {
        const isToAuthor = this.#direct.isFrom(addressedName(firstWord(input.text)[0]));
        if (isToAuthor || lastOfOthers(state, here) === undefined) this.#warn("others", here);
        const { to, text } = parseReply(input.text, state, here);
        if (text === input.text) this.#warn("others", here);
        return send(target, text, { kind: "reply", to });
      }
      case "react": {
        if (input.seq === undefined) this.#warn("others", here);
        const of = othersOrNumbered(input.seq, state, here);
        return send(target, input.emoji, { kind: "react", of, ...input.remove && { remove: true } });
      }
      case "edit":
        this.#warn("own", here);
        if (input.text === "") return this.#fillLast(here);
        return send(target, input.text, { kind: "edit", of: ownOrNumbered(undefined, state, here) });
      case "delete":
        if (input.seq === undefined) this.#warn("own", here);
        return send(target, "", { kind: "delete", of: ownOrNumbered(input.seq, state, here) });
      default:
        return unknown(input);
    }
  }

  #warn(side: MessageSide, here: string): void {
    this.#direct.warn(side, here, placeName(here, this.#options.state()));
  }

  /** Fills the input line with an `/edit` command that has the text of the user's last message. */
  #fillLast(here: string): void {
    const own = lastOwnMessage(this.#options.state(), here);
    if (own === undefined) throw new Error("There is no message of yours to edit here: write /edit TEXT");
    this.#options.fill(`/edit ${own.text}`);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
