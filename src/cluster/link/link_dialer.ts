import { LINK_LONGEST_RETRY_MS, LINK_PROOF_MS, LINK_RETRY_MS, LINK_YIELD_MS } from "../../protocol/limits.ts";
import { LinkFault } from "./wire/link_fault.ts";
import { type LinkOpening, type LinkParts, openClusterLink } from "./wire/link_opener.ts";
import type { LinkTable } from "./link_table.ts";
import type { ClusterLink } from "./wire/cluster_link.ts";
import { type LinkBytes, openSocketChannel } from "./wire/socket_channel.ts";

/** Connects to another server, by TCP or by TLS with the certificate that the servers share. */
export type DialServer = (address: string, signal: AbortSignal) => Promise<LinkBytes>;

/** Another server of the cluster. */
export interface OtherServer {
  /** Its incarnation. */
  readonly server: number;
  /** The addresses that it has announced. */
  readonly addresses: readonly string[];
}

export interface DialedLink {
  readonly address: string;
  readonly dial: DialServer;
  readonly own: number;
  /** The incarnation that the server must have; 0 for any. */
  readonly expected: number;
  readonly proven?: LinkOpening["proven"];
}

/** Opens a link to the server at that address. Rejects with a `LinkFault`, and with the errors of `dial`. */
export async function dialLink(parts: LinkParts, dialed: DialedLink, signal: AbortSignal): Promise<ClusterLink> {
  const late = new AbortController();
  const inTime = new AbortController();
  parts.clock.after(LINK_PROOF_MS, () => late.abort(LATE), inTime.signal);
  const either = AbortSignal.any([signal, late.signal]);
  let bytes: LinkBytes | undefined;
  const giveUp = () => bytes?.close();
  either.addEventListener("abort", giveUp, { once: true });
  try {
    bytes = await dialed.dial(dialed.address, either);
    if (either.aborted) bytes.close();
    const channel = await openSocketChannel(bytes, parts.random);
    const { own, expected, proven } = dialed;
    const opening = openClusterLink(parts, { channel, role: "dialer", own, expected, proven });
    void channel.run(opening.sink);
    return await opening.link;
  } catch (error) {
    throw either.aborted ? either.reason : error;
  } finally {
    inTime.abort();
    either.removeEventListener("abort", giveUp);
  }
}

const LATE = new LinkFault("silent", "The server does not answer in time");

export interface LinkDialerOptions {
  readonly parts: LinkParts;
  readonly table: LinkTable;
  readonly dial: DialServer;
  readonly own: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly proven: (link: ClusterLink) => void;
  /** Called after each failed attempt. */
  readonly failed: (other: OtherServer, address: string, error: unknown) => void;
}

/** Keeps a link to another server until the signal is aborted: dials it whenever there is none, with growing pauses. Never rejects. */
export async function keepLink(options: LinkDialerOptions, other: OtherServer, signal: AbortSignal): Promise<void> {
  const { parts, table, own } = options;
  for (let failures = 0; !signal.aborted;) {
    // Both servers want the link. The one that joined later lets the other one dial first.
    if (failures === 0 && own > other.server) await pause(options, LINK_YIELD_MS, signal);
    if (table.get(other.server) === undefined) await dialAny(options, other, signal);
    const since = parts.clock.now();
    if (table.get(other.server) !== undefined) await table.until(other.server, false, signal);
    // A link that ends at once is no better than none.
    failures = parts.clock.now() - since >= LINK_YIELD_MS ? 0 : failures + 1;
    if (failures > 0) await pause(options, retryAfter(failures, options.random()), signal);
  }
}

/** Tries all addresses of the server, until one has opened a link. */
async function dialAny(options: LinkDialerOptions, other: OtherServer, signal: AbortSignal): Promise<void> {
  const { parts, dial, own, proven, failed } = options;
  for (const address of other.addresses) {
    if (signal.aborted) return;
    try {
      return void await dialLink(parts, { address, dial, own, expected: other.server, proven }, signal);
    } catch (error) {
      if (!signal.aborted) failed(other, address, error);
    }
  }
}

/** Between half and all of a pause that doubles. */
function retryAfter(failures: number, random: number): number {
  const pause = Math.min(LINK_LONGEST_RETRY_MS, LINK_RETRY_MS * 2 ** (failures - 1));
  return pause * (0.5 + random / 2);
}

/** Resolves after that time, or when the signal is aborted. */
async function pause({ parts }: LinkDialerOptions, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const over = new AbortController();
  parts.clock.after(ms, resolve, over.signal);
  signal.addEventListener("abort", () => resolve(), { once: true, signal: over.signal });
  if (!signal.aborted) await promise;
  over.abort();
}
