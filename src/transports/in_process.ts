import type { Connection, Listener } from "./connection.ts";
import { type ByteStream, StreamConnection } from "./stream_connection.ts";

const ADDRESS = "in-process";
/** A write waits while at least this many bytes wait to be read. A write is never divided, so more may wait. */
const PIPE_BYTES = 64 * 1024;

/** Connections within this process, for a host who also chats. They are privileged. */
export class InProcessListener implements Listener {
  readonly address = ADDRESS;
  readonly #waiting: Connection[] = [];
  #accepting: ((connection: Connection | undefined) => void) | undefined;
  #closed = false;

  /** Rejects with `ConnectionRefused` once this is closed. */
  dial(): Promise<StreamConnection> {
    return Promise.try(() => new StreamConnection(this.dialRaw(), { peer: ADDRESS }));
  }

  /** Like `dial`, but returns bare bytes. Throws `ConnectionRefused`. */
  dialRaw(): ByteStream {
    if (this.#closed) throw new Deno.errors.ConnectionRefused("Closed");
    const [toServer, toClient] = [new Pipe(), new Pipe()];
    this.#offer(new StreamConnection(streamOf(toServer, toClient), { peer: ADDRESS, privileged: true }));
    return streamOf(toClient, toServer);
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

  #offer(connection: Connection): void {
    const accept = this.#accepting;
    this.#accepting = undefined;
    if (accept === undefined) this.#waiting.push(connection);
    else accept(connection);
  }
}

function streamOf(incoming: Pipe, outgoing: Pipe): ByteStream {
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

/** A stream of bytes in one direction. */
class Pipe {
  readonly #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** Waits while the other end does not read. Rejects with `BrokenPipe` once the pipe has ended. */
  async write(bytes: Uint8Array): Promise<number> {
    while (this.#waitingBytes >= PIPE_BYTES && !this.#ended) await this.#changed.promise;
    if (this.#ended) throw new Deno.errors.BrokenPipe("The other end has closed");
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

  /** Ends the pipe. Bytes written before can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends the pipe and drops its bytes: the reading end has closed. */
  break(): void {
    this.#chunks.length = 0;
    this.end();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
