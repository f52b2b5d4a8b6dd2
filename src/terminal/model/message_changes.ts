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
import { type DirectMessage, isOfRoom, type Message, placeKey } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
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

type Side = "own" | "others";

export class MessageChanges {
  readonly #options: MessageChangesOptions;
  /** The last message of each side, if it was a direct message of another place and the user was not warned of it yet. */
  readonly #direct = new Map<Side, DirectMessage>();

  constructor(options: MessageChangesOptions) {
    this.#options = options;
  }

  /** Call it when a message is shown. `here` is the key of the current place. */
  shown(message: Message, here: string | undefined): void {
    const side = message.from.id === this.#options.state().you?.id ? "own" : "others";
    if (placeKey(message) === here) this.#direct.delete(side);
    else if (!isOfRoom(message)) this.#direct.set(side, message);
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
        if (this.#namesAuthor(input.text) || lastOfOthers(state, here) === undefined) {
          this.#warnOfDirect("others", here);
        }
        const { to, text } = parseReply(input.text, state, here);
        if (text === input.text) this.#warnOfDirect("others", here);
        return send(target, text, { kind: "reply", to });
      }
      case "react": {
        if (input.seq === undefined) this.#warnOfDirect("others", here);
        const of = othersOrNumbered(input.seq, state, here);
        return send(target, input.emoji, { kind: "react", of, ...input.remove && { remove: true } });
      }
      case "edit":
        this.#warnOfDirect("own", here);
        if (input.text === "") return this.#fillLast(here);
        return send(target, input.text, { kind: "edit", of: ownOrNumbered(undefined, state, here) });
      case "delete":
        if (input.seq === undefined) this.#warnOfDirect("own", here);
        return send(target, "", { kind: "delete", of: ownOrNumbered(input.seq, state, here) });
      default:
        return unknown(input);
    }
  }

  /** Whether a reply begins with the name of the last direct message's author. */
  #namesAuthor(text: string): boolean {
    const { from } = this.#direct.get("others") ?? {};
    return from !== undefined && addressedName(firstWord(text)[0]) === foldName(from.name);
  }

  /** Throws a warning, once, if the last message is one of another conversation: the command would apply to an earlier message. */
  #warnOfDirect(side: Side, here: string): void {
    const direct = this.#direct.get(side);
    if (direct === undefined || !this.#direct.delete(side) || placeKey(direct) === here) return;
    const state = this.#options.state();
    const [{ name }, place] = [direct.with, placeName(here, state)];
    throw new Error(
      side === "own"
        ? `Your last message went to ${name}: /msg ${name} goes there, or repeat the command for your last message in ${place}`
        : `The last message is from ${name} to you: answer with /msg ${name} TEXT, or repeat the command for the last in ${place}`,
    );
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
