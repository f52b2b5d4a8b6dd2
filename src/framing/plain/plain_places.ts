/** The rooms that a user on nc has joined, and the conversation that is open: where their lines go. */

import type { CommandPlace } from "../../presentation/commands/slash_input.ts";
import { DEFAULT_ROOM } from "../../protocol/conventions.ts";
import type { Partner } from "../../protocol/messages/messages.ts";

export class PlainPlaces {
  /** The last one is the current room. */
  readonly #rooms: string[] = [];
  /** The other member of the open conversation. */
  #partner: Partner | undefined;

  /** The current place; `undefined` outside of all. */
  get current(): CommandPlace | undefined {
    if (this.#partner !== undefined) return { to: this.#partner.id };
    const room = this.#rooms.at(-1);
    return room === undefined ? undefined : { room };
  }

  /** The key of the current place, as of `placeKey`. */
  get key(): string {
    return this.#partner === undefined ? this.#rooms.at(-1) ?? DEFAULT_ROOM : `@${this.#partner.id}`;
  }

  /** The name of the current place, such as `#dev` or `@bob`; `undefined` outside of all. */
  get name(): string | undefined {
    if (this.#partner !== undefined) return `@${this.#partner.name}`;
    const room = this.#rooms.at(-1);
    return room === undefined ? undefined : `#${room}`;
  }

  /** Makes the room the current place. */
  enter(room: string): void {
    this.exit(room);
    this.#rooms.push(room);
    this.#partner = undefined;
  }

  /** Removes a room. If it was the current place, the room entered before it is current then. */
  exit(room: string): void {
    const index = this.#rooms.indexOf(room);
    if (index >= 0) this.#rooms.splice(index, 1);
  }

  /** Makes the conversation with the member the current place. */
  open({ id, name }: Partner): void {
    this.#partner = { id, name };
  }

  /** Closes the open conversation: the room entered last is current then. Returns the other member. */
  close(): Partner | undefined {
    const partner = this.#partner;
    this.#partner = undefined;
    return partner;
  }
}
