import fc from "fast-check";
import { HubModel } from "../../core/hub_model/hub_model.ts";
import { parseStep, STEP } from "../../core/hub_model/step.ts";
import { pure, type Target } from "../target.ts";

const LINE = STEP.map((step) => JSON.stringify(step));

export const HUB: Target = {
  name: "hub",
  gateInputs: 1_000,
  lines: true,
  words: fc.sample(LINE, { numRuns: 300, seed: 1 }),
  arbitrary: fc.array(LINE, { minLength: 5, maxLength: 60, size: "max" }).map((lines) => lines.join("\n")),
  open: pure((input) => takeSteps(new HubModel(), input)),
};

/** Steps of a few members, one per line: after each, the hub and the model agree on who is where and who saw which message. */
export function takeSteps(model: HubModel, input: string, atMost = 200): string {
  for (const line of input.split("\n").slice(0, atMost)) {
    const step = parseStep(line);
    if (step === undefined) continue;
    model.apply(step);
    model.check();
  }
  return model.outcome;
}
