/**
 * The soak by hand: deno task soak --minutes 30 [--seed N] [--memory]. Prints the figures as JSON, and exits with 1 if
 * something was lost or duplicated, descriptors leaked, or memory grew.
 */

import { parseArgs } from "@std/cli/parse-args";
import { judge } from "./judge.ts";
import { runSoak, type SoakReport } from "./soak.ts";

const args = parseArgs(Deno.args, { string: ["minutes", "seed"], boolean: ["memory"] });
const minutes = Number(args.minutes ?? 30);
const seed = Number(args.seed ?? Date.now() % 1_000_000);
console.error(`Soaking for ${minutes} minutes with --seed ${seed}`);

const folder = args.memory ? undefined : await Deno.makeTempDir({ prefix: "confab-soak-" });
try {
  const report = await runSoak({ seed, durationMs: minutes * 60_000, folder });
  const { slope, aboutSlope, failures } = judge(report, minutes);
  console.log(JSON.stringify({ seed, minutes, store: args.memory ? "memory" : "sqlite", ...figuresOf(report), slope }));
  console.error(aboutSlope);
  for (const failure of failures) console.error(`  ${failure}`);
  console.error(failures.length === 0 ? "Passed" : "Failed");
  Deno.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  if (folder !== undefined) await Deno.remove(folder, { recursive: true });
}

function figuresOf({ samples, before, after, faults, ...rest }: SoakReport) {
  const [first, last] = [samples[0]!, samples.at(-1)!];
  const most = (pick: (sample: typeof first) => number) => samples.reduce((max, one) => Math.max(max, pick(one)), 0);
  return {
    ...rest,
    faults: faults.length,
    serverBusy: (last.cpuSeconds - first.cpuSeconds) / (last.seconds - first.seconds),
    memoryBytes: { before: before.memoryBytes, most: most((one) => one.memoryBytes), after: after.memoryBytes },
    descriptors: { before: before.descriptors, most: most((one) => one.descriptors), after: after.descriptors },
  };
}
