import type { Random } from "../helpers/random.ts";

/** A TCP proxy that cuts each connection after a random number of bytes in either direction. */
export class CuttingProxy {
  readonly port: number;
  /** Number of connections cut so far. */
  cuts = 0;
  /** Whether the proxy cuts connections. */
  cutting = false;
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #random: Random;
  readonly #meanBytes: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();

  constructor(targetPort: number, random: Random, meanBytes: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#target = targetPort;
    this.#random = random;
    this.#meanBytes = meanBytes;
    this.#track(this.#accept());
  }

  async close(): Promise<void> {
    this.#listener.close();
    for (const conn of this.#open) closeQuietly(conn);
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  async #accept(): Promise<void> {
    while (true) {
      try {
        this.#track(this.#carry(await this.#listener.accept()));
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      }
    }
  }

  async #carry(near: Deno.Conn): Promise<void> {
    this.#open.add(near);
    let far: Deno.Conn | undefined;
    try {
      far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(far);
      const budget = { bytes: 1 + this.#random.exponential(this.#meanBytes) };
      await Promise.race([this.#pump(near, far, budget), this.#pump(far, near, budget)]);
    } catch {
      // The server is not listening now, or one end is gone: closing tells the other end.
    } finally {
      for (const conn of [near, far]) {
        if (conn === undefined) continue;
        this.#open.delete(conn);
        closeQuietly(conn);
      }
    }
  }

  /** Forwards bytes until one end closes, or until the budget that both directions share is used up, at any byte. */
  async #pump(from: Deno.Conn, to: Deno.Conn, budget: { bytes: number }): Promise<void> {
    const buffer = new Uint8Array(16 * 1024);
    try {
      while (true) {
        const count = await from.read(buffer);
        if (count === null) return;
        const cut = this.cutting && count >= budget.bytes;
        let chunk = buffer.subarray(0, cut ? budget.bytes : count);
        if (this.cutting) budget.bytes -= chunk.length;
        while (chunk.length > 0) chunk = chunk.subarray(await to.write(chunk));
        if (!cut) continue;
        this.cuts++;
        return;
      }
    } catch {
      // The other direction has already closed both ends.
    }
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    work.finally(() => this.#work.delete(work));
  }
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
