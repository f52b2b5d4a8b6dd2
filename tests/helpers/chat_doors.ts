/**
 * One chat at several addresses, as several servers of a cluster are for their clients: the doors of one server in this process. A door
 * dies as a server does, with all its connections.
 */

import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import { Server } from "../../src/server/server.ts";
import type { StaticPage } from "../../src/framing/http/http_response.ts";
import type { Connection, Listener } from "../../src/transports/connection.ts";
import { listenTcp } from "../../src/transports/tcp.ts";
import type { TlsKeyPair } from "../../src/transports/tls.ts";
import { listenTls } from "../../src/transports/tls_listener.ts";

const HOST = "127.0.0.1";

const noPage = () => Promise.resolve({ html: "", policy: "" });

export class Door implements Listener {
  readonly #listener: Listener;
  readonly #open = new Set<Connection>();
  accepted = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get address(): string {
    return this.#listener.address;
  }

  get port(): number {
    return Number(this.address.split(":").at(-1));
  }

  /** Open connections. */
  get open(): number {
    return this.#open.size;
  }

  async accept(): Promise<Connection | undefined> {
    const connection = await this.#listener.accept();
    if (connection === undefined) return undefined;
    this.accepted++;
    this.#open.add(connection);
    const close = connection.close.bind(connection);
    connection.close = () => {
      this.#open.delete(connection);
      close();
    };
    return connection;
  }

  close(): void {
    this.#listener.close();
  }

  /** Ends the door with all its connections, without a goodbye. */
  die(): void {
    this.close();
    for (const connection of [...this.#open]) connection.close();
  }
}

export class ChatDoors implements AsyncDisposable {
  readonly server: Server;
  readonly history = new MemoryHistory();
  readonly doors: Door[] = [];
  /** The addresses in `welcome`; by default those of all doors. */
  listed: () => readonly string[] = () => this.doors.map(({ address }) => address);
  readonly #pair: TlsKeyPair | undefined;

  /** With TLS, all doors share the key. */
  constructor(count: number, pair?: TlsKeyPair, page: () => Promise<StaticPage> = noPage) {
    this.#pair = pair;
    this.server = new Server({
      ...{ title: "Doors", version: "0", rate: undefined, newWords: () => "", history: this.history, log: () => {} },
      ...{ maxConnections: 1_000, connectionsPerAddress: 0, attemptsPerAddress: 0 },
      page,
      servers: () => this.listed(),
    });
    for (let door = 0; door < count; door++) this.open();
    this.server.tick();
  }

  /** Opens a further door, or one at this port again. */
  open(port = 0, host = HOST): Door {
    const pair = this.#pair;
    const door = new Door(pair === undefined ? listenTcp(host, port) : listenTls(host, port, pair));
    this.doors.push(door);
    this.server.listen(door);
    return door;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.drain();
  }
}
