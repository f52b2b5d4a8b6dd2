const ATTEMPTS = 5;

/** Whether one of several attempts takes less than so many milliseconds: on a busy machine a single one may wait for its turn. */
export function isQuick(ms: number, work: () => void): boolean {
  return Array.from({ length: ATTEMPTS }).some(() => {
    const begun = performance.now();
    work();
    return performance.now() - begun < ms;
  });
}
