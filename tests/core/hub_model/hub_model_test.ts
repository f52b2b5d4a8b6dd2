import fc from "fast-check";
import { HubModel } from "./hub_model.ts";
import { CALL_STEP, FILE_STEP, LINK_STEP, STEP, type Step } from "./step.ts";

/** Takes the first steps and then any steps with the hub and with the model, and compares them after each. */
function agree(step: fc.Arbitrary<Step>, numRuns: number, first: readonly Step[] = []): void {
  const property = fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), (steps) => {
    const model = new HubModel();
    for (const step of [...first, ...steps]) {
      model.apply(step);
      model.check();
    }
  });
  fc.assert(property, { numRuns });
}

/** Ada on two devices, and bob on one. */
const TWO_DEVICES: readonly Step[] = [
  { do: "arriveKeyed", name: "ada", room: "lobby" },
  { do: "arriveKeyed", name: "bob", room: "lobby" },
  { do: "offer", who: 2 },
  { do: "claim", nth: 0, how: 0 },
  { do: "answer", who: 0, on: true, how: 0 },
  { do: "comeBack", who: 0, room: "lobby", nth: 1 },
];

Deno.test("after any steps and restarts, each member sees the present members, and each message once and in order", () => {
  agree(STEP, 1_500);
});

Deno.test("an offer admits one device at most, exactly the listed devices let a member in, and only a revoked one's sessions end", () => {
  agree(LINK_STEP, 500, TWO_DEVICES);
});

const THREE_MEMBERS = ["ada", "bob", "eve"].map((name) => ({ do: "arrive" as const, name, room: "lobby" }));

Deno.test("a message carries each upload once, and exactly the members of its room may read the file while it is there", () => {
  agree(FILE_STEP, 400, THREE_MEMBERS);
});

const FOUR_MEMBERS = [...THREE_MEMBERS, { do: "arriveKeyed" as const, name: "kim", room: "lobby" }];

Deno.test("who is in a call has a place on the server, and exactly the members of its room or conversation see who", () => {
  agree(CALL_STEP, 500, FOUR_MEMBERS);
});
