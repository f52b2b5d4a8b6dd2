import { readCorpus } from "./corpus.ts";
import { inputsOf } from "./input.ts";
import type { Order, Report } from "./session.ts";
import { targetNamed } from "./targets.ts";
import type { Answer, Task } from "./worker.ts";

/** An input that takes longer counts as endless. */
const HANG_MS = 30_000;
const LOOK_MS = 1_000;

/** Fuzzes one target after another in a worker, which is replaced if an input does not end. */
export class FuzzThread implements Disposable {
  #worker: Worker | undefined;

  async run(target: string, order: Order): Promise<Report> {
    const progress = new SharedArrayBuffer(4);
    const worker = this.#worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<Report>();
    worker.onmessage = ({ data }: MessageEvent<Answer>) => "report" in data ? resolve(data.report) : reject(data.error);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end();
      reject(new Error(`The thread of ${target} died: ${event.message}`));
    };
    const stop = onStandstill(new Int32Array(progress), (number) => {
      this.#end();
      resolve(hung(target, order, number));
    });
    worker.postMessage({ target, order, progress } satisfies Task);
    return await promise.finally(stop);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

/** Minimising runs one input many times, so the limit is generous. */
function onStandstill(progress: Int32Array, tell: (number: number) => void): () => void {
  let last = NaN;
  let since = performance.now();
  const timer = setInterval(() => {
    const number = Atomics.load(progress, 0);
    if (number !== last) since = performance.now();
    else if (performance.now() - since > HANG_MS) tell(number);
    last = number;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

function hung(target: string, order: Order, number: number): Report {
  const inputAt = inputsOf(targetNamed(target), order.seed, readCorpus(target).parents);
  const fault = { number, what: `Hangs for more than ${HANG_MS} ms`, text: number < 0 ? "" : inputAt(number) };
  const inputs = Math.max(0, number - order.first);
  return { inputs, ms: HANG_MS, outcomes: {}, faults: [fault], found: [], slowestMs: HANG_MS };
}
