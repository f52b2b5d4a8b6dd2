/**
 * Compares Confab with servers written in C and Go, under the same load on the same machine: deno task bench:peers --help.
 * Prints its progress on standard error and all figures as JSON on standard output. Needs Linux or another Unix.
 */

import { chartOf } from "./peers/chart.ts";
import { compileFanload, type LoadGenerator, OWN_GENERATOR } from "./peers/generators.ts";
import { compareGenerators, comparisonLines } from "./peers/comparison.ts";
import { install, isInstalled, versionOf } from "./peers/debian_packages.ts";
import { canPin, describeMachine, versionOfCheckout } from "./peers/machine.ts";
import { type Options, parseOptions, USAGE } from "./peers/options.ts";
import { OTHERS_BUSY_LIMIT } from "./peers/others.ts";
import { descriptorsFor } from "./peers/processes.ts";
import { publish } from "./peers/publish.ts";
import { type Report, reportOf, shown, summaryLines } from "./peers/report.ts";
import { type GeneratorRun, OWN_DESCRIPTORS, type Plan, runRounds } from "./peers/rounds.ts";
import { connectionsOf } from "./peers/scenarios.ts";
import type { ServerSpec } from "./peers/servers.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FANLOAD = `${ROOT}../shared/tools/fanload`;

function say(line: string): void {
  console.error(line);
}

/** fanload if its source is found, our own generator otherwise, or both to compare them. */
async function chooseGenerators(options: Options, tools: string): Promise<LoadGenerator[]> {
  const source = options.fanload ?? FANLOAD;
  const isHere = await Deno.stat(`${source}/fanload.c`).then(() => true, () => false);
  if (!isHere && options.fanload !== undefined) throw new Error(`There is no fanload.c in ${options.fanload}`);
  const fanload = isHere ? await compileFanload(source, tools, say) : undefined;
  if (!isHere) say("No fanload here, so no C broadcaster, and the load generator is our own");
  if (options.compareGenerators && fanload !== undefined) return [fanload, OWN_GENERATOR];
  return [options.ownGenerator || fanload === undefined ? OWN_GENERATOR : fanload];
}

/** Returns the servers whose programs are installed. */
async function chooseServers(options: Options, tools: string): Promise<ServerSpec[]> {
  await install(options.servers, say);
  const compiled = await Deno.stat(`${tools}/broadcast`).then(() => true, () => false);
  const here = await Promise.all(
    options.servers.map((server) => server.kind === "yardstick" ? compiled : isInstalled(server)),
  );
  return options.servers.filter((_, index) => here[index]);
}

async function planOf(options: Options, tools: string, signal: AbortSignal): Promise<Plan> {
  const wanted = Math.max(...options.scenarios.map(connectionsOf)) + OWN_DESCRIPTORS;
  const descriptors = await descriptorsFor(wanted);
  const scenarios = options.scenarios.filter((scenario) => connectionsOf(scenario) + OWN_DESCRIPTORS <= descriptors);
  const left = options.scenarios.filter((scenario) => !scenarios.includes(scenario)).map(({ name }) => name);
  if (left.length > 0) say(`Left out, for only ${descriptors} descriptors may be open (ulimit -n): ${left.join(", ")}`);
  const pinned = await canPin();
  return {
    rounds: options.rounds,
    scenarios,
    generators: await chooseGenerators(options, tools),
    servers: await chooseServers(options, tools),
    server: {
      checkout: await Deno.realPath(options.checkout ?? ROOT),
      tools,
      descriptors,
      core: pinned ? 0 : undefined,
    },
    load: { descriptors, core: pinned ? 1 : undefined, signal },
  };
}

async function versionsOf(plan: Plan): Promise<Record<string, string>> {
  const known = await Promise.all(plan.servers.map(async (server) => {
    const version = server.kind === "confab" ? await versionOfCheckout(plan.server.checkout) : await versionOf(server);
    return version === undefined ? [] : [[server.name, version]];
  }));
  return Object.fromEntries(known.flat());
}

async function measure(plan: Plan): Promise<GeneratorRun[]> {
  const runs: GeneratorRun[] = [];
  for await (const run of runRounds(plan)) {
    const scenario = plan.scenarios.find(({ name }) => name === run.scenario)!;
    const text = run.fault === undefined ? shown(scenario, run.figures!) : `failed: ${run.fault}`;
    const by = plan.generators.length > 1 ? ` by ${run.generator}` : "";
    const others = run.othersBusy > OTHERS_BUSY_LIMIT ? `, while others used ${run.othersBusy} of a core` : "";
    say(`round ${run.round} of ${plan.rounds}, ${run.scenario}, ${run.server}${by}: ${text}${others}`);
    runs.push(run);
  }
  return runs;
}

async function main(options: Options, tools: string, signal: AbortSignal): Promise<void> {
  const plan = await planOf(options, tools, signal);
  const circumstances = {
    date: new Date().toISOString(),
    machine: await describeMachine(plan.load.core !== undefined),
    generator: plan.generators.map(({ name }) => name).join(" and "),
    rounds: plan.rounds,
    versions: await versionsOf(plan),
  };
  const runs = await measure(plan);
  if (plan.generators.length > 1) return compare(runs);
  const report = reportOf(circumstances, plan.scenarios, plan.servers, runs);
  for (const line of summaryLines(report, plan.scenarios)) say(line);
  await write(report, options);
}

/** Results of our load generator as a fraction of fanload's. */
function compare(runs: readonly GeneratorRun[]): void {
  const comparison = compareGenerators(runs);
  for (const line of comparisonLines(comparison)) say(line);
  console.log(JSON.stringify(comparison, undefined, 2));
}

async function write(report: Report, { out, svg, publish: isPublished }: Options): Promise<void> {
  const json = JSON.stringify(report, undefined, 2);
  if (out === undefined) console.log(json);
  else await Deno.writeTextFile(out, `${json}\n`);
  if (svg !== undefined) await Deno.writeTextFile(svg, chartOf(report));
  if (isPublished) await publish(report, ROOT);
}

if (Deno.args.includes("--help")) {
  console.log(USAGE);
  Deno.exit(0);
}
const interrupt = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => interrupt.abort(new Error("Interrupted")));
}
const tools = await Deno.makeTempDir({ prefix: "confab-bench-" });
let exitCode = 0;
try {
  await main(parseOptions(Deno.args), tools, interrupt.signal);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  exitCode = 1;
} finally {
  await Deno.remove(tools, { recursive: true });
}
Deno.exit(exitCode);
