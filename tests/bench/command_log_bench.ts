/**
 * What the command log in etcd takes, with one machine of etcd and with three on this one.
 * Usage: deno run -A tests/bench/command_log_bench.ts [entries of the long log]. Prints one JSON object for each etcd.
 */

import type { CommandLog } from "../../src/cluster/command_log.ts";
import { EtcdLog } from "../../src/cluster/etcd/etcd_log.ts";
import { Etcd } from "../helpers/etcd.ts";
import { removeFolders } from "../helpers/e2e_home.ts";

const NEVER = new AbortController().signal;
/** Bytes of an entry that holds one message, and of one that holds a busy turn. */
const SMALL = 400;
const LARGE = 16_384;
const LONG_LOG = Number(Deno.args[0] ?? 20_000);

let incarnations = 0;

function openLog(etcd: Etcd, first = 0): CommandLog {
  const endpoints = [...etcd.endpoints.slice(first), ...etcd.endpoints.slice(0, first)];
  return new EtcdLog({ cluster: "bench", endpoints, fetch });
}

function percentiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => Number(sorted[Math.floor((sorted.length - 1) * part)]!.toFixed(2));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Appends one entry after the other. Returns the time of each in milliseconds. */
async function appendTimes(log: CommandLog, count: number, bytes: number): Promise<number[]> {
  const s = ++incarnations;
  const times: number[] = [];
  for (let n = 1; n <= count; n++) {
    const data = crypto.getRandomValues(new Uint8Array(bytes));
    const start = performance.now();
    await log.append({ s, n, data }, NEVER);
    times.push(performance.now() - start);
  }
  return times;
}

/** Writers at different machines, each with one append in flight, as servers do it. */
async function together(etcd: Etcd, writers: number, count: number, bytes: number) {
  const start = performance.now();
  const logs = Array.from({ length: writers }, (_, at) => openLog(etcd, at % etcd.machines.length));
  const times = (await Promise.all(logs.map((log) => appendTimes(log, count, bytes)))).flat();
  const seconds = (performance.now() - start) / 1_000;
  return { entriesPerSecond: Math.round(times.length / seconds), ms: percentiles(times) };
}

/** From the append at one machine to its arrival at a follower of another one. */
async function arrivalTimes(etcd: Etcd, count: number): Promise<number[]> {
  const end = new AbortController();
  const times: number[] = [];
  let start = 0;
  let arrived = Promise.withResolvers<void>();
  const caughtUp = Promise.withResolvers<void>();
  const s = ++incarnations;
  const take = (entry: { readonly s: number }) => {
    if (entry.s !== s) return;
    times.push(performance.now() - start);
    arrived.resolve();
  };
  const followed = openLog(etcd, etcd.machines.length - 1).follow(0, take, caughtUp.resolve, end.signal);
  await caughtUp.promise;
  const log = openLog(etcd);
  for (let n = 1; n <= count; n++) {
    arrived = Promise.withResolvers<void>();
    start = performance.now();
    await Promise.all([log.append({ s, n, data: new Uint8Array(SMALL) }, NEVER), arrived.promise]);
  }
  end.abort();
  await followed;
  return times;
}

/** The longest time of an append, and between two arrivals at a follower, while the leader is killed. Both prefer it. */
async function killGaps(etcd: Etcd): Promise<{ readonly append: number; readonly arrival: number }> {
  const leader = await etcd.leader();
  const first = etcd.machines.indexOf(leader);
  const end = new AbortController();
  const times: number[] = [];
  const caughtUp = Promise.withResolvers<void>();
  const followed = openLog(etcd, first).follow(
    0,
    () => void times.push(performance.now()),
    caughtUp.resolve,
    end.signal,
  );
  await caughtUp.promise;
  times.splice(0);
  const log = openLog(etcd, first);
  await appendTimes(log, 50, SMALL);
  const appended = appendTimes(log, 500, SMALL);
  await leader.kill();
  const append = Math.round(Math.max(...await appended));
  end.abort();
  await followed;
  await etcd.restart(leader);
  const arrival = Math.round(Math.max(...times.slice(1).map((time, at) => time - times[at]!)));
  return { append, arrival };
}

/** Reads a log from its beginning. */
async function readAll(etcd: Etcd): Promise<{ readonly entries: number; readonly seconds: number }> {
  const end = new AbortController();
  const start = performance.now();
  let entries = 0;
  await openLog(etcd).follow(0, () => void entries++, () => end.abort(), end.signal);
  return { entries, seconds: Number(((performance.now() - start) / 1_000).toFixed(2)) };
}

for (const machines of [1, 3]) {
  await using etcd = await Etcd.start({ machines });
  await appendTimes(openLog(etcd), 200, SMALL);
  const one = percentiles(await appendTimes(openLog(etcd), 1_000, SMALL));
  const large = percentiles(await appendTimes(openLog(etcd), 300, LARGE));
  const arrival = percentiles(await arrivalTimes(etcd, 500));
  const three = await together(etcd, 3, 700, SMALL);
  const fifty = await together(etcd, 50, Math.ceil(LONG_LOG / 50), SMALL);
  const reading = await readAll(etcd);
  const gaps: unknown[] = [];
  for (let nth = 0; nth < 5 && machines > 1; nth++) gaps.push(await killGaps(etcd));
  console.log(
    JSON.stringify({ machines, appendMs: one, append16KiBMs: large, arrivalMs: arrival, three, fifty, reading, gaps }),
  );
}
removeFolders();
