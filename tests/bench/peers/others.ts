/** Measures how much other processes used the machine, from Linux's /proc. */

const TICKS_PER_SECOND = 100;
/** Other processes that use more than this share of a core disturb a measurement. */
export const OTHERS_BUSY_LIMIT = 0.2;

/** Processor time so far, in seconds. */
export interface Used {
  readonly atSeconds: number;
  /** Time of all processes, and of other machines on the same processor. */
  readonly byAll: number;
  /** Time of this process and of its ended children. */
  readonly byOurs: number;
}

/** Returns `undefined` without /proc. */
export async function usedSoFar(): Promise<Used | undefined> {
  try {
    const [all, own] = await Promise.all(["/proc/stat", "/proc/self/stat"].map((path) => Deno.readTextFile(path)));
    return parseUsed(all!, own!, performance.now() / 1_000);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Leaves interrupts out: they count the packets of the measurement itself. */
export function parseUsed(all: string, own: string, atSeconds: number): Used {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = all.split("\n")[0]!.split(/ +/).slice(1).map(Number);
  // The program's name may contain spaces. The text after it begins with the third field; the four times begin with the 14th.
  const times = own.slice(own.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  return {
    atSeconds,
    byAll: (user + nice + system + steal) / TICKS_PER_SECOND,
    byOurs: times.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND,
  };
}

/** Share of one core that others used in between; 0 if unknown. */
export function othersBusy(before: Used | undefined, after: Used | undefined): number {
  if (before === undefined || after === undefined) return 0;
  const seconds = after.byAll - before.byAll - (after.byOurs - before.byOurs);
  return Math.max(0, Math.round(100 * seconds / (after.atSeconds - before.atSeconds)) / 100);
}
