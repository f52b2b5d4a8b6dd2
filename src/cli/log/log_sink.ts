import { configureSync, getLogger, getThrottlingFilter, type LogRecord, resetSync } from "@logtape/logtape";
import { LOG_FLUSH_TIMEOUT_MS, LOG_LINES_PER_SECOND, MAX_LOG_WAITING_CHARS } from "../../protocol/limits.ts";
import type { Log, LogLevel } from "../../server/monitor/log_events.ts";

/**
 * Formats a record as one line with its end. Its fields can neither begin another line nor draw on
 * a terminal.
 */
export type LineOf = (record: LogRecord) => string;

/** An open log. Disposing of it writes the waiting lines within `LOG_FLUSH_TIMEOUT_MS`. */
export interface OpenLog extends AsyncDisposable {
  readonly log: Log;
}

/** Writes events of this level or above to the output, one line each. */
export function startLog(lowest: LogLevel, line: LineOf, output: LogOutput): OpenLog {
  const logger = getLogger("confab");
  const log: Log = (level, event, fields) => logger[level](event, fields);
  const writer = new LogWriter(output, (lines) => log("warn", "log lines dropped", { lines }));
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

/** Limits the lines per event, so that 10,000 connections a second cannot fill the disk. */
function throttle(log: Log): ReturnType<typeof getThrottlingFilter> {
  return getThrottlingFilter({
    limit: LOG_LINES_PER_SECOND,
    windowMs: 1_000,
    key: ({ rawMessage }) => String(rawMessage),
    summary: {
      logger: {
        warning: (_, { key, suppressed }) =>
          log("warn", "log lines suppressed", { of: String(key), lines: Number(suppressed) }),
      },
    },
  });
}

/** The destination of the lines: standard error or a file. */
export interface LogOutput {
  /** Resolves with the number of bytes written. */
  write(bytes: Uint8Array): Promise<number>;
}

const ENCODER = new TextEncoder();

/**
 * Appends lines in order, and neither waits nor throws. One write is in flight; lines that arrive
 * meanwhile share the next. Lines that the output refuses, or that would exceed
 * `MAX_LOG_WAITING_CHARS`, are lost: `onLost` gets their number once the output accepts lines
 * again.
 */
export class LogWriter {
  readonly #output: LogOutput;
  readonly #onLost: (lines: number) => void;
  #waiting: string[] = [];
  #waitingChars = 0;
  #writing: Promise<void> | undefined;
  #lost = 0;
  /** Whether the last line of the output is incomplete. */
  #torn = false;

  constructor(output: LogOutput, onLost: (lines: number) => void) {
    this.#output = output;
    this.#onLost = onLost;
  }

  /** Appends a line, which includes its end. */
  write(line: string): void {
    if (this.#waitingChars + line.length > MAX_LOG_WAITING_CHARS) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingChars += line.length;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all lines are written or `timeoutMs` have passed. */
  async flush(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([this.#writing, promise]);
    clearTimeout(timer);
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#waitingChars = 0;
      if (await this.#append(lines.join(""))) this.#reportLost();
      else this.#lost += lines.length;
    }
    this.#writing = undefined;
  }

  /** Resolves with `true` if the output took the whole text. */
  async #append(text: string): Promise<boolean> {
    let rest = ENCODER.encode(this.#torn ? `\n${text}` : text);
    try {
      while (rest.length > 0) {
        rest = rest.subarray(await this.#output.write(rest));
        this.#torn = rest.length > 0;
      }
      return true;
    } catch {
      return false;
    }
  }

  #reportLost(): void {
    if (this.#lost === 0) return;
    const lines = this.#lost;
    this.#lost = 0;
    this.#onLost(lines);
  }
}
