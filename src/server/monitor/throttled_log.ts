import { LOG_REPEAT_MS } from "../../protocol/limits.ts";
import type { Log } from "./log_events.ts";

type Line = Parameters<Log>;

interface Logged {
  readonly at: number;
  /** Number of repeats since then. */
  times: number;
  /** The last repeat. */
  last: Line;
}

/** Logs events that can occur thousands of times a second: the first at once, and the repeats as one line per `LOG_REPEAT_MS`. */
export class ThrottledLog {
  readonly #log: Log;
  readonly #logged = new Map<string, Logged>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs an event, or counts it as a repeat. */
  log(now: number, ...line: Line): void {
    const [, event] = line;
    const logged = this.#logged.get(event);
    if (logged === undefined) {
      this.#logged.set(event, { at: now, times: 0, last: line });
      this.#log(...line);
    } else {
      logged.times++;
      logged.last = line;
    }
  }

  /** Called once a second. Logs the repeats of events that were logged long enough ago. */
  tick(now: number): void {
    for (const [event, logged] of this.#logged) {
      if (now - logged.at < LOG_REPEAT_MS) continue;
      this.#logged.delete(event);
      if (logged.times === 0) continue;
      this.#repeat(logged);
      this.#logged.set(event, { ...logged, at: now, times: 0 });
    }
  }

  /** Logs all repeats that were not logged yet. */
  flush(): void {
    for (const logged of this.#logged.values()) if (logged.times > 0) this.#repeat(logged);
    this.#logged.clear();
  }

  #repeat({ times, last: [level, event, fields] }: Logged): void {
    this.#log(level, event, { ...fields, times });
  }
}
