import fc from "fast-check";
import { HubModel } from "./hub_model.ts";
import { STEP } from "./step.ts";

Deno.test("after any steps and restarts, each member sees the present members, and each message once and in order", () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
      const model = new HubModel();
      for (const step of steps) {
        model.apply(step);
        model.check();
      }
    }),
    { numRuns: 1_500 },
  );
});
