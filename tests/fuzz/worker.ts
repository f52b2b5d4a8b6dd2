/** A worker thread that fuzzes targets, so that the main thread can detect a hang. */

import { readCorpus } from "./corpus.ts";
import { type Order, type Report, Session } from "./session.ts";
import { targetNamed } from "./targets.ts";

export interface Task {
  readonly target: string;
  readonly order: Order;
  /** Shared memory for the number of the current input. */
  readonly progress: SharedArrayBuffer;
}

export type Answer = { readonly report: Report } | { readonly error: string };

async function perform({ target, order, progress }: Task): Promise<Answer> {
  try {
    const shared = new Int32Array(progress);
    const session = new Session(targetNamed(target), readCorpus(target));
    return { report: await session.run(order, (number) => Atomics.store(shared, 0, number)) };
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage: (answer: Answer) => void;
};
scope.onmessage = async ({ data }) => scope.postMessage(await perform(data));
