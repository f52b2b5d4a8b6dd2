/** What was listed last, whose entries go by their number. */

import type { ClientCommand, ServerEvent } from "../../protocol/messages/messages.ts";
import type { ListName } from "./slash_command.ts";

export class NumberedList {
  /** Ids in the order shown. */
  readonly #listed: Record<ListName, readonly string[]> = { sessions: [], invites: [], restrictions: [] };
  #rooms: readonly string[] = [];

  /** Of the server, as far as they were listed. */
  get rooms(): readonly string[] {
    return this.#rooms;
  }

  received(event: ServerEvent): void {
    if (event.type === "rooms") this.#rooms = event.rooms.map(({ name }) => name);
    else if (event.type === "sessions") this.#listed.sessions = event.sessions.map(({ id }) => id);
    else if (event.type === "invites") this.#listed.invites = event.invites.map(({ id }) => id);
    else if (event.type === "restrictions") this.#listed.restrictions = event.restrictions.map(({ id }) => id);
  }

  /** What ends one of them. Throws an Error for people where there is no such number. */
  end(list: ListName, number: number): ClientCommand {
    const id = this.#listed[list][number - 1];
    if (id === undefined) throw new Error(`There is no number ${number}: write /${list} to see what there is`);
    switch (list) {
      case "sessions":
        return { type: "revoke", session: id };
      case "invites":
        return { type: "revoke", invite: id };
      case "restrictions":
        return { type: "allow", restriction: id };
      default:
        return unknown(list);
    }
  }
}

function unknown(list: never): never {
  throw new Error(`Cannot end one of ${JSON.stringify(list)}`);
}
