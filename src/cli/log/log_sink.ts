import { configureSync, getLogger, getThrottlingFilter, resetSync } from "@logtape/logtape";
import { LOG_FLUSH_TIMEOUT_MS, LOG_LINES_PER_SECOND } from "../../protocol/limits.ts";
import type { Log, LogLevel } from "../../server/monitor/log_events.ts";
import type { LineOf } from "./log_lines.ts";
import { type LogOutput, LogWriter } from "./log_writer.ts";

/** A log that takes lines. Disposing it writes what waits, within `LOG_FLUSH_TIMEOUT_MS`. */
export interface OpenLog extends AsyncDisposable {
  readonly log: Log;
}

/** Sends what is of this level, or worse, to the output, a line each. */
export function startLog(lowest: LogLevel, line: LineOf, output: LogOutput): OpenLog {
  const logger = getLogger("confab");
  const log: Log = (level, event, fields) => logger[level](event, fields);
  const writer = new LogWriter(output, (lines) => log("warn", "lost", { lines }));
  configureSync({
    reset: true,
    sinks: { lines: (record) => writer.write(line(record)) },
    filters: { throttle: throttle(log) },
    loggers: [
      {
        category: "confab",
        lowestLevel: lowest === "warn" ? "warning" : lowest,
        sinks: ["lines"],
        filters: ["throttle"],
      },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
  return {
    log,
    async [Symbol.asyncDispose]() {
      resetSync();
      await writer.flush(LOG_FLUSH_TIMEOUT_MS);
    },
  };
}

/** Whoever knocks 10,000 times a second shall not fill the disk. */
function throttle(log: Log): ReturnType<typeof getThrottlingFilter> {
  return getThrottlingFilter({
    limit: LOG_LINES_PER_SECOND,
    windowMs: 1_000,
    key: ({ rawMessage }) => String(rawMessage),
    summary: {
      logger: {
        warning: (_, { key, suppressed }) => log("warn", "left out", { of: String(key), lines: Number(suppressed) }),
      },
    },
  });
}
