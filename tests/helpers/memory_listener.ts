import type { Connection, Listener } from "../../src/transports/connection.ts";
import { type MemoryConnection, memoryConnectionPair } from "./memory_connection.ts";

/** The server's end of a client's link. */
export type DialOptions = Partial<Pick<MemoryConnection, "remoteAddress" | "privileged" | "isProxy">>;

/** A listener for links inside this process. */
export class MemoryListener implements Listener {
  readonly address = "memory:listener";
  #waiting: (Connection | Error)[] = [];
  #accepting = false;
  #asked = Promise.withResolvers<void>();
  #arrived = Promise.withResolvers<void>();
  closed = false;

  /** Connects a client, optionally from an address, and returns its end. */
  dial(from: DialOptions = {}): MemoryConnection {
    const [here, there] = memoryConnectionPair();
    Object.assign(there, from);
    this.#add(there);
    return here;
  }

  /** Resolves when all clients are accepted and the server waits for more. */
  async deserted(): Promise<void> {
    while (this.#waiting.length > 0 || !this.#accepting) await this.#asked.promise;
  }

  /** Makes the next accept fail. */
  fail(error: Error): void {
    this.#add(error);
  }

  async accept(): Promise<Connection | undefined> {
    while (this.#waiting.length === 0) {
      if (this.closed) return undefined;
      this.#accepting = true;
      this.#asked.resolve();
      this.#asked = Promise.withResolvers();
      await this.#arrived.promise;
    }
    this.#accepting = false;
    const next = this.#waiting.shift()!;
    if (next instanceof Error) throw next;
    return next;
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  #add(next: Connection | Error): void {
    this.#waiting.push(next);
    this.#wake();
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
