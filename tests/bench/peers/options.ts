import { parseArgs } from "@std/cli/parse-args";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { SERVERS, type ServerSpec } from "./servers.ts";

export interface Options {
  readonly rounds: number;
  readonly scenarios: readonly Scenario[];
  readonly servers: readonly ServerSpec[];
  /** The checkout of Confab to measure; this one by default. */
  readonly checkout?: string;
  /** The folder of fanload's source; by default one beside this checkout. */
  readonly fanload?: string;
  readonly ownGenerator: boolean;
  readonly compareGenerators: boolean;
  readonly out?: string;
  readonly svg?: string;
  readonly publish: boolean;
}

export const USAGE = `deno task bench:peers [OPTIONS]
  --rounds N             how often each server runs each scenario, in turn (3)
  --scenarios LIST       of ${SCENARIOS.map(({ name }) => name).join(",")}
  --servers LIST         of ${SERVERS.map(({ name }) => name).join(",")}
  --checkout FOLDER      of Confab, if not this one is to be measured
  --fanload FOLDER       with fanload.c and broadcast.c (../shared/tools/fanload)
  --own-generator        uses the load generator of this project, even where fanload is
  --compare-generators   runs both load generators against each server, and prints how they differ
  --out FILE             gets all figures, as JSON
  --svg FILE             gets the chart
  --publish              writes .github/bench.json, .github/bench.svg and the table in src/manual/performance.md`;

const TEXTS = ["rounds", "scenarios", "servers", "checkout", "fanload", "out", "svg"] as const;
const FLAGS = ["own-generator", "compare-generators", "publish"] as const;

/** Throws an `Error` that names the invalid option. */
export function parseOptions(args: readonly string[]): Options {
  const unknown: string[] = [];
  const given = parseArgs([...args], {
    string: [...TEXTS],
    boolean: [...FLAGS],
    unknown: (word) => void unknown.push(word),
  });
  if (unknown.length > 0) throw new Error(`There is no option ${unknown.join(", ")}`);
  const rounds = Number(given.rounds ?? 3);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) throw new Error("--rounds wants a number from 1 to 99");
  return {
    rounds,
    scenarios: chosen("scenarios", given.scenarios, SCENARIOS),
    servers: chosen("servers", given.servers, SERVERS),
    checkout: given.checkout,
    fanload: given.fanload,
    ownGenerator: given["own-generator"],
    compareGenerators: given["compare-generators"],
    out: given.out,
    svg: given.svg,
    publish: given.publish,
  };
}

/** Returns the chosen entries in the order of their table. */
function chosen<T extends { readonly name: string }>(option: string, list: string | undefined, all: readonly T[]): T[] {
  if (list === undefined) return [...all];
  const names = list.split(",");
  const wrong = names.filter((name) => !all.some((one) => one.name === name));
  if (wrong.length > 0) {
    throw new Error(`--${option} knows no ${wrong.join(", ")}, only ${all.map(({ name }) => name).join(",")}`);
  }
  return all.filter(({ name }) => names.includes(name));
}
