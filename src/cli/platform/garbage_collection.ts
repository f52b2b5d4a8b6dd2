import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Frees unused memory and returns it to the system. */
export type Collect = () => void;

type Gc = (options: Readonly<Record<string, string>>) => void;

/** Returns V8's full garbage collection; `undefined` if it is not available. */
export function garbageCollection(): Collect | undefined {
  const gc = (globalThis as { gc?: Gc }).gc ?? exposedLate();
  return gc && (() => gc({ type: "major", execution: "async", flavor: "last-resort" }));
}

/**
 * The function without `--expose-gc` at the start, as in a plain `deno run`: contexts that are made after the flag is
 * set have it. Deno 2.7.11 makes them without it.
 */
function exposedLate(): Gc | undefined {
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc");
  } catch {
    return undefined;
  }
}
