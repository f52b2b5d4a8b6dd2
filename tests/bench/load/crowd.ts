import type { Client, Dialect } from "./dialects.ts";
import { LoadConnection } from "./load_connection.ts";
import { bytesOf } from "./marks.ts";

/** Bytes for all receive buffers together, and the least for one. */
const BUFFERS_BYTES = 64 * 1024 * 1024;
const MIN_BUFFER_BYTES = 4 * 1024;
const MAX_BUFFER_BYTES = 256 * 1024;
const ALIVE_MS = 10_000;

export interface CrowdOptions {
  readonly port: number;
  readonly morePorts: readonly number[];
  readonly tls: boolean;
  readonly receivers: number;
  readonly senders: number;
  /** Connections that may be joining at a time. */
  readonly connWindow: number;
  readonly joinSeconds: number;
  /** Bytes that must fit into a buffer at once. */
  readonly textBytes: number;
}

/** Receivers come first, then senders. Without receivers, each sender receives its own messages. */
export function clientsOf({ receivers, senders }: Pick<CrowdOptions, "receivers" | "senders">): Client[] {
  const listening = Array.from({ length: receivers }, (_, number) => ({ number, sends: false, receives: true }));
  const talking = Array.from({ length: senders }, (_, index) => ({
    number: receivers + index,
    sends: true,
    receives: receivers === 0,
  }));
  return [...listening, ...talking];
}

/** A set of connections that have all joined. */
export class Crowd implements Disposable {
  readonly connections: LoadConnection[] = [];
  readonly #options: CrowdOptions;
  readonly #lost: (why: string) => void;
  #alive: ReturnType<typeof setInterval> | undefined;

  /** Calls `lost` for each connection that the server closes after the join. */
  constructor(options: CrowdOptions, lost: (why: string) => void) {
    this.#options = options;
    this.#lost = lost;
  }

  /** Throws an `Error` if a connection cannot join, or not in time. */
  async join(dialect: Dialect): Promise<void> {
    const clients = clientsOf(this.#options);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error("join timeout")), this.#options.joinSeconds * 1_000);
    let next = 0;
    const one = async () => {
      while (next < clients.length) await this.#joinOne(clients[next++]!, dialect);
    };
    try {
      await Promise.race([Promise.all(Array.from({ length: this.#options.connWindow }, one)), late.promise]);
    } finally {
      clearTimeout(timer);
    }
    if (dialect.alive !== undefined) this.#stayAlive(bytesOf(dialect.alive));
  }

  /** Senders do not need it: their own messages keep the connection active. */
  #stayAlive(line: Uint8Array): void {
    const silent = this.connections.filter(({ client }) => !client.sends);
    this.#alive = setInterval(() => {
      for (const connection of silent) if (!connection.writing) connection.send(line, () => {});
    }, ALIVE_MS);
  }

  async #joinOne(client: Client, dialect: Dialect): Promise<void> {
    const { port, morePorts, tls } = this.#options;
    const ports = [port, ...morePorts];
    const own = ports[client.number % ports.length]!;
    const connection = await LoadConnection.open(own, client, this.#bufferBytes(), this.#lost, tls);
    this.connections[client.number] = connection;
    if (!await connection.join(dialect)) throw new Error("closed during join");
  }

  #bufferBytes(): number {
    const { receivers, senders, textBytes } = this.#options;
    const share = Math.floor(BUFFERS_BYTES / (receivers + senders));
    return Math.max(MIN_BUFFER_BYTES, 2 * textBytes, Math.min(MAX_BUFFER_BYTES, share));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#alive);
    // Connections that were never opened are gaps in the array, which forEach skips.
    this.connections.forEach((connection) => connection.close());
  }
}
