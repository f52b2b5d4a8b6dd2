/**
 * The chaos suite by hand: deno task chaos --minutes 1 --seeds 10 [--seed N]. Seeds count up from the first.
 * Prints the seed and the counts of each run, and exits with 1 if a promise was broken.
 */

import { parseArgs } from "@std/cli/parse-args";
import { chaosRun } from "./chaos_run.ts";

const args = parseArgs(Deno.args, { string: ["minutes", "seeds", "seed"] });
const first = Number(args.seed ?? Date.now() % 1_000_000);
const seeds = Number(args.seeds ?? 1);
const durationMs = Number(args.minutes ?? 1) * 60_000;
let faults = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const { summary, faults: found } = await chaosRun(seed, durationMs);
  console.log(summary);
  for (const fault of found) console.log(`  ${fault}`);
  faults += found.length;
}
Deno.exit(faults === 0 ? 0 : 1);
