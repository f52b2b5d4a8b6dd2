import { type Copied, COPIES, type Copy } from "./copies.ts";
import type { Site } from "./site.ts";

export interface CopyFigures {
  readonly name: string;
  readonly megabytesPerSecond: number;
  /** Processor time for 1 GB, in seconds. */
  readonly senderCpuPerGb: number;
  readonly receiverCpuPerGb: number;
  /** Its rate as a share of that of the copy it is compared with. */
  readonly ratio?: number;
}

/** Runs all copies in turn, `rounds` times, and returns the medians. Prints a table on standard error. */
export async function compareCopies(site: Site, rounds: number): Promise<CopyFigures[]> {
  const runs = new Map<Copy, Copied[]>(COPIES.map((copy) => [copy, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [copy, results] of runs) results.push(await copy.run(site));
  }
  const { size } = await Deno.stat(site.source);
  const figures = figuresOf(runs, size);
  for (const row of figures) console.error(rowOf(row));
  return figures;
}

export function figuresOf(runs: ReadonlyMap<Copy, readonly Copied[]>, bytes: number): CopyFigures[] {
  const rates = new Map(Array.from(runs, ([{ name }, results]) => [name, rateOf(results, bytes)]));
  return Array.from(runs, ([{ name, comparedTo }, results]) => {
    const perGb = (seconds: (one: Copied) => number) => round(median(results.map(seconds)) * GB / bytes);
    const figures = {
      name,
      megabytesPerSecond: Math.round(rates.get(name)!),
      senderCpuPerGb: perGb((one) => one.senderCpu),
      receiverCpuPerGb: perGb((one) => one.receiverCpu),
    };
    return comparedTo === undefined ? figures : { ...figures, ratio: round(rates.get(name)! / rates.get(comparedTo)!) };
  });
}

function rateOf(results: readonly Copied[], bytes: number): number {
  return bytes / 1024 ** 2 / median(results.map(({ seconds }) => seconds));
}

const GB = 1024 ** 3;

function rowOf({ name, megabytesPerSecond, senderCpuPerGb, receiverCpuPerGb, ratio }: CopyFigures): string {
  const cells = [megabytesPerSecond, senderCpuPerGb, receiverCpuPerGb, ratio ?? ""];
  return name.padEnd(18) + cells.map((cell) => String(cell).padStart(9)).join("");
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
