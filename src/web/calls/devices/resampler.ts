/** Samples of a call in a second. */
const CALL_RATE = 48_000;

/** Makes 48,000 samples a second of those of another rate, by straight lines between them. */
export class Resampler {
  readonly #step: number;
  /** Where the next sample is, counted from the first one of the next part; the last one of the part before is at -1. */
  #position = 0;
  #last = 0;

  constructor(rate: number) {
    this.#step = rate / CALL_RATE;
  }

  /** Takes the next part. Returns as many samples as follow from it. */
  resample(samples: Float32Array): Float32Array {
    if (this.#step === 1) return samples;
    const end = samples.length - 1;
    const made: number[] = [];
    for (; this.#position <= end; this.#position += this.#step) made.push(this.#between(samples));
    this.#position -= samples.length;
    this.#last = samples[end] ?? this.#last;
    return Float32Array.from(made);
  }

  #between(samples: Float32Array): number {
    const index = Math.floor(this.#position);
    const from = samples[index] ?? this.#last;
    return from + ((samples[index + 1] ?? from) - from) * (this.#position - index);
  }
}
