import type { FileLink } from "../../src/client/files/file_ports.ts";
import type { MemoryConnection } from "./memory_connection.ts";

/** A client's byte link at one end of a connection inside this process. */
export class MemoryLink implements FileLink {
  readonly connection: MemoryConnection;
  readonly #received: Uint8Array[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();
  /** All received bytes as text, one character for each. */
  text = "";

  /** `ended` settles when the other end has closed. */
  constructor(connection: MemoryConnection, ended: Promise<unknown>) {
    this.connection = connection;
    connection.tap = (chunk) => {
      this.text += Array.from(chunk, (byte) => String.fromCharCode(byte)).join("");
      this.#received.push(chunk.slice());
      this.#changed();
    };
    void ended.then(() => this.#end());
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#received.length === 0) {
      if (this.#ended) return null;
      await this.#wake.promise;
    }
    const [first] = this.#received;
    const count = Math.min(first!.length, buffer.length);
    buffer.set(first!.subarray(0, count));
    if (count === first!.length) this.#received.shift();
    else this.#received[0] = first!.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.connection.write(bytes);
  }

  close(): void {
    this.connection.close();
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#changed();
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
