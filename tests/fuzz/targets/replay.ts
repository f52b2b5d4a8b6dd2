import { openCore } from "../../core/replay/open_core.ts";
import { newTwinModel } from "../../core/replay/twin_hubs.ts";
import type { Target } from "../target.ts";
import { HUB, takeSteps } from "./hub.ts";

/** The steps of `HUB` on two hubs, which have equal effects and state after each input, and no secret in any of them. */
export const REPLAY: Target = {
  ...HUB,
  name: "replay",
  gateInputs: 40,
  open() {
    const opened = openCore();
    return { run: async (input) => takeSteps(newTwinModel(await opened), input) };
  },
};
