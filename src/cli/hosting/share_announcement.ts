import type { Log } from "../../server/monitor/log_events.ts";
import { type Address, parseAddress } from "../args/address.ts";
import type { Arguments } from "../args/arguments.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import type { Endpoints } from "./endpoints.ts";
import { explain } from "../platform/system_errors.ts";

export const NO_ANNOUNCE_OPTION: OptionSpec = {
  name: "no-announce",
  help: "With --share, does not announce the chat on the network",
};

/** What announces a server until it is disposed of, with a goodbye that takes `NEARBY_GOODBYE_MS` at most. */
export interface ShareAnnouncement extends AsyncDisposable {
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Tells the network of a server that is shared, in the background. Neither waits nor throws: what fails is in the log. */
export function announceShared(args: Arguments, title: string, doors: Endpoints, log: Log): ShareAnnouncement {
  const stop = new AbortController();
  const port = doors.listeners.map(({ address }) => parseAddress(address)).find(isTcp);
  const announcing = args.flag("share") && !args.flag("no-announce") && port !== undefined
    ? announce({ ...port, title, tls: doors.reach.tls, fingerprint: doors.reach.fingerprint }, stop.signal, log)
    : Promise.resolve();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await announcing;
    },
  };
}

type Service = Parameters<typeof import("../../nearby/announcement.ts").announceNearby>[0];

async function announce(service: Service, signal: AbortSignal, log: Log): Promise<void> {
  const onTrouble = (error: unknown) => log("warn", "announcement failed", { error: explain(error) });
  try {
    // Loaded here, since only a server that is shared needs it.
    const { announceNearby } = await import("../../nearby/announcement.ts");
    await announceNearby(service, { signal, onAnnounced: (title) => log("info", "announced", { title }), onTrouble });
  } catch (error) {
    onTrouble(error);
  }
}

function isTcp(address: Address): address is Extract<Address, { kind: "tcp" }> {
  return address.kind === "tcp";
}
