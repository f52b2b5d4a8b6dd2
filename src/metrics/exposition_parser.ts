/** The values of a scrape by name, labels as they were written: what `exposition` writes, and no more of the format than that. */
export type Samples = ReadonlyMap<string, number>;

export function parseExposition(text: string): Samples {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^(confab_\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && Number.isFinite(Number(value))) samples.set(name, Number(value));
  }
  return samples;
}

/** The values of one metric by its only label. */
export function byLabel(samples: Samples, metric: string): [label: string, value: number][] {
  const found: [string, number][] = [];
  for (const [name, value] of samples) {
    const label = name.startsWith(`${metric}{`) ? /^\{\w+="(.*)"\}$/.exec(name.slice(metric.length))?.[1] : undefined;
    if (label !== undefined) found.push([label, value]);
  }
  return found;
}
