/** The options of simulated servers that decide about commands, by the digest that stands for them. */

import type { HubOptions } from "../../src/core/hub_options.ts";

export const SETTINGS: Readonly<Record<string, Pick<HubOptions, "rate" | "maxRooms" | "files" | "maxCalls">>> = {
  same: {
    rate: undefined,
    files: { maxFileBytes: 1_000, totalBytes: 1_000_000, bytesPerMemberAndDay: 20_000 },
  },
  narrow: {
    rate: { perSecond: 5, burst: 50 },
    maxRooms: 2,
    files: { maxFileBytes: 800, totalBytes: 5_000, bytesPerMemberAndDay: 4_000 },
    maxCalls: 1,
  },
  "without files": { rate: undefined, maxCalls: 0 },
};

export const SETTINGS_NAMES = Object.keys(SETTINGS);
