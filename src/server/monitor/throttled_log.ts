import { LOG_REPEAT_MS } from "../../protocol/limits.ts";
import type { Log } from "./log_events.ts";

type Line = Parameters<Log>;

interface Said {
  readonly at: number;
  /** How often it has happened again, and the last time. */
  times: number;
  last: Line;
}

/** For what can happen thousands of times a second: the first is logged, and those that follow as one line each `LOG_REPEAT_MS`. */
export class ThrottledLog {
  readonly #log: Log;
  readonly #said = new Map<string, Said>();

  constructor(log: Log) {
    this.#log = log;
  }

  say(now: number, ...line: Line): void {
    const [, event] = line;
    const said = this.#said.get(event);
    if (said === undefined) {
      this.#said.set(event, { at: now, times: 0, last: line });
      this.#log(...line);
    } else {
      said.times++;
      said.last = line;
    }
  }

  /** Tells what has happened again and was said long enough ago. */
  tick(now: number): void {
    for (const [event, said] of this.#said) {
      if (now - said.at < LOG_REPEAT_MS) continue;
      this.#said.delete(event);
      if (said.times === 0) continue;
      this.#repeat(said);
      this.#said.set(event, { ...said, at: now, times: 0 });
    }
  }

  /** Tells what was not told yet. */
  flush(): void {
    for (const said of this.#said.values()) if (said.times > 0) this.#repeat(said);
    this.#said.clear();
  }

  #repeat({ times, last: [level, event, fields] }: Said): void {
    this.#log(level, event, { ...fields, times });
  }
}
