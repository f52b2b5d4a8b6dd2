import { descriptorsOf, processUse } from "../bench/load/server_watch.ts";
import type { Sample } from "./slope.ts";

const SAMPLE_MS = 1_000;

export interface ServerSample extends Sample {
  readonly descriptors: number;
  readonly cpuSeconds: number;
}

/** Samples a process once a second until disposed. All figures are 0 if the system does not report them. */
export class Watch implements Disposable {
  readonly samples: ServerSample[] = [];
  readonly #pid: number;
  readonly #startMs = performance.now();
  readonly #timer = setInterval(() => this.look(), SAMPLE_MS);

  constructor(pid: number) {
    this.#pid = pid;
    this.look();
  }

  /** Takes one more sample and returns it. */
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
