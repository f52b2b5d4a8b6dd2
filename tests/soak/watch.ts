import { descriptorsOf, processUse } from "../bench/load/server_watch.ts";
import type { Sample } from "./slope.ts";

const SAMPLE_MS = 1_000;

export interface ServerSample extends Sample {
  readonly descriptors: number;
  readonly cpuSeconds: number;
}

/** Looks at a process once a second until it is disposed of. All is 0 where the system does not tell. */
export class Watch implements Disposable {
  readonly samples: ServerSample[] = [];
  readonly #pid: number;
  readonly #startMs = performance.now();
  readonly #timer = setInterval(() => this.look(), SAMPLE_MS);

  constructor(pid: number) {
    this.#pid = pid;
    this.look();
  }

  /** One look more, which it returns. */
  look(): ServerSample {
    const seconds = (performance.now() - this.#startMs) / 1_000;
    const sample = { seconds, ...processUse(this.#pid), descriptors: descriptorsOf(this.#pid) };
    this.samples.push(sample);
    return sample;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
