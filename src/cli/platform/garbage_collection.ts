/** Frees unused memory and returns it to the system. */
export type Collect = () => void;

/** Returns V8's full garbage collection; `undefined` if V8 was started without `--expose-gc`. */
export function garbageCollection(): Collect | undefined {
  const { gc } = globalThis as { gc?: (options: Readonly<Record<string, string>>) => void };
  return gc && (() => gc({ type: "major", execution: "async", flavor: "last-resort" }));
}
