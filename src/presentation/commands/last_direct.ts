/** Warns before `/reply` and the like apply to the current place, although the last message shown was a direct one of another place. */

import { type DirectMessage, isOfRoom, type Message, placeKey } from "../../protocol/messages/messages.ts";
import { foldName } from "../../protocol/text/names.ts";
import { invalid } from "./slash_command.ts";

/** The author of the message that a command changes by default: `/edit` and `/delete` the user's own, `/reply` and `/react` one of others. */
export type MessageSide = "own" | "others";

export class LastDirect {
  /** The last message of each side, if it was a direct one of another place and the user was not warned of it yet. */
  readonly #messages = new Map<MessageSide, DirectMessage>();

  /** Takes a message that is shown. `here` is the key of the current place. */
  shown(side: MessageSide, message: Message, here: string | undefined): void {
    if (placeKey(message) === here) this.wroteHere(side);
    else if (!isOfRoom(message)) this.#messages.set(side, message);
  }

  /** Notes that the last message of this side is one of the current place. */
  wroteHere(side: MessageSide): void {
    this.#messages.delete(side);
  }

  /** Whether the last direct message of others is of the member with this name. */
  isFrom(name: string): boolean {
    const { from } = this.#messages.get("others") ?? {};
    return from !== undefined && foldName(from.name) === foldName(name);
  }

  /**
   * Throws `invalid`, once, if the last message of this side is a direct one of another place: the command would apply to an
   * earlier message. `here` is the key of the current place, and `name` its name, such as `#dev` or `@bob`.
   */
  warn(side: MessageSide, here: string, name: string): void {
    const direct = this.#messages.get(side);
    if (direct === undefined || !this.#messages.delete(side) || placeKey(direct) === here) return;
    const partner = direct.with.name;
    throw invalid(
      side === "own"
        ? `Your last message went to ${partner}: /msg ${partner} goes there, or repeat the command for your last message in ${name}`
        : `The last message is from ${partner} to you: answer with /msg ${partner} TEXT, or repeat the command for the last in ${name}`,
    );
  }
}
