/** Runs many simulations by hand, on all processors: deno task simulate [--seeds 1000] [--from 1] [--verbose]. */

import { parseArgs } from "@std/cli/parse-args";
import { Counts } from "./fault_counts.ts";
import { simulateCluster, type SimulationResult } from "./cluster_simulation.ts";

/** What a worker tells about one seed. */
type Outcome = { readonly seed: number } & ({ readonly result: SimulationResult } | { readonly error: string });

const isWorker = "postMessage" in globalThis;

/** Runs every `step`-th simulation. */
async function runSome(
  first: number,
  end: number,
  step: number,
  tell: (outcome: Outcome) => void,
  note?: (line: string) => void,
) {
  for (let seed = first; seed < end; seed += step) {
    try {
      tell({ seed, result: await simulateCluster(seed, note === undefined ? {} : { note }) });
    } catch (error) {
      tell({ seed, error: error instanceof Error ? error.stack ?? error.message : String(error) });
    }
  }
}

function runWorker(first: number, end: number, step: number, tell: (outcome: Outcome) => void): Promise<void> {
  const worker = new Worker(import.meta.url, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<Outcome | "done">) => {
    if (data !== "done") return tell(data);
    worker.terminate();
    resolve();
  };
  worker.postMessage([first, end, step]);
  return promise;
}

async function runAll(): Promise<void> {
  const { seeds, from, verbose } = parseArgs(Deno.args, {
    string: ["seeds", "from"],
    boolean: ["verbose"],
    default: { seeds: "1000", from: "1" },
  });
  const [start, first, count] = [performance.now(), Number(from), Number(seeds)];
  const failed: number[] = [];
  const counts = new Counts();
  const total = { acknowledged: 0, entries: 0, skipped: 0, incarnations: 0 };
  const tell = (outcome: Outcome) => {
    if ("result" in outcome) {
      for (const name of ["acknowledged", "entries", "skipped", "incarnations"] as const) {
        total[name] += outcome.result[name];
      }
      counts.addAll(outcome.result.counts);
    } else {
      failed.push(outcome.seed);
      console.log(`Seed ${outcome.seed}: ${verbose ? outcome.error : outcome.error.slice(0, 500)}`);
      if (!verbose) console.log(`To repeat it: deno task simulate --seeds 1 --verbose --from ${outcome.seed}`);
    }
  };
  const workers = verbose ? 0 : Math.min(count, navigator.hardwareConcurrency);
  if (workers === 0) await runSome(first, first + count, 1, tell, console.log);
  const starts = Array.from({ length: workers }, (_, nth) => first + nth);
  await Promise.all(starts.map((start) => runWorker(start, first + count, workers, tell)));
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  for (const [name, count] of Object.entries(counts.all)) console.log(`${String(count).padStart(8)} ${name}`);
  console.log(JSON.stringify({ seeds: count, seconds, failed: failed.sort((a, b) => a - b), ...total }));
  if (failed.length > 0) Deno.exit(1);
}

if (isWorker) {
  const scope = globalThis as unknown as Worker;
  scope.onmessage = async ({ data: [first, end, step] }: MessageEvent<[number, number, number]>) => {
    await runSome(first, end, step, (outcome) => scope.postMessage(outcome));
    scope.postMessage("done");
  };
} else await runAll();
