/** A TCP proxy that stops a transfer of a file after an exact number of its bytes, for something to be killed then. */

const LATIN1 = new TextDecoder("latin1");
const HEAD_END = "\r\n\r\n";
const MAX_HEAD_BYTES = 16 * 1024;

export type Direction = "up" | "down";

/** The event after so many bytes of the next file in this direction have passed. The connection ends after it. */
interface Trap {
  readonly direction: Direction;
  readonly bytes: number;
  readonly spring: () => Promise<void>;
  /** Whether what is on its way then still passes, after the next client has asked how much has arrived. */
  readonly lags: boolean;
}

export class KillingProxy implements AsyncDisposable {
  /** Bytes of files that have passed, with the heads around them. */
  readonly moved: Record<Direction, number> = { up: 0, down: 0 };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: number;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #ended: Promise<void>;
  #trap: Trap | undefined;
  /** Resolves when a client has been told how much has arrived. */
  #asked = Promise.withResolvers<void>();

  constructor(target: number) {
    this.#target = target;
    this.#ended = this.#accept();
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /**
   * Calls `kill` when exactly so many bytes of the next file have passed. Resolves or rejects as it does.
   */
  killAfter({ direction, bytes, lags }: Omit<Trap, "spring">, kill: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#trap = { direction, bytes, lags, spring: () => kill().then(resolve, reject) };
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#asked.resolve();
    for (const conn of this.#open) closeQuietly(conn);
    await this.#ended;
  }

  async #accept(): Promise<void> {
    const passing = new Set<Promise<void>>();
    for await (const client of this.#listener) {
      // The server may be down, and either end may be killed.
      const pass = this.#pass(client).catch(() => {}).finally(() => passing.delete(pass));
      passing.add(pass);
    }
    await Promise.all(passing);
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    const ends = [client];
    this.#open.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      ends.push(server);
      this.#open.add(server);
      const up = await readHead(client);
      const trap = this.#trapOf(up.text.split(" ")[0]!);
      const isFile = up.isHttp;
      const upward = this.#carry(up, { from: client, to: server, count: isFile ? "up" : undefined, trap });
      const downward = this.#downward(server, client, isFile, trap);
      await Promise.race([upward, downward]);
      if (up.text.startsWith("HEAD")) this.#tellAsked();
      for (const end of ends) closeQuietly(end);
      await Promise.allSettled([upward, downward]);
    } finally {
      for (const end of ends) {
        this.#open.delete(end);
        closeQuietly(end);
      }
    }
  }

  #tellAsked(): void {
    this.#asked.resolve();
    this.#asked = Promise.withResolvers();
  }

  async #downward(server: Deno.TcpConn, client: Deno.TcpConn, isFile: boolean, trap: Trap | undefined): Promise<void> {
    const head = isFile ? await readHead(server) : { bytes: new Uint8Array(0), end: 0 };
    await this.#carry(head, { from: server, to: client, count: isFile ? "down" : undefined, trap });
  }

  /** Passes what was read, and then everything up to the end of the connection or the trap of this direction. */
  async #carry(head: Pick<Head, "bytes" | "end">, { from, to, count, trap }: Way): Promise<void> {
    const armed = trap?.direction === count ? trap : undefined;
    let left = armed === undefined ? Infinity : head.end + armed.bytes;
    let chunk: Uint8Array | undefined = head.bytes;
    const buffer = new Uint8Array(64 * 1024);
    while (chunk !== undefined) {
      const part: Uint8Array = chunk.subarray(0, left);
      await writeAll(to, part);
      left -= part.length;
      if (count !== undefined) this.moved[count] += part.length;
      if (left === 0) {
        await armed!.spring();
        if (!armed!.lags) return;
        await this.#asked.promise;
        left = Infinity;
        chunk = chunk.subarray(part.length);
        if (chunk.length > 0) continue;
      }
      const got = await from.read(buffer);
      chunk = got === null ? undefined : buffer.subarray(0, got);
    }
  }

  #trapOf(method: string): Trap | undefined {
    const trap = this.#trap;
    if (trap === undefined || method !== (trap.direction === "up" ? "PUT" : "GET")) return undefined;
    this.#trap = undefined;
    return trap;
  }
}

interface Way {
  readonly from: Deno.TcpConn;
  readonly to: Deno.TcpConn;
  /** The direction that is counted. */
  readonly count: Direction | undefined;
  readonly trap: Trap | undefined;
}

interface Head {
  readonly text: string;
  readonly isHttp: boolean;
  /** The head, and what came with it. */
  readonly bytes: Uint8Array;
  /** The end of the head. */
  readonly end: number;
}

/** Reads the head of a request or response; the first bytes of anything else. */
async function readHead(conn: Deno.TcpConn): Promise<Head> {
  const buffer = new Uint8Array(MAX_HEAD_BYTES);
  for (let size = 0; size < buffer.length;) {
    const count = await conn.read(buffer.subarray(size));
    if (count === null) break;
    size += count;
    const text = LATIN1.decode(buffer.subarray(0, size));
    const isHttp = /^(PUT|PATCH|HEAD|GET|DELETE|HTTP)/.test(text);
    const end = text.indexOf(HEAD_END) + HEAD_END.length;
    if (!isHttp || end >= HEAD_END.length) return { text, isHttp, bytes: buffer.subarray(0, size), end };
  }
  throw new Error("The connection ended within a head");
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
