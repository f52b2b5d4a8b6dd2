const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** `2.3 MB` or `30 bytes`, in the format of the browser. */
export function formatBytes(bytes: number): string {
  let [nth, value] = [0, bytes];
  // A value that would be rounded to 1,000 has the next unit.
  while (value >= 999.95 && nth < UNITS.length - 1) {
    value /= 1_000;
    nth++;
  }
  const unitDisplay = nth === 0 ? "long" : "short";
  const format = { style: "unit", unit: UNITS[nth], unitDisplay, maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(undefined, format).format(value);
}
