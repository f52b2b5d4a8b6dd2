import { type Connection, DescriptorShortage, type Listener } from "./connection.ts";

/** Accepts connections from any of Deno's listeners. */
export class StreamListener<C extends Deno.Conn> implements Listener {
  readonly address: string;
  readonly #listener: { accept(): Promise<C>; close(): void };
  readonly #wrap: (conn: C) => Connection;
  #closed = false;

  /** `wrap` sets up a new connection. */
  constructor(
    listener: { accept(): Promise<C>; close(): void },
    address: string,
    wrap: (conn: C) => Connection,
  ) {
    this.#listener = listener;
    this.address = address;
    this.#wrap = wrap;
  }

  async accept(): Promise<Connection | undefined> {
    while (!this.#closed) {
      const conn = await this.#acceptOne();
      if (conn !== undefined) return conn;
    }
    return undefined;
  }

  async #acceptOne(): Promise<Connection | undefined> {
    let conn: C | undefined;
    try {
      conn = await this.#listener.accept();
      return this.#wrap(conn);
    } catch (error) {
      conn?.close();
      // A client that connects and resets at once makes `accept` fail (NotConnected). Other clients are not affected.
      if (conn === undefined && !this.#closed && !isClientError(error)) throw withShortage(error);
      return undefined;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#listener.close();
    } catch {
      // Closed by the system already.
    }
  }
}

/** Whether the error concerns one client only. Any other error would repeat at once, so the caller pauses. */
function isClientError(error: unknown): boolean {
  return error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted;
}

/** Replaces the system's error for too few descriptors. */
function withShortage(error: unknown): unknown {
  const isShortage = error instanceof Error && "code" in error && error.code === "EMFILE";
  return isShortage ? new DescriptorShortage(error.message, { cause: error }) : error;
}
