/** Servers of a cluster on real sockets of this machine, with or without TLS. */

import { makeCertificate, readCertificate, trusted } from "../../../src/cli/hosting/certificate.ts";
import { ClusterLinks, type ClusterLinksOptions, type LinkReport } from "../../../src/cluster/link/cluster_links.ts";
import type { DialServer } from "../../../src/cluster/link/link_dialer.ts";
import { MemoryHistory } from "../../../src/history/memory/memory_history.ts";
import { Server } from "../../../src/server/server.ts";
import { ByteLink } from "../../../src/transports/byte_link.ts";
import { dialTcp, listenTcp } from "../../../src/transports/tcp.ts";
import { dialTls, type TlsKeyPair } from "../../../src/transports/tls.ts";
import { listenTls } from "../../../src/transports/tls_listener.ts";
import { systemClock } from "../../../src/client/clock.ts";
import { MemoryFileStore } from "../../helpers/memory_file_store.ts";
import { FakeDesk } from "../../server/transfers/file_stage.ts";
import { KEY, until } from "./link_ends.ts";

const HOST = "127.0.0.1";

export function newCertificate(): Promise<TlsKeyPair> {
  return makeCertificate([], new Date());
}

/** Dials by TCP, or by TLS with this certificate. */
export function dialerOf(pair: TlsKeyPair | undefined): DialServer {
  return async (address, signal) => {
    const port = Number(address.split(":").at(-1));
    if (pair === undefined) return new ByteLink(await dialTcp(HOST, port, signal));
    return new ByteLink(await dialTls(HOST, port, { trusted: trusted(readCertificate(pair.cert))!, signal }));
  };
}

export class RealLinkedServer implements AsyncDisposable {
  readonly own: number;
  readonly store = new MemoryFileStore();
  readonly desk = new FakeDesk();
  readonly reports: LinkReport[] = [];
  readonly links: ClusterLinks;
  readonly server: Server;
  readonly address: string;

  /** `pair`: with TLS. */
  constructor(own: number, pair?: TlsKeyPair, options: Partial<ClusterLinksOptions> = {}) {
    this.own = own;
    this.links = new ClusterLinks({
      secret: { key: KEY, cluster: "chat" },
      dial: dialerOf(pair),
      clock: systemClock,
      randomBytes: (bytes) => void crypto.getRandomValues(bytes),
      random: Math.random,
      store: this.store,
      newId: () => crypto.randomUUID(),
      report: (report) => void this.reports.push(report),
      ...options,
    });
    this.server = new Server({
      title: "test",
      version: "0",
      rate: undefined,
      maxConnections: 1_000,
      connectionsPerAddress: 0,
      attemptsPerAddress: 0,
      history: new MemoryHistory(),
      page: () => Promise.reject(new Error("no page")),
      log: () => {},
      newWords: () => "three-such-words",
      files: { store: this.store, desk: this.desk },
      links: this.links,
    });
    const listener = pair === undefined ? listenTcp(HOST, 0) : listenTls(HOST, 0, pair);
    this.address = listener.address;
    this.server.listen(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.drain();
    await this.links.close();
  }
}

/** Tells all about each other, and resolves when all are linked. */
export async function link(...servers: readonly RealLinkedServer[]): Promise<void> {
  for (const { own, links } of servers) {
    const others = servers.filter((each) => each.own !== own);
    links.update({ own, others: others.map((each) => ({ server: each.own, addresses: [each.address] })) });
  }
  for (const { links } of servers) await until(() => links.linked.length === servers.length - 1);
}
