import { RESERVED_DESCRIPTORS } from "../../../src/protocol/limits.ts";
import type { Figures } from "./figures.ts";
import { load, type LoadGenerator, type LoadPlace } from "./generators.ts";
import { othersBusy, usedSoFar } from "./others.ts";
import type { Run } from "./results.ts";
import type { Scenario } from "./scenarios.ts";
import { type Place, ServerProcess } from "./server_process.ts";
import { type ServerSpec, takes } from "./servers.ts";

/** Descriptors that a process needs besides one per connection, including those that our server reserves to refuse others. */
export const OWN_DESCRIPTORS = 100 + RESERVED_DESCRIPTORS;

export interface Plan {
  readonly rounds: number;
  readonly scenarios: readonly Scenario[];
  readonly servers: readonly ServerSpec[];
  readonly generators: readonly LoadGenerator[];
  readonly server: Place;
  readonly load: LoadPlace;
}

export interface GeneratorRun extends Run {
  readonly generator: LoadGenerator["name"];
}

/** Runs each scenario on every server before the next scenario, and repeats that in each round. Each run has a new process. */
export async function* runRounds(plan: Plan): AsyncIterable<GeneratorRun> {
  for (let round = 1; round <= plan.rounds; round++) {
    for (const scenario of plan.scenarios) {
      for (const spec of plan.servers.filter((spec) => takes(spec, scenario))) {
        for (const generator of plan.generators) {
          const before = await usedSoFar();
          const outcome = await runOnce(plan, scenario, spec, generator);
          const others = { othersBusy: othersBusy(before, await usedSoFar()) };
          yield { round, scenario: scenario.name, server: spec.name, generator: generator.name, ...outcome, ...others };
        }
      }
    }
  }
}

/** Throws only on an interrupt: a failing server must not cost the figures of the others. */
async function runOnce(
  plan: Plan,
  scenario: Scenario,
  spec: ServerSpec,
  generator: LoadGenerator,
): Promise<{ figures?: Figures; fault?: string }> {
  plan.load.signal.throwIfAborted();
  try {
    await using server = await ServerProcess.start(spec, plan.server);
    const figures = await load(generator, scenario, spec, server, plan.load);
    return figures.fault === undefined ? { figures } : { figures, fault: figures.fault };
  } catch (error) {
    plan.load.signal.throwIfAborted();
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
