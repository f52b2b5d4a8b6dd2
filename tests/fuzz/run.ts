/**
 * Fuzzes by hand: deno task fuzz --minutes 5 [--seed N] [--target NAME] [--input N]. The corpus runs first, then mutations of it.
 * `--input` repeats one input of the seed. Each input that fails, or has an outcome that the corpus lacks,
 * is minimised and added to `corpus/NAME.found.jsonl`. Exits with 1 if an input failed.
 */

import { parseArgs } from "@std/cli/parse-args";
import { keep } from "./corpus.ts";
import { FuzzThread } from "./fuzz_thread.ts";
import { faultLines, type Order, type Report } from "./session.ts";
import { TARGETS } from "./targets.ts";

const args = parseArgs(Deno.args, { string: ["minutes", "seed", "target", "input"] });
const seed = Number(args.seed ?? Date.now() % 1_000_000);
const targets = TARGETS.filter(({ name }) => args.target === undefined || args.target === name);
const jobs = Math.min(targets.length, navigator.hardwareConcurrency, 4);
const ms = Number(args.minutes ?? 1) * 60_000 * jobs / targets.length;
const input = args.input === undefined ? undefined : Number(args.input);
const maxInputMs = 1_000;
const order: Order = {
  maxInputMs,
  seed,
  first: input ?? 0,
  inputs: input === undefined ? 2 ** 31 : 1,
  ms,
  discover: input === undefined,
};

console.log(`seed ${seed}: ${targets.map(({ name }) => name).join(", ")}`);
let inputs = 0;
let faults = 0;
const waiting = [...targets];
await Promise.all(Array.from({ length: jobs }, async () => {
  using thread = new FuzzThread();
  for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
    tell(target.name, await thread.run(target.name, order));
  }
}));
console.log(`seed ${seed}: ${inputs.toLocaleString("en")} inputs, ${faults} faults`);
Deno.exit(faults === 0 && targets.length > 0 ? 0 : 1);

function tell(target: string, report: Report): void {
  inputs += report.inputs;
  faults += report.faults.length;
  const grown = report.grownBytes === undefined ? "not measured" : `${(report.grownBytes / 1024).toFixed(0)} KiB`;
  const rate = Math.round(report.inputs / report.ms * 1_000).toLocaleString("en");
  console.log(
    `${target}: ${report.inputs.toLocaleString("en")} inputs, ${rate}/s, slowest ${
      report.slowestMs.toFixed(1)
    } ms, heap ${grown}`,
  );
  const outcomes = Object.entries(report.outcomes);
  const shown = outcomes.slice(0, 12).map(([outcome, count]) => `${count} ${outcome}`).join("; ");
  console.log(`  ${outcomes.length} outcomes: ${shown}`);
  for (const text of report.found) keep(target, text);
  for (const fault of report.faults) {
    if (fault.text !== "") keep(target, fault.text);
    console.log(faultLines(target, seed, fault).join("\n"));
  }
}
