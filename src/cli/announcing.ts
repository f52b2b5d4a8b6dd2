import type { Log } from "../server/log.ts";
import { type Address, parseAddress } from "./address.ts";
import type { Arguments } from "./arguments.ts";
import type { OptionSpec } from "./command.ts";
import type { Doors } from "./doors.ts";
import { explain } from "./faults.ts";

export const NO_ANNOUNCE_OPTION: OptionSpec = {
  name: "no-announce",
  help: "Does not announce on the network what --share shares",
};

/** What announces a server until it is disposed of, with a goodbye that takes `NEARBY_GOODBYE_MS` at most. */
export interface Announcing extends AsyncDisposable {
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Tells the network of a server that is shared, in the background. Neither waits nor throws: what fails is in the log. */
export function announceShared(args: Arguments, title: string, doors: Doors, log: Log): Announcing {
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

type Service = Parameters<typeof import("../nearby/announce.ts").announceNearby>[0];

async function announce(service: Service, signal: AbortSignal, log: Log): Promise<void> {
  const onTrouble = (error: unknown) => log("warn", "announcing failed", { error: explain(error) });
  try {
    // Loaded here, since only a server that is shared needs it.
    const { announceNearby } = await import("../nearby/announce.ts");
    await announceNearby(service, { signal, onAnnounced: (title) => log("info", "announced", { title }), onTrouble });
  } catch (error) {
    onTrouble(error);
  }
}

function isTcp(address: Address): address is Extract<Address, { kind: "tcp" }> {
  return address.kind === "tcp";
}
