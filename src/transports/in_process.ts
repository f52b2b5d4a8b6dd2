import type { Connection, Listener } from "./connection.ts";
import { type ByteStream, StreamConnection } from "./stream_connection.ts";

const ADDRESS = "in-process";
/** What may wait to be read; as much again as one write, which is not divided. */
const PIPE_BYTES = 64 * 1024;

/** A way in that never leaves this process, for whoever hosts a chat and talks in it. Who comes by it is privileged. */
export class InProcessListener implements Listener {
  readonly address = ADDRESS;
  readonly #waiting: Connection[] = [];
  #accepting: ((connection: Connection | undefined) => void) | undefined;
  #closed = false;

  /** Rejects with `ConnectionRefused` once this is closed. */
  dial(): Promise<Connection> {
    return Promise.try(() => new StreamConnection(this.dialRaw(), { peer: ADDRESS }));
  }

  /** The same as bare bytes. Throws `ConnectionRefused`. */
  dialRaw(): ByteStream {
    if (this.#closed) throw new Deno.errors.ConnectionRefused("Closed");
    const [there, here] = [new Pipe(), new Pipe()];
    this.#arrive(new StreamConnection(ends(there, here), { peer: ADDRESS, privileged: true }));
    return ends(here, there);
  }

  /** One call at a time. */
  accept(): Promise<Connection | undefined> {
    if (this.#closed || this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift());
    return new Promise((resolve) => this.#accepting = resolve);
  }

  close(): void {
    this.#closed = true;
    this.#accepting?.(undefined);
    for (const connection of this.#waiting.splice(0)) connection.close();
  }

  #arrive(connection: Connection): void {
    const accept = this.#accepting;
    this.#accepting = undefined;
    if (accept === undefined) this.#waiting.push(connection);
    else accept(connection);
  }
}

function ends(incoming: Pipe, outgoing: Pipe): ByteStream {
  return {
    read: (buffer) => incoming.read(buffer),
    write: (bytes) => outgoing.write(bytes),
    closeWrite: () => Promise.resolve(outgoing.end()),
    close: () => {
      incoming.break();
      outgoing.end();
    },
  };
}

/** Bytes one way. */
class Pipe {
  readonly #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** Waits while the other end does not read. Rejects with `BrokenPipe` once it is ended. */
  async write(bytes: Uint8Array): Promise<number> {
    while (this.#waitingBytes >= PIPE_BYTES && !this.#ended) await this.#changed.promise;
    if (this.#ended) throw new Deno.errors.BrokenPipe("The other end is gone");
    this.#chunks.push(bytes.slice());
    this.#waitingBytes += bytes.length;
    this.#wake();
    return bytes.length;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return null;
      await this.#changed.promise;
    }
    const [chunk] = this.#chunks as [Uint8Array];
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#waitingBytes -= count;
    this.#wake();
    return count;
  }

  /** What was written is read first. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Nobody reads any more. */
  break(): void {
    this.#chunks.length = 0;
    this.end();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
