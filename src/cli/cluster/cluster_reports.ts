/** Writes the log lines of a server about its cluster. `server` is the number of a server in the cluster, its incarnation. */

import type { LinkReport } from "../../cluster/link/mod.ts";
import type { ReplicaEvent } from "../../cluster/replica/mod.ts";
import { type Log, stackOf } from "../../server/monitor/log_events.ts";
import type { ThrottledLog } from "../../server/monitor/throttled_log.ts";
import { explain } from "../platform/system_errors.ts";

/** Logs what the replica reports. The caller ticks `rare`. */
export function logReplica(log: Log, rare: ThrottledLog): (event: ReplicaEvent) => void {
  return (event) => {
    switch (event.type) {
      case "joined": {
        const { incarnation: server, server: { name, version, addresses } } = event;
        return log("info", "server joined", { server, name, version, addresses: addresses.join(" ") });
      }
      case "ended":
        return log("warn", "server ended", { server: event.incarnation, reason: event.why });
      case "lost":
        return log("warn", "evicted", { server: event.incarnation, reason: event.why });
      case "clock":
        if (event.difference === 0) return log("info", "clock right");
        return log("error", "clock wrong", { ms: event.difference, hint: CLOCK_HINT });
      case "skipped": {
        const { position, s: server, reason } = event;
        return rare.log(performance.now(), "warn", "entry skipped", { position, server, reason });
      }
      case "fault":
        return log("error", "internal error", { stack: stackOf(event.error) });
      case "not trimmed":
        return log("warn", "log not trimmed", { error: explain(event.error) });
      default:
        return event satisfies never;
    }
  };
}

const CLOCK_HINT = "This server writes nothing until its clock is right: let NTP set it";

/** Logs what happens to links. The caller ticks `rare`. */
export function logLinks(log: Log, rare: ThrottledLog): (report: LinkReport) => void {
  return (report) => {
    switch (report.type) {
      case "opened":
        return log("info", "link opened", { server: report.server });
      case "lost":
        return log("warn", "link lost", { server: report.server, error: report.reason });
      case "not opened": {
        const { server, address, reason: error } = report;
        return rare.log(performance.now(), "warn", "link not opened", { server, address, error });
      }
      case "refused":
        return rare.log(performance.now(), "warn", "link refused", { peer: report.address, error: report.reason });
      default:
        return report satisfies never;
    }
  };
}
