/** The commands `/reply`, `/react`, `/edit` and `/delete`, with or without the number of a message. */

import {
  addressedName,
  lastOfOthers,
  lastOwnMessage,
  othersOrNumbered,
  ownOrNumbered,
  parseReply,
} from "../../client/text/message_reference.ts";
import type { MessageIntent, Target } from "../../client/delivery/message_intent.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { type DirectMessage, isRoomMessage, type Message } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { firstWord } from "../../presentation/commands/slash_command.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import { roomName } from "../render/line_style.ts";

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
  /** The last message of each side, if it was a direct message and the user was not warned of it yet. */
  readonly #direct = new Map<Side, DirectMessage>();

  constructor(options: MessageChangesOptions) {
    this.#options = options;
  }

  /** Call it when a message is shown. `room` is the current room. */
  shown(message: Message, room: string | undefined): void {
    const side = message.from.id === this.#options.state().you?.id ? "own" : "others";
    if (!isRoomMessage(message)) this.#direct.set(side, message);
    else if (message.room === room) this.#direct.delete(side);
  }

  /**
   * Throws an Error for users if there is no such message, or if the last message is a direct one, to which the command
   * cannot apply.
   */
  perform(input: ChangeInput, room: string): void {
    const { send } = this.#options;
    const state = this.#options.state();
    const target = { room };
    switch (input.type) {
      case "reply": {
        if (this.#namesAuthor(input.text) || lastOfOthers(state, room) === undefined) {
          this.#warnOfDirect("others", room);
        }
        const { to, text } = parseReply(input.text, state, room);
        if (text === input.text) this.#warnOfDirect("others", room);
        return send(target, text, { kind: "reply", to });
      }
      case "react": {
        if (input.seq === undefined) this.#warnOfDirect("others", room);
        const of = othersOrNumbered(input.seq, state, room);
        return send(target, input.emoji, { kind: "react", of, ...input.remove && { remove: true } });
      }
      case "edit":
        this.#warnOfDirect("own", room);
        if (input.text === "") return this.#fillLast(room);
        return send(target, input.text, { kind: "edit", of: ownOrNumbered(undefined, state, room) });
      case "delete":
        if (input.seq === undefined) this.#warnOfDirect("own", room);
        return send(target, "", { kind: "delete", of: ownOrNumbered(input.seq, state, room) });
      default:
        return unknown(input);
    }
  }

  /** Whether a reply begins with the name of the last direct message's author. */
  #namesAuthor(text: string): boolean {
    const { from } = this.#direct.get("others") ?? {};
    return from !== undefined && addressedName(firstWord(text)[0]) === foldName(from.name);
  }

  /** Throws a warning, once, if the last message is a direct one: the command would apply to an earlier message. */
  #warnOfDirect(side: Side, room: string): void {
    const direct = this.#direct.get(side);
    if (direct === undefined || !this.#direct.delete(side)) return;
    const [{ name }, place] = [direct[side === "own" ? "to" : "from"], roomName(room)];
    throw new Error(
      side === "own"
        ? `Your last message was a direct one to ${name} and cannot be changed: repeat the command for your last message in ${place}`
        : `The last message is a direct one from ${name}: answer with /msg ${name} TEXT, or repeat the command for the last in ${place}`,
    );
  }

  /** Fills the input line with an `/edit` command that has the text of the user's last message. */
  #fillLast(room: string): void {
    const own = lastOwnMessage(this.#options.state(), room);
    if (own === undefined) throw new Error("There is no message of yours to edit here: write /edit TEXT");
    this.#options.fill(`/edit ${own.text}`);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
