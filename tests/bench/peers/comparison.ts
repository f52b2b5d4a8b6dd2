/** Compares our load generator with fanload. */

import { GENERATOR_BUSY_LIMIT } from "./figures.ts";
import { figuresOf, mediansOf, round } from "./results.ts";
import type { GeneratorRun } from "./rounds.ts";

export interface Comparison {
  readonly scenario: string;
  readonly server: string;
  /** Deliveries a second; `undefined` if a run failed. */
  readonly fanload?: number;
  readonly own?: number;
  /** Our rate divided by fanload's. */
  readonly ratio?: number;
  /** True if our generator was busy all the time: then a ratio below 1 says nothing about the server. */
  readonly limitedByOwn: boolean;
}

export function compareGenerators(runs: readonly GeneratorRun[]): Comparison[] {
  const by = (name: GeneratorRun["generator"]) => mediansOf(runs.filter(({ generator }) => generator === name));
  const [fanload, own] = [by("fanload"), by("own")];
  const pairs = Object.entries(fanload).flatMap(([scenario, servers]) =>
    Object.keys(servers).map((server) => [scenario, server] as const)
  );
  return pairs.map(([scenario, server]) => {
    const [theirs, ours] = [fanload, own].map((medians) => figuresOf(medians, scenario, server));
    return {
      scenario,
      server,
      fanload: theirs?.deliveriesPerSecond,
      own: ours?.deliveriesPerSecond,
      ratio: theirs && ours && round(ours.deliveriesPerSecond / theirs.deliveriesPerSecond),
      limitedByOwn: (ours?.generatorBusy ?? 0) > GENERATOR_BUSY_LIMIT,
    };
  });
}

export function comparisonLines(comparison: readonly Comparison[]): string[] {
  return comparison.map(({ scenario, server, ratio, limitedByOwn }) =>
    `${scenario} ${server}: ${ratio?.toFixed(2) ?? "failed"} of what fanload finds${
      limitedByOwn ? ", limited by ours" : ""
    }`
  );
}
