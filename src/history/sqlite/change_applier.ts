import type { Change, RoomEntry, RoomMessage } from "../../protocol/messages/messages.ts";
import type { SearchIndex } from "./search/search_index.ts";
import type { MessageTable, RowParts } from "./tables/message_table.ts";
import type { ReactionTable } from "./tables/reaction_table.ts";
import type { RoomRecord } from "./tables/room_table.ts";

/** What a row of a change is, in its column `kind`. Never change what a number means. */
export const KINDS = { edited: 1, deleted: 2, reacted: 3, removed: 4 } as const;

/** How an entry is kept. A text stands in one row only, that of its message. `withText`: anything that was said is kept. */
export function partsOf(entry: RoomEntry, withText: boolean): RowParts {
  switch (entry.type) {
    case "message":
      return { text: withText ? entry.text : null, target: entry.reply?.seq, changed: changedBefore(entry) };
    case "reacted":
      return { ...partsOfChange(entry, withText), text: withText ? entry.emoji : null };
    case "edited":
    case "deleted":
      return partsOfChange(entry, withText);
    default:
      return entry satisfies never;
  }
}

/** An imported message has been changed already: as long as nothing says by what, by itself. */
function changedBefore({ seq, edited, deleted }: RoomMessage): number | undefined {
  return edited || deleted ? seq : undefined;
}

function partsOfChange(change: Change, withText: boolean): RowParts {
  const kind = change.type === "reacted" && change.removed ? KINDS.removed : KINDS[change.type];
  return { text: withText ? "" : null, kind, target: change.of.seq };
}

/** Does to messages, and to all that is derived from them, what a change says. */
export class ChangeTable {
  readonly #messages: MessageTable;
  readonly #reactions: ReactionTable;
  readonly #indexing: SearchIndex;

  constructor(messages: MessageTable, reactions: ReactionTable, indexing: SearchIndex) {
    this.#messages = messages;
    this.#reactions = reactions;
    this.#indexing = indexing;
  }

  /** Inside a transaction. Does nothing to a message that is not kept, or was deleted. */
  apply(room: RoomRecord, change: Change, person: number): void {
    const seq = change.of.seq;
    const target = this.#messages.at(room, seq);
    if (target === undefined || target[4] === "") return;
    if (change.type !== "reacted") return this.#setText(room, seq, target[3], change);
    if (change.removed) this.#reactions.remove(room, seq, change.emoji, person);
    else this.#reactions.add(room, seq, change.emoji, person, change.seq);
  }

  #setText(room: RoomRecord, seq: number, author: string, change: Exclude<Change, { type: "reacted" }>): void {
    const text = change.type === "edited" ? change.text : "";
    // An edit that came in without its text was followed by another one.
    if (text === undefined) return;
    this.#messages.change(room, seq, text, change.seq);
    if (change.type === "deleted") this.#reactions.delete(room, seq, seq);
    if (seq > room.indexed) return;
    this.#indexing.delete(room, seq, seq);
    if (text !== "") this.#indexing.insert(room, seq, author, text);
  }
}
