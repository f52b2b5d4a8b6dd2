import { GENERATOR_BUSY_LIMIT } from "./figures.ts";
import { type Goal, goalsOf, ratio } from "./goals.ts";
import type { Machine } from "./machine.ts";
import { OTHERS_BUSY_LIMIT } from "./others.ts";
import { figuresOf, type Medians, mediansOf, type Run } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import type { ServerSpec } from "./servers.ts";

/** The facts that are known before the first run. */
export interface Circumstances {
  /** RFC 3339, UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly generator: string;
  readonly rounds: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** A whole report, as it is written to a file. */
export interface Report extends Circumstances {
  readonly scenarios: Readonly<Record<string, string>>;
  readonly servers: readonly { readonly name: string; readonly title: string; readonly kind: ServerSpec["kind"] }[];
  readonly medians: Medians;
  /** Confab's rate as a multiple of each other server's, by scenario. */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly goals: readonly Goal[];
  /** Figures that the load generator limited, as `scenario server`. */
  readonly limitedByGenerator: readonly string[];
  readonly runs: readonly Run[];
}

export function reportOf(
  circumstances: Circumstances,
  scenarios: readonly Scenario[],
  servers: readonly ServerSpec[],
  runs: readonly Run[],
): Report {
  const medians = mediansOf(runs);
  return {
    ...circumstances,
    scenarios: Object.fromEntries(scenarios.map(({ name, title }) => [name, title])),
    servers: servers.map(({ name, title, kind }) => ({ name, title, kind })),
    medians,
    ratios: ratiosOf(medians, scenarios, servers),
    goals: goalsOf(medians, scenarios, servers),
    limitedByGenerator: limitedByGenerator(medians, scenarios, servers),
    runs,
  };
}

function ratiosOf(medians: Medians, scenarios: readonly Scenario[], servers: readonly ServerSpec[]): Report["ratios"] {
  const compared = scenarios.filter(({ figure }) => figure === "rate");
  return Object.fromEntries(compared.map(({ name }) => {
    const known = servers.flatMap((server) => {
      const times = server.name === "confab" ? undefined : ratio(medians, name, "confab", server.name);
      return times === undefined ? [] : [[server.name, times]];
    });
    return [name, Object.fromEntries(known)];
  }));
}

/** At a given rate the generator spins, so it is always busy. */
function limitedByGenerator(
  medians: Medians,
  scenarios: readonly Scenario[],
  servers: readonly ServerSpec[],
): string[] {
  return scenarios.filter(({ figure }) => figure === "rate").flatMap(({ name: scenario }) =>
    servers
      .filter(({ name }) => (figuresOf(medians, scenario, name)?.generatorBusy ?? 0) > GENERATOR_BUSY_LIMIT)
      .map(({ name }) => `${scenario} ${name}`)
  );
}

/** Formats one run or median: million deliveries a second, or the latency. */
export function shown(scenario: Pick<Scenario, "figure">, figures: { deliveriesPerSecond: number; p99Ms: number }) {
  if (scenario.figure === "latency") return `${figures.p99Ms.toFixed(2)} ms`;
  return `${(figures.deliveriesPerSecond / 1e6).toFixed(2)} M/s`;
}

/** Formats the whole report with its goals. */
export function summaryLines(report: Report, scenarios: readonly Scenario[]): string[] {
  const lines = scenarios.flatMap((scenario) => [
    `${scenario.name}: ${scenario.title}`,
    ...report.servers.flatMap((server) => {
      const middle = report.medians[scenario.name]?.[server.name];
      if (middle === undefined) return [];
      const text = "p99Ms" in middle ? shown(scenario, middle) : `failed: ${middle.fault}`;
      const limit = report.limitedByGenerator.includes(`${scenario.name} ${server.name}`)
        ? ", limited by the generator"
        : "";
      return [`  ${server.title.padEnd(32)} ${text}${limit}`];
    }),
  ]);
  return [...lines, "Goals", ...report.goals.map(goalLine), ...disturbanceLines(report.runs)];
}

/** A share of one core, at most 1. */
export function disturbanceLines(runs: readonly Run[]): string[] {
  const disturbed = runs.filter(({ othersBusy }) => othersBusy > OTHERS_BUSY_LIMIT);
  if (disturbed.length === 0) return [];
  return [`In ${disturbed.length} of ${runs.length} runs others used more than ${OTHERS_BUSY_LIMIT} of a core.`];
}

function goalLine({ scenario, goal, value, atLeast, atMost, met, by }: Goal): string {
  const target = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  const outcome = value === undefined ? "no figure" : `${met ? "met" : "MISSED"} by ${by}`;
  return `  ${scenario}: ${goal}: ${value?.toFixed(2) ?? "-"}, wanted ${target}: ${outcome}`;
}
