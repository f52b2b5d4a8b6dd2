/** What must hold however much there is of everything. Times are figures: they are told, not judged. */

import type { CrowdReport } from "./crowd.ts";
import type { FloodReport } from "./flood.ts";
import type { FullReport } from "./full.ts";
import type { StoppedReport } from "./stopped.ts";

/** By which the server's memory may grow under a flood, or with 1,000 receivers that have stopped: outboxes share their chunks. */
export const MAX_GROWTH_BYTES = 256 * 1024 * 1024;
/** Of what it was after the crowd before this one. The first crowd is the one that the engine grows for. */
const MEMORY_TOLERANCE = 1.1;
const MAX_BUSY_WHILE_FULL = 0.1;

export interface Finding {
  readonly figures: unknown;
  /** A sentence each. */
  readonly faults: readonly string[];
}

/** The sentences whose condition is true. */
function faultsOf(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions).flatMap(([fault, isTrue]) => isTrue ? [fault] : []);
}

export function judgeFlood(report: FloodReport): Finding {
  const { cut, sendersCut, missing, faults, sameOrder, before, after } = report;
  return {
    figures: { ...report, grownBytes: after.peakBytes - before.nowBytes },
    faults: faultsOf({
      [`${cut} receivers and ${sendersCut} senders were cut off`]: cut + sendersCut > 0,
      [`${missing} deliveries are missing, ${faults} came twice or out of order`]: missing + faults > 0,
      "Not all were told the same in the same order": !sameOrder,
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
        [`Of ${stopped} who had stopped, ${cut} were cut off`]: cut !== stopped,
        [`${readersCut} who read were cut off, too`]: readersCut > 0,
        [`${missing} deliveries are missing, ${faults} came twice or out of order`]: missing + faults > 0,
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
        [`${round.refused} were refused and ${round.cut} cut off in round ${index + 1}`]: round.refused + round.cut > 0,
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
        [`${untold} were not told that the server is full (${name})`]: untold > 0,
        [`Nobody was let in when somebody had gone (${name})`]: !servedAgain,
        [`The server is busy with being full (${name})`]: busyWhileFull > MAX_BUSY_WHILE_FULL,
      })
    ),
  };
}
