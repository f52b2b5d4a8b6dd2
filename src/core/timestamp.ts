let lastMs = Number.NaN;
let last = "";

/** `ms` since the epoch as RFC 3339 UTC with milliseconds. Remembers the newest, for a turn asks for the same again and again. */
export function timestamp(ms: number): string {
  if (ms !== lastMs) {
    last = new Date(ms).toISOString();
    lastMs = ms;
  }
  return last;
}
