/** Finding servers on the network by multicast DNS. This folder knows nothing of the chat, nor of who uses it. */

import { MAX_NEARBY_SERVERS } from "../protocol/limits.ts";
import { DenoNetwork } from "./deno_network.ts";
import { Finder } from "./finder.ts";
import { MulticastLinks } from "./links.ts";
import type { MulticastNetwork } from "./multicast_network.ts";

/** A server as it announces itself. Anybody can announce anything: nothing of it is proof. */
export interface Nearby {
  /** Fit to be shown. */
  readonly title: string;
  /** An IP address at which it should be reached from here. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** SHA-256 of the certificate in base64url, as an invite has it. */
  readonly fingerprint?: string;
}

export interface FindOptions {
  /** Ends the search. */
  readonly signal: AbortSignal;
  /** Is told of a server once, and again when what it says has changed. At most `MAX_NEARBY_SERVERS` are there at a time. */
  onFound(server: Nearby): void;
  /** It said goodbye, or was silent for too long. */
  onGone?(server: Nearby): void;
  /** Why servers may be missed: an interface that does not work, or a right that is missing. */
  onTrouble?(error: unknown): void;
  readonly network?: MulticastNetwork;
}

/** Looks for servers until the signal. Never throws; resolves when nothing is open any more. */
export function findNearby(options: FindOptions): Promise<void> {
  const { signal, network = new DenoNetwork(), onTrouble = () => {} } = options;
  const finder = new Finder(network, options);
  const links = new MulticastLinks(network, {
    opened: (link) => finder.ask([link]),
    received: (packet, sender, on) => finder.hear(packet, sender, on),
    trouble: onTrouble,
  });
  const stop = () => {
    finder.stop();
    return links.close();
  };
  if (signal.aborted) return stop();
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve(stop()), { once: true });
  links.open();
  finder.askAgain(links);
  return ended.promise;
}

/** Those that are found within so many milliseconds, by title. Never rejects. */
export async function listNearby(
  milliseconds: number,
  options: Pick<FindOptions, "onTrouble" | "network"> = {},
): Promise<Nearby[]> {
  const { network = new DenoNetwork(), onTrouble } = options;
  const found = new Map<string, Nearby>();
  const stop = new AbortController();
  const keyOf = ({ host, port }: Nearby) => `${host} ${port}`;
  const searching = findNearby({
    signal: stop.signal,
    onFound: (server) => found.set(keyOf(server), server),
    onGone: (server) => found.delete(keyOf(server)),
    onTrouble,
    network,
  });
  network.after(milliseconds, () => stop.abort());
  await searching;
  const servers = [...found.values()].slice(0, MAX_NEARBY_SERVERS);
  return servers.sort((one, other) => one.title.localeCompare(other.title) || one.host.localeCompare(other.host));
}
