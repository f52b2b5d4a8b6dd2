import type { Client, Dialect } from "./dialects.ts";
import { bytesOf } from "./marks.ts";

/** One client of the server. It joins, and then passes on the bytes it reads until it is closed. */
export class LoadConnection {
  readonly client: Client;
  /** True while a write is in flight. No other write may start then. */
  writing = false;
  /** The reason why the connection ended, from the server or the system. */
  readonly #lost: (why: string) => void;
  readonly #conn: Deno.Conn;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  /** Returns the offset from which it wants the bytes again, together with the next ones. */
  #take: (bytes: Uint8Array) => number = (bytes) => bytes.length;
  #kept = 0;
  #closed = false;

  private constructor(conn: Deno.Conn, client: Client, bufferBytes: number, lost: (why: string) => void) {
    this.#conn = conn;
    this.client = client;
    this.#buffer = new Uint8Array(bufferBytes);
    this.#lost = lost;
  }

  /** With TLS it accepts any certificate, if Deno runs with the flag for it. */
  static async open(
    port: number,
    client: Client,
    bufferBytes: number,
    lost: (why: string) => void,
    tls = false,
  ): Promise<LoadConnection> {
    const tcp = await Deno.connect({ hostname: client.hostname ?? "127.0.0.1", port });
    tcp.setNoDelay(true);
    const conn = tls ? await Deno.startTls(tcp, { hostname: "127.0.0.1" }) : tcp;
    return new LoadConnection(conn, client, bufferBytes, lost);
  }

  /** Resolves to true when the client has joined, and to false if the server closed the connection. Nothing after the join is read yet. */
  async join(dialect: Dialect): Promise<boolean> {
    const hello = dialect.hello(this.client);
    if (hello !== "") await this.#writeAll(bytesOf(hello));
    const decoder = new TextDecoder();
    let rest = "";
    while (dialect.waits) {
      const count = await this.#conn.read(this.#buffer);
      if (count === null) return false;
      const lines = (rest + decoder.decode(this.#buffer.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of dialect.unlined ? [...lines, rest] : lines) {
        const step = dialect.step(line.endsWith("\r") ? line.slice(0, -1) : line);
        if (step === undefined) continue;
        if ("joined" in step) return true;
        await this.#writeAll(bytesOf(step.answer));
      }
    }
    return true;
  }

  /** Reads until the end, without a growing chain of promises. */
  receive(take: (bytes: Uint8Array) => number): void {
    this.#take = take;
    this.#read();
  }

  #read(): void {
    const free = this.#kept === 0 ? this.#buffer : this.#buffer.subarray(this.#kept);
    this.#conn.read(free).then(this.#onRead, this.#onFault);
  }

  readonly #onRead = (count: number | null): void => {
    if (count === null) return this.#onFault(new Error("closed by the server"));
    const length = this.#kept + count;
    const start = this.#take(this.#buffer.subarray(0, length));
    if (start < length) this.#buffer.copyWithin(0, start, length);
    this.#kept = length - start;
    this.#read();
  };

  readonly #onFault = (error: Error): void => {
    if (!this.#closed) this.#lost(error.message);
  };

  /** Sends the bytes and then calls `sent`. The caller must not change them while `writing` is true. */
  send(bytes: Uint8Array, sent: () => void): void {
    this.writing = true;
    this.#writeAll(bytes).then(() => {
      this.writing = false;
      sent();
    }, this.#onFault);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) written += await this.#conn.write(bytes.subarray(written));
  }

  close(): void {
    this.#closed = true;
    this.#conn.close();
  }
}
