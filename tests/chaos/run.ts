/**
 * The chaos suite by hand: deno task chaos --minutes 1 --seeds 10 [--seed N]. Seeds count up from the first.
 * With --files N [--seed N], N files are sent, and a program is killed in the middle of each.
 * With --cluster, three servers share one chat by etcd on this machine, and with --networks each of them and each of three
 * machines of etcd has a network of its own, which can be cut (Linux, root, iproute2 and nft).
 * Prints the seed and the counts of each run, and exits with 1 if a promise was broken.
 */

import { parseArgs } from "@std/cli/parse-args";
import { removeFolders } from "../helpers/e2e_home.ts";
import { chaosRun } from "./chaos_run.ts";
import { clusterRun } from "./cluster/cluster_run.ts";
import { runFileChaos } from "./files/file_chaos.ts";

/** Set in the run that `unshare` has started. */
const INSIDE = "CHAOS_INSIDE";

const args = parseArgs(Deno.args, { string: ["minutes", "seeds", "seed", "files"], boolean: ["cluster", "networks"] });
if (args.networks && Deno.env.get(INSIDE) === undefined) await runInNetwork();
const first = Number(args.seed ?? Date.now() % 1_000_000);
const seeds = Number(args.seeds ?? 1);
const durationMs = Number(args.minutes ?? 1) * 60_000;
if (args.files !== undefined) await fileChaos(Number(args.files));
let faults = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const { networks } = args;
  const { summary, faults: found } = args.cluster || networks
    ? await clusterRun({ seed, durationMs, networks, report: console.log })
    : await chaosRun(seed, durationMs);
  console.log(summary);
  for (const fault of found) console.log(`  ${fault}`);
  faults += found.length;
}
Deno.exit(faults === 0 ? 0 : 1);

/** Runs this again in a network of its own, in which it is the router between the machines. Its mounts end with it. */
async function runInNetwork(): Promise<never> {
  const words = [
    "--net",
    "--mount",
    Deno.execPath(),
    "run",
    "--allow-all",
    "--no-check",
    import.meta.filename!,
    ...Deno.args,
  ];
  const { code } = await new Deno.Command("unshare", { args: words, env: { [INSIDE]: "1" } }).spawn().status;
  Deno.exit(code);
}

async function fileChaos(kills: number): Promise<never> {
  const folder = await Deno.makeTempDir({ prefix: "confab-chaos-" });
  let faults: readonly string[] = [];
  console.log(`seed ${first}: ${kills} files`);
  try {
    faults = await runFileChaos({ seed: first, kills, folder, report: console.log });
  } finally {
    await Deno.remove(folder, { recursive: true });
    removeFolders();
  }
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`seed ${first}: ${kills} files, a kill in each; ${faults.length} faults`);
  Deno.exit(faults.length === 0 ? 0 : 1);
}
