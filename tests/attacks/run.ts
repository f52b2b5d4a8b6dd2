/**
 * Runs attacks by hand: deno task attacks [--seconds 15] [--only passwords]. Runs the real server, ten members who chat, and one attack
 * after another at full size, of those whose name contains the word. Prints one JSON object for each, first without an attack:
 * latencies of messages in milliseconds, and the outcomes of the attack. Exits with 1 if p99 exceeds the goal.
 */

import { parseArgs } from "@std/cli/parse-args";
import { removeFolders } from "../helpers/e2e_home.ts";
import { type Attack, ATTACKS, type Tally } from "./attackers.ts";
import type { AttackOrder } from "./attack_worker.ts";
import { Scene } from "./scene.ts";

const GOAL_P99_MS = 100;
/** Each member sends about as often as the server allows. */
const PAUSE_MS = 220;

const options = parseArgs(Deno.args, { string: ["seconds", "only"] });
const seconds = Number(options.seconds ?? 15);
const chosen = ATTACKS.filter(({ name }) => name.includes(options.only ?? ""));
let failed = 0;
for (const attack of [undefined, ...chosen]) failed += await measure(attack) ? 0 : 1;
removeFolders();
Deno.exit(failed === 0 ? 0 : 1);

/** Returns true if the result meets the goal. */
async function measure(attack: Attack | undefined): Promise<boolean> {
  await using scene = await Scene.open({ ...attack?.on, serve: [] });
  const stop = new SharedArrayBuffer(4);
  const attacking = attack === undefined ? undefined : start({ name: attack.name, target: scene.target, stop });
  const talk = await scene.chatters.talk({ rounds: Math.ceil(seconds * 1_000 / PAUSE_MS), pauseMs: PAUSE_MS });
  Atomics.store(new Int32Array(stop), 0, 1);
  const tally = await attacking;
  const [p50, p99, worst] = [talk.p50, talk.p99, talk.worst].map((ms) => Math.round(10 * ms) / 10);
  const well = talk.p99 <= GOAL_P99_MS && (tally === undefined || (attack?.mayEndIn?.(tally) ?? true));
  console.log(JSON.stringify({ attack: attack?.name ?? "none", well, p50, p99, worst, sent: talk.sent, tally }));
  return well;
}

async function start(order: AttackOrder): Promise<Tally> {
  const worker = new Worker(new URL("./attack_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<Tally>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(order);
  return await promise.finally(() => worker.terminate());
}
