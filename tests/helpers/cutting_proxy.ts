/** A TCP proxy that cuts connections of HTTP requests in the middle. */

const LATIN1 = new TextDecoder("latin1");

export class CuttingProxy implements AsyncDisposable {
  readonly #server: { readonly hostname: string; readonly port: number };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Disposable>();
  readonly #ended: Promise<void>;
  /** The next connection that begins with this method is cut after so many bytes in its main direction. */
  #cut: { readonly method: "PUT" | "GET"; readonly bytes: number } | undefined;
  /** The first lines of HTTP connections. */
  readonly requests: string[] = [];
  cuts = 0;

  constructor(address: string) {
    const [hostname = "", port] = address.split(":");
    this.#server = { hostname, port: Number(port) };
    this.#ended = this.#accept();
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Cuts the next connection whose first request has this method, once, after so many bytes of the file. */
  cutAfter(method: "PUT" | "GET", bytes: number): void {
    this.#cut = { method, bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const end of this.#open) closeQuietly(end);
    await this.#ended;
  }

  async #accept(): Promise<void> {
    const passing: Promise<void>[] = [];
    for await (const client of this.#listener) passing.push(this.#pass(client).catch(() => {}));
    await Promise.all(passing);
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect(this.#server);
    const ends = [client, server];
    for (const end of ends) this.#open.add(end);
    try {
      const buffer = new Uint8Array(16 * 1024);
      const count = await client.read(buffer) ?? 0;
      const first = LATIN1.decode(buffer.subarray(0, count)).split("\r\n")[0]!;
      const limit = this.#limitOf(first);
      await writeAll(server, buffer.subarray(0, count));
      const up = copy(client, server, first.startsWith("PUT") ? limit : Infinity);
      const down = copy(server, client, first.startsWith("GET") ? limit : Infinity);
      await Promise.race([up, down]);
      if (limit !== Infinity) this.cuts++;
      for (const end of ends) closeQuietly(end);
      await Promise.allSettled([up, down]);
    } finally {
      for (const end of ends) {
        this.#open.delete(end);
        closeQuietly(end);
      }
    }
  }

  #limitOf(first: string): number {
    if (!/ HTTP\/1\.1$/.test(first)) return Infinity;
    this.requests.push(first);
    const cut = this.#cut;
    if (cut === undefined || !first.startsWith(cut.method)) return Infinity;
    this.#cut = undefined;
    return cut.bytes;
  }
}

/** Ends at the end of a connection, or after `limit` bytes. */
async function copy(from: Deno.TcpConn, to: Deno.TcpConn, limit: number): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  for (let left = limit; left > 0;) {
    const count = await from.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) return;
    await writeAll(to, buffer.subarray(0, count));
    left -= count;
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

function closeQuietly(end: Disposable): void {
  try {
    end[Symbol.dispose]();
  } catch {
    // Closed already.
  }
}
