/** The reason with which a signal aborts when its deadline has passed. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/**
 * Runs with a signal that aborts with `signal`, or with `DeadlinePassed` after this time without a call of `extend`, which
 * begins the time again. Both end when `run` has ended.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  ms: number,
  run: (signal: AbortSignal, extend: () => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const inner = new AbortController();
  const abort = () => inner.abort(signal.reason);
  const start = () => setTimeout(() => inner.abort(new DeadlinePassed(`Not done within ${ms} ms`)), ms);
  let timer = start();
  const extend = () => {
    clearTimeout(timer);
    timer = start();
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await run(inner.signal, extend);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** Resolves after this time, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
