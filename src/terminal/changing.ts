/** What a person does to messages that are there: reply, react, edit, delete. */

import { answerOf, lastOfOthers, lastOwn } from "../client/choosing.ts";
import type { Target } from "../client/client_event.ts";
import type { Intent } from "../client/intent.ts";
import type { ClientState } from "../client/state.ts";
import type { Input } from "./commands/command.ts";

export type ChangeInput = Extract<Input, { type: "reply" | "react" | "edit" | "delete" }>;

export interface ChangingOptions {
  readonly state: () => ClientState;
  readonly send: (target: Target, text: string, intent: Intent) => void;
  /** Puts a text into the line, once it is empty, for the person to go on with. */
  readonly fill: (text: string) => void;
}

export class Changing {
  readonly #options: ChangingOptions;

  constructor(options: ChangingOptions) {
    this.#options = options;
  }

  /** Throws an Error for people where there is no such message. */
  perform(input: ChangeInput, room: string): void {
    const { send } = this.#options;
    const state = this.#options.state();
    const target = { room };
    switch (input.type) {
      case "reply": {
        const { to, text } = answerOf(input.words, state, room);
        return send(target, text, { kind: "reply", to });
      }
      case "react": {
        const seq = input.seq ?? lastOfOthers(state, room);
        return send(target, input.emoji, { kind: "react", seq, ...input.remove && { remove: true } });
      }
      case "edit":
        if (input.text === "") return this.#bringBack(room);
        return send(target, input.text, { kind: "edit", seq: lastOwn(state, room)?.seq });
      case "delete":
        return send(target, "", { kind: "delete", seq: input.seq ?? lastOwn(state, room)?.seq });
      default:
        return unknown(input);
    }
  }

  /** The last message as the command that changes it. */
  #bringBack(room: string): void {
    const own = lastOwn(this.#options.state(), room);
    if (own === undefined) throw new Error("There is no message of yours to bring back: write /edit TEXT");
    this.#options.fill(`/edit ${own.text}`);
  }
}

function unknown(input: never): never {
  throw new Error(`Cannot perform ${JSON.stringify(input)}`);
}
