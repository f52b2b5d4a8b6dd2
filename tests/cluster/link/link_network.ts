/** Servers of a cluster inside this process: each listens by WebSockets over streams of bytes that the test can break. */

import { InProcessListener } from "../../../src/transports/in_process.ts";
import { ClusterLinks, type ClusterLinksOptions, type LinkReport } from "../../../src/cluster/link/cluster_links.ts";
import type { LinkBytes } from "../../../src/cluster/link/wire/socket_channel.ts";
import type { LinkNote } from "../../../src/server/links/server_links.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { Server, type ServerOptions } from "../../../src/server/server.ts";
import { type Bytes, KEY, randomBytes, until } from "./link_ends.ts";

/** One server with its links. Its address is its number. */
export class LinkedServer implements AsyncDisposable {
  readonly own: number;
  readonly store = new MemoryFileStore();
  readonly notes: LinkNote[] = [];
  readonly lost: number[] = [];
  readonly reports: LinkReport[] = [];
  readonly links: ClusterLinks;
  /** The latest connections that this server has dialed. */
  readonly dialed: DialedBytes[] = [];
  readonly listener = new InProcessListener();
  readonly logged: string[] = [];
  server!: Server;

  constructor(network: LinkNetwork, own: number, options: Partial<ClusterLinksOptions> = {}) {
    this.own = own;
    this.links = new ClusterLinks({
      secret: { key: KEY, cluster: "chat" },
      dial: async (address) => {
        const bytes = await network.dial(address);
        this.dialed.push(bytes);
        return bytes;
      },
      clock: network.clock,
      randomBytes: randomBytes(1_000 + own),
      random: () => 0.5,
      store: this.store,
      newId: () => crypto.randomUUID(),
      report: (report) => void this.reports.push(report),
      ...options,
    });
  }

  /** Listens with a real server, whose options may say more. */
  listen(options: Partial<ServerOptions> = {}): void {
    this.server = new Server({
      title: "test",
      version: "0",
      rate: undefined,
      maxConnections: 1_000,
      connectionsPerAddress: 0,
      attemptsPerAddress: 0,
      history: new MemoryHistory(),
      page: () => Promise.resolve({ html: "hello\n", policy: "default-src 'none'" }),
      log: (level, event, fields) => this.logged.push(JSON.stringify([level, event, fields])),
      newWords: () => "these-are-words",
      hashCost: 1,
      links: this.links,
      ...options,
    });
    // In place of the server itself.
    this.links.attach({
      take: (_, note) => void this.notes.push(note),
      lost: (server) => void this.lost.push(server),
    });
    this.server.listen(this.listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.links.close();
    await this.server.drain();
  }
}

/** A connection that was dialed. */
export interface DialedBytes extends LinkBytes {
  /** Whether the dialer has closed it. */
  readonly isClosed: boolean;
}

/** Reads and writes that many bytes at once, at most. */
function bytesOf(stream: ReturnType<InProcessListener["dialRaw"]>, most: number): DialedBytes {
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    read: (buffer) => stream.read(buffer.subarray(0, most)),
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; at += most) await stream.write(bytes.subarray(at, at + most));
    },
    close: () => {
      isClosed = true;
      stream.close();
    },
  };
}

/** Servers 1, 2, … that know each other. */
export class LinkNetwork implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly servers = new Map<string, LinkedServer>();
  /** Bytes that a connection moves at once. */
  cutBytes = Infinity;

  /** Connects to the server at that address. */
  async dial(address: string): Promise<DialedBytes> {
    const server = this.servers.get(address);
    if (server === undefined) throw new Error(`Nobody listens at ${address}`);
    return await Promise.resolve(bytesOf(server.listener.dialRaw(), this.cutBytes));
  }

  /** Adds a server, which nobody knows before `meet`. */
  add(own: number, options: Partial<ClusterLinksOptions> = {}, server: Partial<ServerOptions> = {}): LinkedServer {
    const added = new LinkedServer(this, own, options);
    this.servers.set(String(own), added);
    added.listen(server);
    return added;
  }

  /** Tells all servers about each other, and resolves when all are linked. */
  async meet(...servers: readonly LinkedServer[]): Promise<void> {
    for (const server of servers) {
      const others = servers.filter((each) => each !== server);
      server.links.update({
        own: server.own,
        others: others.map(({ own }) => ({ server: own, addresses: [String(own)] })),
      });
    }
    for (const { links } of servers) await until(() => links.linked.length === servers.length - 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers.values()) await server[Symbol.asyncDispose]();
    if (this.clock.timers > 0) throw new Error(`${this.clock.timers} timers of links are left over`);
  }
}

/** Bytes that no other seed gives. */
export function bytesOfSeed(seed: number, length: number): Bytes {
  const bytes = new Uint8Array(length);
  randomBytes(seed)(bytes);
  return bytes;
}
