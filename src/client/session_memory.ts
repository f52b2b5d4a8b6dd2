/** The part of a session that outlives the program: what was received, known names, and the reader's state. */

import type { ServerEvent } from "../protocol/messages/messages.ts";
import type { Remembered } from "./client_memory.ts";
import { ReceiveCursor } from "./delivery/receive_cursor.ts";
import { KnownNames } from "./state/known_names.ts";
import { ReaderState } from "./state/reader_state.ts";

export class SessionMemory {
  readonly cursor = new ReceiveCursor();
  readonly names: KnownNames;
  readonly reader: ReaderState;
  #serverId: string | undefined;

  /** `changed` is called when there is something else to remember. */
  constructor(changed: () => void, serverId: string | undefined) {
    this.#serverId = serverId;
    this.names = new KnownNames(changed);
    this.reader = new ReaderState(changed);
  }

  /** Restores the state of an earlier client. */
  restore({ serverId, lastSeqs, roomIds, names = [], ignored = [] }: Remembered): void {
    this.#serverId = serverId ?? this.#serverId;
    this.cursor.restore(lastSeqs, roomIds);
    this.reader.restore(ignored);
    this.names.restore(names);
  }

  /** Whether the client was in another chat than that of this id. */
  wasElsewhere(id: string): boolean {
    return this.#serverId !== undefined && this.#serverId !== id;
  }

  /**
   * Takes the id of the server. If it is another server, forgets all that belongs to the previous one and returns true.
   */
  enterServer(id: string): boolean {
    if (id === this.#serverId) return false;
    this.#serverId = id;
    this.cursor.forget();
    this.names.forget();
    this.reader.forgetBlocks();
    return true;
  }

  /** The event with marked names, and without the count of what we have received already. */
  taken(event: ServerEvent): ServerEvent {
    const marked = this.names.mark(event);
    return marked.type === "joined" ? this.cursor.withoutReceived(marked) : marked;
  }

  /** Forgets a removed room. */
  forgetRoom(room: string): void {
    this.cursor.forgetRoom(room);
  }

  /** Everything that the next client needs in order to continue here. */
  snapshot(own: Pick<Remembered, "name" | "token" | "keyed" | "pending" | "uploads">): Remembered {
    const { lastSeqs, roomIds } = this.cursor;
    const { ignored } = this.reader;
    return { serverId: this.#serverId, ...own, lastSeqs, roomIds, names: this.names.names, ignored };
  }
}
