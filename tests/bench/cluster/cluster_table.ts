/** The table of the bench of clusters. */

export interface Row {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** A second. */
  readonly messages: number;
  readonly deliveries: number;
}

/** The median of each figure. */
export function median(rounds: readonly Row[]): Row {
  const of = (name: keyof Row) => rounds.map((round) => round[name]).sort((a, b) => a - b)[rounds.length >> 1]!;
  return { p50Ms: of("p50Ms"), p99Ms: of("p99Ms"), messages: of("messages"), deliveries: of("deliveries") };
}

export function printTable(rows: readonly (readonly [string, Row])[]): void {
  console.log("| | p50 | p99 | messages a second | deliveries a second |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, { p50Ms, p99Ms, messages, deliveries }] of rows) {
    const cells = [name, `${p50Ms.toFixed(2)} ms`, `${p99Ms.toFixed(2)} ms`, ...[messages, deliveries].map(rounded)];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** To two digits: more are noise. */
function rounded(figure: number): string {
  return Number(figure.toPrecision(2)).toLocaleString("en");
}
