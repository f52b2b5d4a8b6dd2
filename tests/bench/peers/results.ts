import type { Figures } from "./figures.ts";

/** One run of one server in one scenario. Without figures, it did not finish. */
export interface Run {
  readonly round: number;
  readonly scenario: string;
  readonly server: string;
  readonly figures?: Figures;
  /** The reason why no figure of the run may be quoted. */
  readonly fault?: string;
  /** Share of one core that other processes used meanwhile. */
  readonly othersBusy: number;
}

/** The median of all rounds, for each figure; if a round failed, only its failure. */
export type Median = Figures | { readonly fault: string };

/** Results by scenario, then by server. */
export type Medians = Readonly<Record<string, Readonly<Record<string, Median>>>>;

/** Returns the median; for an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mediansOf(runs: readonly Run[]): Medians {
  const byScenario = Object.groupBy(runs, ({ scenario }) => scenario);
  return Object.fromEntries(
    Object.entries(byScenario).map(([scenario, ofScenario = []]) => {
      const byServer = Object.groupBy(ofScenario, ({ server }) => server);
      const middles = Object.entries(byServer).map(([server, rounds = []]) => [server, medianOf(rounds)]);
      return [scenario, Object.fromEntries(middles)];
    }),
  );
}

function medianOf(rounds: readonly Run[]): Median {
  const bad = rounds.filter(({ fault }) => fault !== undefined);
  if (bad.length > 0) return { fault: bad.map(({ round, fault }) => `round ${round}: ${fault}`).join("; ") };
  const all = rounds.map(({ figures }) => figures!);
  const middle = (name: Exclude<keyof Figures, "fault">) => round(median(all.map((figures) => figures[name])));
  return {
    deliveriesPerSecond: middle("deliveriesPerSecond"),
    p50Ms: middle("p50Ms"),
    p99Ms: middle("p99Ms"),
    maxMs: middle("maxMs"),
    joinSeconds: middle("joinSeconds"),
    memoryPerConnectionBytes: middle("memoryPerConnectionBytes"),
    serverBusy: middle("serverBusy"),
    generatorBusy: middle("generatorBusy"),
  };
}

/** Returns the figures; `undefined` if there are none or a round failed. */
export function figuresOf(medians: Medians, scenario: string, server: string): Figures | undefined {
  const found = medians[scenario]?.[server];
  return found === undefined || !("p99Ms" in found) ? undefined : found;
}

/** Leaves out differences that no reader would notice. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
