import type { Log } from "../../server/monitor/log_events.ts";
import { type Address, parseAddress } from "../args/address.ts";
import type { OptionSpec } from "../args/command_spec.ts";
import type { Endpoints } from "./endpoints.ts";
import type { HostPlan } from "./host_plan.ts";
import { explain } from "../platform/system_errors.ts";

export const NO_ANNOUNCE_OPTION: OptionSpec = {
  name: "no-announce",
  help: "With --share, does not announce the chat on the network",
};

/** Announces a server until it is disposed of, which sends a goodbye and takes at most `NEARBY_GOODBYE_MS`. */
export interface ShareAnnouncement extends AsyncDisposable {
  /** Announces the server again, after its certificate has changed. */
  restart(): void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Announces the server on the network in the background, if the plan says so. Neither waits nor
 * throws: errors are logged. `chat` is the id of a chat that has several servers.
 */
export function announceShared(
  { announce, title }: HostPlan,
  endpoints: Endpoints,
  log: Log,
  chat?: string,
): ShareAnnouncement {
  const end = new AbortController();
  const port = endpoints.listeners.map(({ address }) => parseAddress(address)).find(isTcp);
  if (!announce || port === undefined) return { restart() {}, [Symbol.asyncDispose]: () => Promise.resolve() };
  let stop = new AbortController();
  const run = () => {
    stop = new AbortController();
    const { tls, fingerprint } = endpoints.reach;
    const service = { ...port, title, tls, fingerprint, ...chat !== undefined && { chat } };
    return runAnnouncement(service, AbortSignal.any([stop.signal, end.signal]), log);
  };
  let announcing = run();
  return {
    restart() {
      stop.abort();
      announcing = announcing.then(() => end.signal.aborted ? undefined : run());
    },
    async [Symbol.asyncDispose]() {
      end.abort();
      await announcing;
    },
  };
}

type Service = Parameters<typeof import("../../nearby/announcement.ts").announceNearby>[0];

async function runAnnouncement(service: Service, signal: AbortSignal, log: Log): Promise<void> {
  const onError = (error: unknown) => log("warn", "announcement failed", { error: explain(error) });
  try {
    // Loaded here because only a shared server needs it.
    const { announceNearby } = await import("../../nearby/announcement.ts");
    await announceNearby(service, {
      signal,
      onAnnounced: (title) => log("info", "announced", { title }),
      onError,
    });
  } catch (error) {
    onError(error);
  }
}

function isTcp(address: Address): address is Extract<Address, { kind: "tcp" }> {
  return address.kind === "tcp";
}
