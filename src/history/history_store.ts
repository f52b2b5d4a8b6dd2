/** The port behind which messages are kept. It knows rooms and messages, and nothing of sessions or sockets. */

import type { RoomMessage } from "../protocol/messages.ts";

export interface Page {
  readonly room: string;
  /** Only messages with a higher seq. */
  readonly after?: number;
  /** Only messages with a lower seq. */
  readonly before?: number;
  /** The newest that many of them. */
  readonly limit: number;
}

/** Calls return when the work is done; what they throw means that nothing was changed. */
export interface HistoryStore {
  /** Keeps all of the messages or none. Within a room they come in the order of their seq. */
  append(messages: readonly RoomMessage[]): void;
  /** Oldest first. */
  read(page: Page): RoomMessage[];
  /** Messages of the room that hold every word of the query, whatever its case; newest first. */
  search(room: string, query: string, limit: number): RoomMessage[];
  close(): void;
}
