import { Announcer } from "./announcer.ts";
import { DenoNetwork } from "./deno_network.ts";
import { MulticastLinks } from "./multicast_links.ts";
import type { MulticastNetwork } from "./multicast_network.ts";
import type { NetworkInterface } from "./network_interface.ts";

/** The server to announce. */
export interface AnnouncedService {
  readonly title: string;
  /** The IP address that the server listens on; `0.0.0.0` means all IPv4 addresses, `::` all addresses. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly fingerprint?: string;
  /** The id of the chat, if it has several servers: finders show them as one. */
  readonly chat?: string;
}

export interface AnnounceOptions {
  /** Ends the announcement with a goodbye. */
  readonly signal: AbortSignal;
  /** Receives the title once the server is announced on a network, and again if a conflict changes it. */
  onAnnounced(title: string): void;
  /** Receives the reason why others may not find the server. */
  onError(error: unknown): void;
  readonly network?: MulticastNetwork;
}

/**
 * Announces a server in the background until the signal aborts. It never throws and does not keep the process alive.
 * The promise resolves when the goodbye is sent and all sockets are closed, at most `NEARBY_GOODBYE_MS` after the signal.
 * It never rejects.
 */
export function announceNearby(service: AnnouncedService, options: AnnounceOptions): Promise<void> {
  const { signal, network = new DenoNetwork({ background: true }), onAnnounced, onError } = options;
  if (signal.aborted) return Promise.resolve();
  const { title, port, tls, fingerprint, chat } = service;
  const server = { title, port, tls, fingerprint, chat, target: drawTarget(network) };
  const links = new MulticastLinks(network, {
    opened: (link) => announcer.linkOpened(link),
    received: (packet, _, link) => announcer.receive(packet, link),
    onError,
  });
  const announcer = new Announcer(network, links, { server, hostsOn: (on) => hostsOn(on, service), onAnnounced });
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => {
    announcer.stop();
    ended.resolve(links.close());
  }, { once: true });
  links.open();
  announcer.start();
  return ended.promise;
}

/** A random host name for this machine: unique, and without information about the machine. */
function drawTarget(network: MulticastNetwork): string {
  return `confab-${Math.floor(network.random() * 2 ** 48).toString(16).padStart(12, "0")}.local`;
}

/** The interface's addresses at which the server listens. RFC 6762, section 6.2, forbids those of other interfaces. */
function hostsOn({ v4, v6 }: NetworkInterface, { host }: AnnouncedService): string[] {
  const all = [...v4.map(({ address }) => address), ...v6];
  if (host === "::") return all;
  return host === "0.0.0.0" ? v4.map(({ address }) => address) : all.filter((address) => address === host);
}
