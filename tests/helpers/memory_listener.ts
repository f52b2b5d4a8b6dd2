import type { Connection, Listener } from "../../src/transports/connection.ts";
import { type MemoryConnection, memoryConnectionPair } from "./memory_connection.ts";

/** What the server sees of whoever comes. */
export type DialOptions = Partial<Pick<MemoryConnection, "remoteAddress" | "privileged">>;

/** Hands out ends of links that never leave this process. */
export class MemoryListener implements Listener {
  readonly address = "memory:listener";
  #waiting: (Connection | Error)[] = [];
  #accepting = false;
  #asked = Promise.withResolvers<void>();
  #arrived = Promise.withResolvers<void>();
  closed = false;

  /** The end of whoever comes, perhaps from an address. */
  dial(from: DialOptions = {}): MemoryConnection {
    const [here, there] = memoryConnectionPair();
    Object.assign(there, from);
    this.#add(there);
    return here;
  }

  /** Resolves when all who have come are accepted, and the server waits for more. */
  async deserted(): Promise<void> {
    while (this.#waiting.length > 0 || !this.#accepting) await this.#asked.promise;
  }

  /** The next accept fails. */
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
