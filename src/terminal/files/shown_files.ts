import { dropOldest } from "../../client/state/drop_oldest.ts";
import { MAX_SHOWN_FILES } from "../../protocol/limits.ts";
import {
  keyOfPage,
  type Message,
  type MessageFile,
  placeKey,
  type ServerEvent,
} from "../../protocol/messages/messages.ts";

/** A message with a file that was shown. */
export interface ShownFile {
  /** The key of its room or conversation. */
  readonly place: string;
  readonly seq: number;
  readonly file: MessageFile;
}

/** The files of shown messages, by the numbers of the messages. */
export class ShownFiles {
  /** Oldest first. */
  readonly #files = new Map<string, ShownFile>();

  /** Takes an event that is shown. */
  received(event: ServerEvent): void {
    switch (event.type) {
      case "message":
        return this.#add(event, placeKey(event));
      case "history":
      case "search":
        return event.messages.forEach((message) => this.#add(message, keyOfPage(event) ?? ""));
      case "deleted":
        return void this.#files.delete(keyOf(placeKey(event), event.of.seq));
    }
  }

  /** The file of a message of the place; without a number, the newest one. Throws an Error for users if there is no such file. */
  find(place: string, seq: number | undefined): ShownFile {
    const found = seq === undefined
      ? [...this.#files.values()].filter((shown) => shown.place === place).sort((one, other) => one.seq - other.seq).at(
        -1,
      )
      : this.#files.get(keyOf(place, seq));
    if (found !== undefined) return found;
    throw new Error(
      seq === undefined
        ? "There is no file here yet: /history shows older messages"
        : `Message ${seq} has no file, or was not shown here: /history shows older messages`,
    );
  }

  #add({ seq, file, deleted }: Message, place: string): void {
    const key = keyOf(place, seq);
    this.#files.delete(key);
    if (file === undefined || deleted) return;
    this.#files.set(key, { place, seq, file });
    dropOldest(this.#files, MAX_SHOWN_FILES);
  }
}

function keyOf(place: string, seq: number): string {
  return `${seq} ${place}`;
}
