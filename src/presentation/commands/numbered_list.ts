/** The lists that the server sent last, so that a user can name an entry by its number. */

import type { ClientCommand, Partner, ServerEvent } from "../../protocol/messages/messages.ts";
import { endCommand, type ListName } from "./slash_input.ts";

export class NumberedList {
  /** Ids in the order shown. */
  readonly #listed: Record<ListName, readonly string[]> = { sessions: [], invites: [], restrictions: [] };
  #rooms: readonly string[] = [];
  #partners: readonly Partner[] = [];

  /** Rooms of the server, as far as they were listed. */
  get rooms(): readonly string[] {
    return this.#rooms;
  }

  /** Keeps the ids of a list; ignores every other event. */
  received(event: ServerEvent): void {
    if (event.type === "rooms") this.#rooms = event.rooms.map(({ name }) => name);
    else if (event.type === "conversations" && event.ref !== undefined) {
      this.#partners = event.conversations.map((conversation) => conversation.with);
    } else if (event.type === "sessions") this.#listed.sessions = event.sessions.map(({ id }) => id);
    else if (event.type === "invites") this.#listed.invites = event.invites.map(({ id }) => id);
    else if (event.type === "restrictions") {
      this.#listed.restrictions = [...event.restrictions, ...event.moderators].map(({ id }) => id);
    }
  }

  /** The other member of a conversation. Throws an Error for users if the list has no such number. */
  partner(number: number): Partner {
    const partner = this.#partners[number - 1];
    if (partner === undefined) throw new Error(`There is no number ${number}: write /conversations to see the list`);
    return partner;
  }

  /** Returns the command that ends an entry. Throws an Error for users if the list has no such number. */
  end(list: ListName, number: number): ClientCommand {
    const id = this.#listed[list][number - 1];
    if (id === undefined) throw new Error(`There is no number ${number}: write /${list} to see the list`);
    return endCommand(list, id);
  }
}
