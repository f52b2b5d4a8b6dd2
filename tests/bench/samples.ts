/** Sample figures and reports for tests. */

import type { Figures } from "./peers/figures.ts";
import { type Report, reportOf } from "./peers/report.ts";
import type { Run } from "./peers/results.ts";
import { SCENARIOS } from "./peers/scenarios.ts";
import { SERVERS } from "./peers/servers.ts";

export function sampleFigures(more: Partial<Figures> = {}): Figures {
  return {
    deliveriesPerSecond: 1_000_000,
    p50Ms: 0.2,
    p99Ms: 0.5,
    maxMs: 3,
    joinSeconds: 1.5,
    memoryPerConnectionBytes: 10 * 1024,
    serverBusy: 0.9,
    generatorBusy: 0.5,
    ...more,
  };
}

export function sampleRun(scenario: string, server: string, more: Partial<Figures> = {}, round = 1): Run {
  return { round, scenario, server, figures: sampleFigures(more), othersBusy: 0 };
}

/** A run without figures. */
export function failedRun(scenario: string, server: string, round = 1): Run {
  return { round, scenario, server, fault: "3 lost", othersBusy: 0 };
}

/** Makes a report about the scenarios and servers of these runs. */
export function sampleReport(runs: readonly Run[]): Report {
  const circumstances = {
    date: "2026-11-21T04:05:06.000Z",
    machine: { processor: "Abacus <2>", cores: 2, memoryGib: 4, system: "linux", deno: "2.9.6", pinned: true },
    generator: "fanload",
    rounds: 1,
    versions: { redis: "7.0.15" },
  };
  const scenarios = SCENARIOS.filter(({ name }) => runs.some(({ scenario }) => scenario === name));
  const servers = SERVERS.filter(({ name }) => runs.some(({ server }) => server === name));
  return reportOf(circumstances, scenarios, servers, runs);
}
