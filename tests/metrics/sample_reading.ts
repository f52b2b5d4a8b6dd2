import type { MetricsReading } from "../../src/metrics/prometheus.ts";
import { Statistics } from "../../src/server/monitor/statistics.ts";

export const SINCE = Date.parse("2026-01-02T03:04:05.678Z");

/** A sample reading in which all numbers differ. */
export function sampleReading(counted = new Statistics(SINCE)): MetricsReading {
  return {
    version: "1.2.3",
    memory: { rss: 50_000_000, heapUsed: 7_000_000 },
    snapshot: {
      state: "ok",
      counted,
      connections: 5,
      rooms: 2,
      members: 4,
      receivedBytes: 1_234,
      sentBytes: 56_789,
      outboxBytes: 99,
    },
  };
}
