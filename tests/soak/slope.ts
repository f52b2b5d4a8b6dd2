/** Tells growth over time from ordinary ups and downs. */

export interface Sample {
  readonly seconds: number;
  readonly memoryBytes: number;
}

export interface Slope {
  readonly megabytesPerHour: number;
  readonly standardError: number;
  /** Number of equal stretches; the line is fitted to their means. */
  readonly means: readonly number[];
}

/** Neighbouring samples are nearly equal, so the mean of a stretch counts as one observation. */
const STRETCHES = 20;
const BYTES_PER_MEGABYTE = 1e6;
const SECONDS_PER_HOUR = 3_600;

/** Fits a line by least squares, with the standard error of the regression. Throws below `STRETCHES` samples. */
export function fitSlope(samples: readonly Sample[]): Slope {
  const stretches = split(samples);
  const hours = stretches.map((stretch) => mean(stretch.map(({ seconds }) => seconds)) / SECONDS_PER_HOUR);
  const means = stretches.map((stretch) => mean(stretch.map(({ memoryBytes }) => memoryBytes)) / BYTES_PER_MEGABYTE);
  const [middleX, middleY] = [mean(hours), mean(means)];
  const spread = sum(hours.map((x) => (x - middleX) ** 2));
  const slope = sum(hours.map((x, index) => (x - middleX) * (means[index]! - middleY))) / spread;
  const residuals = hours.map((x, index) => means[index]! - middleY - slope * (x - middleX));
  const variance = sum(residuals.map((residual) => residual ** 2)) / (STRETCHES - 2);
  return { megabytesPerHour: slope, standardError: Math.sqrt(variance / spread), means };
}

function split(samples: readonly Sample[]): Sample[][] {
  if (samples.length < STRETCHES) throw new Error(`A slope needs ${STRETCHES} samples, not ${samples.length}`);
  const start = (stretch: number) => Math.floor((stretch * samples.length) / STRETCHES);
  return Array.from({ length: STRETCHES }, (_, stretch) => samples.slice(start(stretch), start(stretch + 1)));
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
