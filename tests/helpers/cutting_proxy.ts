/** A TCP proxy that cuts connections of HTTP requests in the middle, or holds them. */

const LATIN1 = new TextDecoder("latin1");

export class CuttingProxy implements AsyncDisposable {
  readonly #server: { readonly hostname: string; readonly port: number };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Disposable>();
  /** The first line of each connection. */
  readonly #firstLines = new Map<Disposable, string>();
  readonly #ended: Promise<void>;
  #cut: Cut | undefined;
  /** The first lines of HTTP connections. */
  readonly requests: string[] = [];
  /** The `Range` of each request that begins with GET; empty without one. */
  readonly ranges: string[] = [];
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
    this.#cut = { method, bytes, holds: false };
  }

  /** Passes no more than so many bytes of the file on the next connection with this method, and keeps it open. */
  holdAfter(method: "PUT" | "GET", bytes: number): void {
    this.#cut = { method, bytes, holds: true };
  }

  /** Cuts all connections that are no HTTP. */
  cutChats(): void {
    for (const [end, line] of this.#firstLines) if (!isRequest(line)) closeQuietly(end);
  }

  /** Cuts all WebSockets of this path. */
  cutWebSockets(path: string): void {
    for (const [end, line] of this.#firstLines) if (line.startsWith(`GET ${path} `)) closeQuietly(end);
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
    const server = await Deno.connect(this.#server).catch((error) => {
      closeQuietly(client);
      throw error;
    });
    const ends = [client, server];
    for (const end of ends) this.#open.add(end);
    try {
      const buffer = new Uint8Array(16 * 1024);
      const count = await client.read(buffer) ?? 0;
      const head = LATIN1.decode(buffer.subarray(0, count));
      const first = head.split("\r\n")[0]!;
      const { bytes: limit, holds } = this.#cutOf(first);
      this.#firstLines.set(client, first);
      if (first.startsWith("GET")) this.ranges.push(/^Range: (.*?)\r$/m.exec(head)?.[1] ?? "");
      await writeAll(server, buffer.subarray(0, count));
      const up = copy(client, server, first.startsWith("PUT") ? limit : Infinity);
      const down = copy(server, client, first.startsWith("GET") ? limit : Infinity);
      const other = first.startsWith("PUT") ? down : up;
      await (holds ? other : Promise.race([up, down]));
      if (limit !== Infinity) this.cuts++;
      for (const end of ends) closeQuietly(end);
      await Promise.allSettled([up, down]);
    } finally {
      for (const end of ends) {
        this.#open.delete(end);
        this.#firstLines.delete(end);
        closeQuietly(end);
      }
    }
  }

  #cutOf(first: string): Pick<Cut, "bytes" | "holds"> {
    if (!isRequest(first)) return NO_CUT;
    this.requests.push(first);
    const cut = this.#cut;
    if (cut === undefined || !first.startsWith(cut.method)) return NO_CUT;
    this.#cut = undefined;
    return cut;
  }
}

interface Cut {
  readonly method: "PUT" | "GET";
  /** Bytes in the main direction of the method. */
  readonly bytes: number;
  /** Whether the connection stays open then. */
  readonly holds: boolean;
}

function isRequest(firstLine: string): boolean {
  return firstLine.endsWith(" HTTP/1.1");
}

const NO_CUT = { bytes: Infinity, holds: false };

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
