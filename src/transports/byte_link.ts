import type { StreamConnection } from "./stream_connection.ts";

/** A connection as bytes, without frames: for the HTTP of a client. */
export class ByteLink {
  readonly #connection: StreamConnection;

  /** Takes over a connection of which nothing was read. */
  constructor(connection: StreamConnection) {
    this.#connection = connection;
  }

  /** Reads at least one byte; `null` at the end. Rejects with the errors of Deno. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#connection.bytes.read(buffer);
  }

  /** Writes all bytes. One call at a time. Rejects with the errors of Deno. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#connection.write(bytes);
  }

  /** Ends a read and a write that wait. Never throws. */
  close(): void {
    this.#connection.close();
  }
}
