/** Whether the machine was ours alone while something was measured, as Linux tells it in /proc. */

const TICKS_PER_SECOND = 100;
/** Others who use more than this part of a core disturb. */
export const OTHERS_BUSY_LIMIT = 0.2;

/** Processor time so far, in seconds. */
export interface Used {
  readonly atSeconds: number;
  /** By all processes, and by other machines on the same processor. */
  readonly byAll: number;
  /** By this process and by those that it has started and that have ended. */
  readonly byOurs: number;
}

/** Undefined where there is no /proc. */
export async function usedSoFar(): Promise<Used | undefined> {
  try {
    const [all, own] = await Promise.all(["/proc/stat", "/proc/self/stat"].map((path) => Deno.readTextFile(path)));
    return parseUsed(all!, own!, performance.now() / 1_000);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Interrupts are left out: packets on their way count there, and they are ours. */
export function parseUsed(all: string, own: string, atSeconds: number): Used {
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = all.split("\n")[0]!.split(/ +/).slice(1).map(Number);
  // What follows the name of the program, which may hold spaces, begins with the third field. Four times begin with the 14th.
  const times = own.slice(own.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  return {
    atSeconds,
    byAll: (user + nice + system + steal) / TICKS_PER_SECOND,
    byOurs: times.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND,
  };
}

/** The part of one core that others have used in between; 0 where that is not known. */
export function othersBusy(before: Used | undefined, after: Used | undefined): number {
  if (before === undefined || after === undefined) return 0;
  const seconds = after.byAll - before.byAll - (after.byOurs - before.byOurs);
  return Math.max(0, Math.round(100 * seconds / (after.atSeconds - before.atSeconds)) / 100);
}
