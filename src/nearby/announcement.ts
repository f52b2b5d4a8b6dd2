import { Announcer } from "./announcer.ts";
import { DenoNetwork } from "./deno_network.ts";
import { MulticastLinks } from "./links.ts";
import type { MulticastNetwork, NetworkInterface } from "./multicast_network.ts";

/** A server as it is to be found. */
export interface Service {
  readonly title: string;
  /** The IP address that it listens on; `0.0.0.0` is all of IPv4, `::` all there are. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly fingerprint?: string;
}

export interface AnnounceOptions {
  /** Ends it, with a goodbye. */
  readonly signal: AbortSignal;
  /** Is told under which title the server is found, and again when it had to change. */
  onAnnounced(title: string): void;
  /** Why the server may not be found. */
  onTrouble(error: unknown): void;
  readonly network?: MulticastNetwork;
}

/**
 * Announces a server until the signal, in the background: it returns at once, throws nothing and keeps no process alive.
 * Resolves when all is said and closed, `NEARBY_GOODBYE_MS` after the signal at the latest. Never rejects.
 */
export function announceNearby(service: Service, options: AnnounceOptions): Promise<void> {
  const { signal, network = new DenoNetwork({ background: true }), onAnnounced, onTrouble } = options;
  if (signal.aborted) return Promise.resolve();
  const { title, port, tls, fingerprint } = service;
  const server = { title, port, tls, fingerprint, target: drawTarget(network) };
  const links = new MulticastLinks(network, {
    opened: (link) => announcer.greet(link),
    received: (packet, _, link) => announcer.hear(packet, link),
    trouble: onTrouble,
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

/** A name for this machine that nobody else has, and that says nothing of it. */
function drawTarget(network: MulticastNetwork): string {
  return `confab-${Math.floor(network.random() * 2 ** 48).toString(16).padStart(12, "0")}.local`;
}

/** Those of the addresses at which the server listens: RFC 6762, section 6.2 wants those of the interface alone. */
function hostsOn({ v4, v6 }: NetworkInterface, { host }: Service): string[] {
  const all = [...v4.map(({ address }) => address), ...v6];
  if (host === "::") return all;
  return host === "0.0.0.0" ? v4.map(({ address }) => address) : all.filter((address) => address === host);
}
