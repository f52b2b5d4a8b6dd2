import fc from "fast-check";
import { Model } from "./hub_model.ts";
import { STEP } from "./step.ts";

Deno.test("whatever a few people do and however often the server dies, everyone sees who is there and every message once, in order", () => {
  fc.assert(
    fc.property(fc.array(STEP, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
      const model = new Model();
      for (const step of steps) {
        model.take(step);
        model.check();
      }
    }),
    { numRuns: 1_500 },
  );
});
