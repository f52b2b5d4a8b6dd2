import { fitSlope, type Slope } from "./slope.ts";
import type { SoakReport } from "./soak.ts";

/** Of the whole, while caches fill and the engine learns what is hot. */
const WARM_UP_SHARE = 0.2;
const MAX_MEGABYTES_PER_HOUR = 1;
/** Standard errors by which it must be above that. */
const CERTAINTY = 2;
/** Below it the error is larger than what is looked for, and much that levels off has not yet. */
const MIN_MINUTES_FOR_SLOPE = 20;

export interface Judgement {
  readonly slope: Slope | undefined;
  readonly aboutSlope: string;
  /** Why the run has failed, a sentence each. */
  readonly failures: readonly string[];
}

export function judge({ samples, before, after, faults }: SoakReport, minutes: number): Judgement {
  const { slope, aboutSlope, grows } = judgeSlope(samples, minutes);
  const leaked = after.descriptors - before.descriptors;
  return {
    slope,
    aboutSlope,
    failures: [
      ...faults,
      ...(grows ? [aboutSlope] : []),
      ...(leaked > 0 ? [`${leaked} descriptors are open that were not before anybody came`] : []),
    ],
  };
}

function judgeSlope(samples: SoakReport["samples"], minutes: number) {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  if (warm.every(({ memoryBytes }) => memoryBytes === 0)) {
    return { slope: undefined, aboutSlope: "The system does not tell how much memory the server takes", grows: false };
  }
  if (minutes < MIN_MINUTES_FOR_SLOPE) {
    const slope = minutes < 1 ? undefined : fitSlope(warm);
    const aboutSlope = `Less than ${MIN_MINUTES_FOR_SLOPE} minutes prove nothing about the slope`;
    return { slope, aboutSlope, grows: false };
  }
  const slope = fitSlope(warm);
  const { megabytesPerHour, standardError } = slope;
  const grows = megabytesPerHour - CERTAINTY * standardError > MAX_MEGABYTES_PER_HOUR;
  const figure = `${megabytesPerHour.toFixed(2)} ± ${standardError.toFixed(2)} MB an hour`;
  const bound = `${MAX_MEGABYTES_PER_HOUR} MB beyond ${CERTAINTY} standard errors`;
  return { slope, grows, aboutSlope: `Memory grows by ${figure}: ${grows ? "more" : "not more"} than ${bound}` };
}
