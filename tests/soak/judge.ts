import { fitSlope, type Slope } from "./slope.ts";
import type { SoakReport } from "./soak.ts";

/** Fraction of the run in which caches fill and V8 optimises. */
const WARM_UP_SHARE = 0.2;
const MAX_MEGABYTES_PER_HOUR = 1;
/** Standard errors by which the slope must exceed that. */
const CERTAINTY = 2;
/** Minimum minutes. In a shorter run the error exceeds the bound, and memory has not levelled off. */
const MIN_MINUTES_FOR_SLOPE = 20;

export interface Judgement {
  readonly slope: Slope | undefined;
  readonly aboutSlope: string;
  /** One sentence for each reason why the run failed. */
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
      ...(leaked > 0 ? [`${leaked} more descriptors are open than before the first client`] : []),
    ],
  };
}

function judgeSlope(samples: SoakReport["samples"], minutes: number) {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  if (warm.every(({ memoryBytes }) => memoryBytes === 0)) {
    return { slope: undefined, aboutSlope: "This system does not report the server's memory", grows: false };
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
