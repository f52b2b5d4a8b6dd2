import process from "node:process";

/** A function of Node that Deno has, and its types lack. In microseconds. */
interface ThreadTime {
  threadCpuUsage(): { readonly user: number; readonly system: number };
}

/**
 * Milliseconds of processor time that the calling thread has used. They grow in steps of 10. A busy machine does not stretch
 * them, unlike the time on the clock.
 */
export function processorMs(): number {
  const { user, system } = (process as unknown as ThreadTime).threadCpuUsage();
  return (user + system) / 1_000;
}
