/** The promises that must hold under any load. Times are figures: they are reported, not judged. */

import type { CrowdReport } from "./crowd.ts";
import type { FloodReport } from "./flood.ts";
import type { FullReport } from "./full.ts";
import type { StoppedReport } from "./stopped.ts";

/** Growth of memory allowed under a flood, or with 1,000 stopped receivers: outboxes share their chunks. */
export const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
/** Memory allowed relative to that after the crowd before. The first crowd makes V8 grow its heap. */
const MEMORY_TOLERANCE = 1.1;
const MAX_BUSY_WHILE_FULL = 0.1;

export interface Finding {
  readonly figures: unknown;
  /** One sentence for each fault. */
  readonly faults: readonly string[];
}

/** Returns the sentences whose condition is true. */
function faultsOf(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions).flatMap(([fault, isTrue]) => isTrue ? [fault] : []);
}

export function judgeFlood(report: FloodReport): Finding {
  const { cut, sendersCut, missing, faults, sameOrder, before, after } = report;
  return {
    figures: { ...report, grownBytes: after.peakBytes - before.nowBytes },
    faults: faultsOf({
      [`${cut} receivers and ${sendersCut} senders were closed`]: cut + sendersCut > 0,
      [`${missing} deliveries are missing, ${faults} were duplicates or out of order`]: missing + faults > 0,
      "Not all receivers got the same messages in the same order": !sameOrder,
      "Memory grew past its bound": after.peakBytes - before.nowBytes > MAX_GROWTH_BYTES,
    }),
  };
}

export function judgeStopped(reports: Readonly<Record<string, StoppedReport>>): Finding {
  const finding = Object.entries(reports).map(([name, report]) => {
    const { stopped, cut, readersCut, missing, faults, empty, end, p99Ms } = report;
    const ratio = p99Ms.stopped / p99Ms.before;
    return {
      figures: [name, { ...report, p99StoppedToBefore: ratio, grownBytes: end.peakBytes - empty.nowBytes }] as const,
      faults: faultsOf({
        [`${cut} of ${stopped} stopped receivers were closed`]: cut !== stopped,
        [`${readersCut} receivers that read were closed, too`]: readersCut > 0,
        [`${missing} deliveries are missing, ${faults} were duplicates or out of order`]: missing + faults > 0,
        "Memory grew past its bound": end.peakBytes - empty.nowBytes > MAX_GROWTH_BYTES,
      }),
    };
  });
  return {
    figures: Object.fromEntries(finding.map(({ figures }) => figures)),
    faults: finding.flatMap(({ faults }) => faults),
  };
}

export function judgeCrowds(rounds: readonly CrowdReport[]): Finding {
  const after = rounds.map(({ memory }) => memory.after.nowBytes);
  const memoryRatios = after.slice(1).map((bytes, index) => bytes / after[index]!);
  return {
    figures: { rounds, memoryRatios },
    faults: rounds.flatMap((round, index) =>
      faultsOf({
        [`${round.refused} clients were refused and ${round.cut} closed in round ${index + 1}`]:
          round.refused + round.cut > 0,
        [`Descriptors leaked in round ${index + 1}`]: round.descriptors.after > round.descriptors.before,
        [`Memory did not return in round ${index + 1}`]: memoryRatios[index - 1]! > MEMORY_TOLERANCE,
      })
    ),
  };
}

export function judgeFull(reports: Readonly<Record<string, FullReport>>): Finding {
  return {
    figures: reports,
    faults: Object.entries(reports).flatMap(([name, { untold, servedAgain, busyWhileFull }]) =>
      faultsOf({
        [`${untold} clients were not told that the server is full (${name})`]: untold > 0,
        [`No client was admitted after one had left (${name})`]: !servedAgain,
        [`The full server uses too much processor time (${name})`]: busyWhileFull > MAX_BUSY_WHILE_FULL,
      })
    ),
  };
}
