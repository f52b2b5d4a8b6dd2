import { figuresOf, type Medians, round } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { type ServerSpec, takes } from "./servers.ts";

export interface Goal {
  readonly scenario: string;
  readonly goal: string;
  /** The measured value and its bound; `undefined` if a figure is missing. */
  readonly value?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly met: boolean;
  /** Distance from the goal, such as -12%; positive if the goal is met. */
  readonly by?: string;
}

const CONFAB = "confab";
const YARDSTICK = { scenario: "a", server: "broadcast-padded", share: 0.6 };
const MAX_MEMORY_KIB = 15;
const MAX_JOIN_SECONDS = 5;
const MAX_P99_MS = 1;

/** Returns the goals for these scenarios and servers, with their outcomes. */
export function goalsOf(
  medians: Medians,
  scenarios: readonly Scenario[],
  servers: readonly ServerSpec[],
): Goal[] {
  if (!servers.some(({ name }) => name === CONFAB)) return [];
  return scenarios.flatMap((scenario) => [
    ...scenario.figure === "rate" ? rateGoals(medians, scenario, servers) : latencyGoals(medians, scenario),
    ...scenario.isCrowd ? crowdGoals(medians, scenario) : [],
  ]);
}

function rateGoals(medians: Medians, scenario: Scenario, servers: readonly ServerSpec[]): Goal[] {
  const { name } = scenario;
  const share = (of: string, by: string) => ratio(medians, name, of, by);
  const peers = servers.filter((server) => server.kind === "peer" && takes(server, scenario));
  const own = servers.filter(({ goal }) => goal !== undefined);
  const yardsticks = servers.filter((server) => name === YARDSTICK.scenario && server.name === YARDSTICK.server);
  return [
    ...peers.map((peer) => atLeast(name, `ahead of ${peer.title}`, share(CONFAB, peer.name), 1)),
    ...yardsticks.map(({ title }) =>
      atLeast(name, `a part of the bare C broadcaster (${title})`, share(CONFAB, YARDSTICK.server), YARDSTICK.share)
    ),
    ...own.map(({ name: server, title, goal }) =>
      atLeast(name, `${title}: a part of what ${goal!.of} has`, share(server, goal!.of), goal!.share)
    ),
  ];
}

function latencyGoals(medians: Medians, { name }: Scenario): Goal[] {
  return [atMost(name, "99 of 100 within, in ms", figuresOf(medians, name, CONFAB)?.p99Ms, MAX_P99_MS)];
}

function crowdGoals(medians: Medians, { name }: Scenario): Goal[] {
  const figures = figuresOf(medians, name, CONFAB);
  const kib = figures && figures.memoryPerConnectionBytes / 1024;
  return [
    // A memory of 0 is unknown.
    atMost(name, "memory of a connection, in KiB", kib === 0 ? undefined : kib, MAX_MEMORY_KIB),
    atMost(name, "all have joined, in s", figures?.joinSeconds, MAX_JOIN_SECONDS),
  ];
}

/** Rate of one server as a multiple of another's. */
export function ratio(medians: Medians, scenario: string, one: string, other: string): number | undefined {
  const above = figuresOf(medians, scenario, one)?.deliveriesPerSecond;
  const below = figuresOf(medians, scenario, other)?.deliveriesPerSecond;
  return above === undefined || below === undefined || below === 0 ? undefined : round(above / below);
}

function atLeast(scenario: string, goal: string, value: number | undefined, target: number): Goal {
  if (value === undefined) return { scenario, goal, atLeast: target, met: false };
  return { scenario, goal, value, atLeast: target, met: value >= target, by: percent(value / target - 1) };
}

function atMost(scenario: string, goal: string, value: number | undefined, target: number): Goal {
  if (value === undefined) return { scenario, goal, atMost: target, met: false };
  return { scenario, goal, value: round(value), atMost: target, met: value <= target, by: percent(1 - value / target) };
}

function percent(part: number): string {
  return `${part < 0 ? "" : "+"}${Math.round(part * 100)}%`;
}
