/** A worker thread for attackers, so that they do not slow the thread that measures. */

import { ATTACKS, type Tally } from "./attackers.ts";
import type { Target } from "./scene.ts";

export interface AttackOrder {
  readonly name: string;
  readonly target: Target;
  /** Not 0 once the attack must end. */
  readonly stop: SharedArrayBuffer;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<AttackOrder>) => void;
  postMessage: (tally: Tally) => void;
};

scope.onmessage = async ({ data: { name, target, stop } }) => {
  const attack = ATTACKS.find((candidate) => candidate.name === name)!;
  const flag = new Int32Array(stop);
  const stopped = () => Atomics.load(flag, 0) !== 0;
  scope.postMessage(await attack.run({ ...target, count: attack.byHand, pauseMs: 1_000, stopped }));
};
