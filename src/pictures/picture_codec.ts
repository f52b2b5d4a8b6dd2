import type { PictureAnswer, PictureJob, ScaledPicture } from "./picture_jobs.ts";

/** Timers come from outside: `systemClock` of the client is one. */
export interface CodecTimer {
  /** Calls back once after `ms` milliseconds, unless the signal is aborted first. */
  after(ms: number, callback: () => void, signal?: AbortSignal): void;
}

/** How long a picture of a stream may take. Most take 5 ms. */
export const STREAM_PICTURE_MS = 2_000;
/** The same for the first picture of a worker, which has to start: on a machine that is very busy that takes seconds. */
export const FIRST_PICTURE_MS = 15_000;
/** Workers in a row that crash or take too long. After them the stream rests. */
export const MAX_CODEC_FAILURES = 5;
export const CODEC_REST_MS = 30_000;

/**
 * A worker for the pictures of one stream, one after the other. One that crashes or takes too long is replaced: the next picture
 * has a new one. Disposing ends it.
 */
export class PictureCodec implements Disposable {
  readonly #timer: CodecTimer;
  readonly #open: () => Worker;
  #worker: Worker | undefined;
  /** Since the last answer. */
  #failures = 0;
  #closed = new AbortController();

  /** `open` is for tests. */
  constructor(timer: CodecTimer, open: () => Worker = openWorker) {
    this.#timer = timer;
    this.#open = open;
  }

  /**
   * Rejects with an Error if the picture cannot be decoded, if the worker crashes or takes too long, and after the end. One call at
   * a time.
   */
  async perform(job: PictureJob, transfer: Transferable[] = []): Promise<ScaledPicture> {
    if (this.#closed.signal.aborted) throw new Error("The stream of pictures has ended");
    if (this.#failures >= MAX_CODEC_FAILURES) {
      throw new Error(
        `No pictures are decoded for a while: the decoder has failed ${MAX_CODEC_FAILURES} times in a row`,
      );
    }
    const answer = await this.#answerTo(job, transfer);
    if ("fault" in answer) throw new Error(`The picture cannot be decoded: ${answer.fault}`);
    return answer;
  }

  async #answerTo(job: PictureJob, transfer: Transferable[]): Promise<PictureAnswer> {
    const limit = this.#worker === undefined ? FIRST_PICTURE_MS : STREAM_PICTURE_MS;
    const worker = this.#worker ??= this.#open();
    const { promise, resolve, reject } = Promise.withResolvers<PictureAnswer>();
    using over = { signal: new AbortController(), [Symbol.dispose]: () => over.signal.abort() };
    this.#closed.signal.addEventListener("abort", () => reject(new Error("The stream of pictures has ended")), {
      signal: over.signal.signal,
    });
    const late = () => reject(new Error(`The picture took more than ${limit / 1_000} seconds`));
    this.#timer.after(limit, late, over.signal.signal);
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      // Otherwise the error would end the program.
      event.preventDefault();
      reject(new Error(`The decoder has failed: ${event.message}`));
    };
    try {
      worker.postMessage(job, transfer);
      const answer = await promise;
      this.#failures = 0;
      return answer;
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #fail(): void {
    this.#end();
    if (++this.#failures < MAX_CODEC_FAILURES) return;
    // One more try after the rest.
    this.#timer.after(CODEC_REST_MS, () => this.#failures--, this.#closed.signal);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  [Symbol.dispose](): void {
    this.#closed.abort();
    this.#end();
  }
}

function openWorker(): Worker {
  return new Worker(new URL("./picture_worker.ts", import.meta.url), { type: "module", name: "stream of pictures" });
}
