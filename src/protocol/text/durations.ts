/** Times and durations as text. */

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `30d`, `12h` or `15m` in milliseconds; `undefined` for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})([mhd])$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** The text that `parseDuration` reads, in the largest unit that divides `ms`; otherwise in minutes, rounded. */
export function formatDuration(ms: number): string {
  const unit = (["d", "h"] as const).find((unit) => ms % UNIT_MS[unit] === 0) ?? "m";
  return `${Math.round(ms / UNIT_MS[unit])}${unit}`;
}

let lastMs = Number.NaN;
let lastTimestamp = "";

/** `ms` since the epoch as RFC 3339 UTC with milliseconds. Caches the last result: one turn formats one time often. */
export function timestamp(ms: number): string {
  if (ms !== lastMs) {
    lastTimestamp = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastTimestamp;
}
