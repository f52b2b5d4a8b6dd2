import { DIRECT_REACH_MS } from "../../protocol/limits.ts";
import { formatEndpoint } from "../../protocol/address/endpoint.ts";
import type { Clock } from "../clock.ts";
import type { FileLink, OpenFileLink } from "../files/file_ports.ts";
import { TransferError } from "../files/transfer_error.ts";
import type { StraightPlace, StraightPorts } from "./straight_ports.ts";

export interface StraightDialOptions {
  readonly ports: Pick<StraightPorts, "dial">;
  readonly place: StraightPlace;
  readonly clock: Clock;
  /** The sender's name. */
  readonly name: string;
  /** Whether bytes have arrived: then the sender could be reached, and another attempt may succeed. */
  readonly hasBegun: () => boolean;
}

/** Opens links to a sender, at the first of its addresses that answers. */
export function dialAny({ ports, place, clock, name, hasBegun }: StraightDialOptions): OpenFileLink {
  return async (signal) => {
    for (const host of place.hosts) {
      const link = await dialInTime(host, signal);
      if (link !== undefined) return link;
      signal.throwIfAborted();
    }
    const addresses = place.hosts.map((host) => formatEndpoint({ host, port: place.port })).join(", ");
    const text = `${name} cannot be reached from here at ${addresses}: the two machines must be on one network, ` +
      "and a firewall may have to let the sender's program listen";
    throw new TransferError(hasBegun() ? "broken" : "refused", text);
  };

  /** `undefined` for an address at which the sender does not answer in time. */
  async function dialInTime(host: string, signal: AbortSignal): Promise<FileLink | undefined> {
    const late = new AbortController();
    const done = new AbortController();
    clock.after(DIRECT_REACH_MS, () => late.abort(), done.signal);
    try {
      return await ports.dial(host, place, AbortSignal.any([signal, late.signal]));
    } catch {
      return undefined;
    } finally {
      done.abort();
    }
  }
}
