/** Publishes a report: the figures and the chart in .github/, and a table in the documentation. */

import { chartOf } from "./chart.ts";
import type { Figures } from "./figures.ts";
import { runToEnd } from "./processes.ts";
import { disturbanceLines, type Report } from "./report.ts";
import { figuresOf } from "./results.ts";
import { SCENARIOS } from "./scenarios.ts";

const JSON_FILE = ".github/bench.json";
const SVG_FILE = ".github/bench.svg";
const README_FILE = "README.md";
const BEGIN = "<!-- from .github/bench.json, by deno task bench:peers --publish -->\n";
const END = "<!-- up to here -->\n";

/** The project's root, with a slash at the end. */
export async function publish(report: Report, root: string): Promise<void> {
  const readme = await Deno.readTextFile(root + README_FILE);
  await Deno.writeTextFile(root + README_FILE, withFigures(readme, report));
  await Deno.writeTextFile(root + JSON_FILE, JSON.stringify(report, undefined, 2) + "\n");
  await Deno.writeTextFile(root + SVG_FILE, chartOf(report));
  const { success, stderr } = await runToEnd([Deno.execPath(), "fmt", "--quiet", README_FILE, JSON_FILE], {
    cwd: root,
  });
  if (!success) throw new Error(`Cannot format ${README_FILE}: ${stderr}`);
}

/** Returns the text with new content between the marks. */
export function withFigures(readme: string, report: Report): string {
  const [before, after] = [readme.split(BEGIN)[0]!, readme.split(END)[1]];
  if (after === undefined) throw new Error(`${README_FILE} has no place for the figures`);
  return `${before}${BEGIN}\n${figuresText(report)}\n\n${END}${after}`;
}

/** Returns the content between the marks, or an empty text. */
export function figuresIn(readme: string): string {
  return readme.split(BEGIN)[1]?.split(END)[0]?.trim() ?? "";
}

export function figuresText(report: Report): string {
  const { machine, date, rounds, generator } = report;
  const cores = machine.pinned ? "the server on one core and the load on the other" : "all cores for both";
  const sentence =
    `Measured on ${date.slice(0, 10)} on ${machine.processor} with ${machine.cores} cores, ${machine.system}, ` +
    `Deno ${machine.deno}; ${cores}; load by ${generator}; ${
      rounds === 1 ? "one round" : `medians of ${rounds} rounds`
    }.`;
  return [[sentence, ...disturbanceLines(report.runs)].join(" "), "", ...tableLines(report)].join("\n");
}

function tableLines(report: Report): string[] {
  const rows = SCENARIOS.filter(({ name }) => name in report.medians).flatMap(({ name, title, figure, isCrowd }) => {
    const row = (what: string, valueOf: (figures: Figures) => string) => [
      `${name}: ${what}`,
      ...report.servers.map((server) => cellOf(report, name, server.name, valueOf)),
    ];
    if (figure === "latency") return [row(`${title}, p99 in ms`, ({ p99Ms }) => p99Ms.toFixed(2))];
    const rate = row(title, ({ deliveriesPerSecond }) => (deliveriesPerSecond / 1e6).toFixed(2));
    if (!isCrowd) return [rate];
    return [
      rate,
      row("KiB a connection", (figures) => (figures.memoryPerConnectionBytes / 1024).toFixed(1)),
      row("seconds until all have joined", ({ joinSeconds }) => joinSeconds.toFixed(1)),
    ];
  });
  const head = ["Million deliveries a second", ...report.servers.map(({ title }) => title)];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function cellOf(
  report: Report,
  scenario: string,
  server: string,
  valueOf: (figures: Figures) => string,
): string {
  if (report.medians[scenario]?.[server] === undefined) return "–";
  const figures = figuresOf(report.medians, scenario, server);
  return figures === undefined ? "failed" : valueOf(figures);
}
