/**
 * Attacks by hand: deno task attacks [--seconds 15]. The real server, ten members who chat, and one attack after the other at full
 * size. Prints what came of each and how long messages took, first without any attack. Ends with 1 where p99 was above the goal.
 */

import { parseArgs } from "@std/cli/parse-args";
import { serve } from "../helpers/e2e.ts";
import { newFolder, removeFolders } from "../helpers/e2e_home.ts";
import { type Attack, ATTACKS, PASSWORD, type Tally } from "./attackers.ts";
import type { AttackOrder } from "./attack_worker.ts";
import { Chatters } from "./chatters.ts";

const GOAL_P99_MS = 100;
const CHATTERS = 10;
/** Each member speaks as often as the server allows, about. */
const PAUSE_MS = 220;

const seconds = Number(parseArgs(Deno.args, { string: ["seconds"] }).seconds ?? 15);
let late = 0;
for (const attack of [undefined, ...ATTACKS]) late += await measure(attack) > GOAL_P99_MS ? 1 : 0;
removeFolders();
Deno.exit(late === 0 ? 0 : 1);

async function measure(attack: Attack | undefined): Promise<number> {
  const file = `${newFolder()}/password`;
  await Deno.writeTextFile(file, PASSWORD);
  await using server = await serve("--password-file", file);
  using chatters = await Chatters.join(server.address, CHATTERS, PASSWORD);
  const stop = new SharedArrayBuffer(4);
  const attacking = attack === undefined ? undefined : start({ name: attack.name, address: server.address, stop });
  const talk = await chatters.talk({ rounds: Math.ceil(seconds * 1_000 / PAUSE_MS), pauseMs: PAUSE_MS });
  Atomics.store(new Int32Array(stop), 0, 1);
  const tally = await attacking;
  const [p50, p99, worst] = [talk.p50, talk.p99, talk.worst].map((ms) => ms.toFixed(1));
  console.log(`${attack?.name ?? "no attack"}: p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms; ${talk.sent} messages`);
  if (tally !== undefined) console.log(`  ${JSON.stringify(tally)}`);
  return talk.p99;
}

async function start(order: AttackOrder): Promise<Tally> {
  const worker = new Worker(new URL("./attack_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<Tally>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(order);
  return await promise.finally(() => worker.terminate());
}
