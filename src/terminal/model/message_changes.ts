/** What a person does to messages that are there: reply, react, edit, delete. */

import { addressedName, lastOwnMessage, lastSeqOfOthers, parseReply } from "../../client/text/message_reference.ts";
import type { MessageIntent, Target } from "../../client/delivery/message_intent.ts";
import type { ClientState } from "../../client/state/client_state.ts";
import { type DirectMessage, isRoomMessage, type Message } from "../../protocol/messages/messages.ts";
import { foldCase } from "../../protocol/text/names.ts";
import { firstWord } from "../../presentation/commands/slash_command.ts";
import type { SlashInput } from "../../presentation/commands/slash_input.ts";
import { roomName } from "../render/line_style.ts";

export type ChangeInput = Extract<SlashInput, { type: "reply" | "react" | "edit" | "delete" }>;

export interface MessageChangesOptions {
  readonly state: () => ClientState;
  readonly send: (target: Target, text: string, intent: MessageIntent) => void;
  /** Puts a text into the line, once it is empty, for the person to go on with. */
  readonly fill: (text: string) => void;
}

type Side = "own" | "others";

export class MessageChanges {
  readonly #options: MessageChangesOptions;
  /** The last message of each side, where it is a direct one and nobody was told yet that these stay as they are. */
  readonly #direct = new Map<Side, DirectMessage>();

  constructor(options: MessageChangesOptions) {
    this.#options = options;
  }

  /** A message was shown, with this room the current one. */
  shown(message: Message, room: string | undefined): void {
    const side = message.from.id === this.#options.state().you?.id ? "own" : "others";
    if (!isRoomMessage(message)) this.#direct.set(side, message);
    else if (message.room === room) this.#direct.delete(side);
  }

  /** Throws an Error for people where there is no such message. */
  perform(input: ChangeInput, room: string): void {
    const { send } = this.#options;
    const state = this.#options.state();
    const target = { room };
    switch (input.type) {
      case "reply": {
        if (this.#names(input.text) || lastSeqOfOthers(state, room) === undefined) this.#ask("others", room);
        const { to, text } = parseReply(input.text, state, room);
        if (text === input.text) this.#ask("others", room);
        return send(target, text, { kind: "reply", to });
      }
      case "react": {
        if (input.seq === undefined) this.#ask("others", room);
        const seq = input.seq ?? lastSeqOfOthers(state, room);
        return send(target, input.emoji, { kind: "react", seq, ...input.remove && { remove: true } });
      }
      case "edit":
        this.#ask("own", room);
        if (input.text === "") return this.#bringBack(room);
        return send(target, input.text, { kind: "edit", seq: lastOwnMessage(state, room)?.seq });
      case "delete":
        if (input.seq === undefined) this.#ask("own", room);
        return send(target, "", { kind: "delete", seq: input.seq ?? lastOwnMessage(state, room)?.seq });
      default:
        return unknown(input);
    }
  }

  /** Whether a reply names who wrote the last direct message. */
  #names(words: string): boolean {
    const { from } = this.#direct.get("others") ?? {};
    return from !== undefined && addressedName(firstWord(words)[0]) === foldCase(from.name);
  }

  /** Throws once where the last message is a direct one, since the one that is meant then stands further up. */
  #ask(side: Side, room: string): void {
    const direct = this.#direct.get(side);
    if (direct === undefined || !this.#direct.delete(side)) return;
    const [{ name }, place] = [direct[side === "own" ? "to" : "from"], roomName(room)];
    throw new Error(
      side === "own"
        ? `Your last message went to ${name} alone, and no server keeps those: the same again means your last in ${place}`
        : `The last message is ${name}'s to you alone: /msg ${name} TEXT answers it, the same again means the last in ${place}`,
    );
  }

  /** The last message as the command that changes it. */
  #bringBack(room: string): void {
    const own = lastOwnMessage(this.#options.state(), room);
    if (own === undefined) throw new Error("There is no message of yours to bring back: write /edit TEXT");
    this.#options.fill(`/edit ${own.text}`);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
