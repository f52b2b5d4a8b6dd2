/** Upper bounds of a histogram's buckets in seconds, from what a turn takes to what everybody notices. What is above the last has a bucket of its own. */
export const BUCKET_SECONDS: readonly number[] = [
  ...[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01],
  ...[0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
];

/** How often something took how long. To observe costs a few comparisons, and nothing is allocated. */
export class Histogram {
  /** How many fell into each of the buckets, one more than there are bounds. */
  readonly counts: number[] = Array(BUCKET_SECONDS.length + 1).fill(0);
  /** Seconds. */
  sum = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKET_SECONDS.length && seconds > BUCKET_SECONDS[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sum += seconds;
  }
}
