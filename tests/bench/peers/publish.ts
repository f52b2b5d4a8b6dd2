/** Publishes a report: the figures and the chart in .github/, a table in the manual's page on performance. */

import { chartOf } from "./chart.ts";
import type { Figures } from "./figures.ts";
import { runToEnd } from "./processes.ts";
import { disturbanceLines, type Report } from "./report.ts";
import { figuresOf } from "./results.ts";
import { SCENARIOS } from "./scenarios.ts";

const JSON_FILE = ".github/bench.json";
const SVG_FILE = ".github/bench.svg";
const PAGE_FILE = "src/manual/performance.md";
const BEGIN = "<!-- from .github/bench.json, by deno task bench:peers --publish -->\n";
const END = "<!-- up to here -->\n";

/** `root` ends with a slash. */
export async function publish(report: Report, root: string): Promise<void> {
  const page = await Deno.readTextFile(root + PAGE_FILE);
  await Deno.writeTextFile(root + PAGE_FILE, withFigures(page, report));
  await Deno.writeTextFile(root + JSON_FILE, JSON.stringify(report, undefined, 2) + "\n");
  await Deno.writeTextFile(root + SVG_FILE, chartOf(report));
  const { success, stderr } = await runToEnd([Deno.execPath(), "fmt", "--quiet", PAGE_FILE, JSON_FILE], {
    cwd: root,
  });
  if (!success) throw new Error(`Cannot format ${PAGE_FILE}: ${stderr}`);
}

/** The page with the text between the marks renewed. */
export function withFigures(page: string, report: Report): string {
  const [before, after] = [page.split(BEGIN)[0]!, page.split(END)[1]];
  if (after === undefined) throw new Error(`${PAGE_FILE} has no place for the figures`);
  return `${before}${BEGIN}\n${figuresText(report)}\n\n${END}${after}`;
}

/** The text between the marks, or an empty text. */
export function figuresIn(page: string): string {
  return page.split(BEGIN)[1]?.split(END)[0]?.trim() ?? "";
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

/** One figure of a scenario: a column of the table. */
interface Column {
  readonly scenario: string;
  /** Short, for the head of the table. */
  readonly label: string;
  /** The legend. */
  readonly what: string;
  readonly valueOf: (figures: Figures) => string;
}

function tableLines(report: Report): string[] {
  const columns = SCENARIOS.filter(({ name }) => name in report.medians).flatMap(columnsOf);
  const head = ["Server", ...columns.map(({ label }) => label)];
  const rows = report.servers.map((server) => [
    server.title,
    ...columns.map(({ scenario, valueOf }) => cellOf(report, scenario, server.name, valueOf)),
  ]);
  return [
    ...columns.map(({ label, what }) => `- ${label}: ${what}`),
    "",
    "<!-- deno-fmt-ignore -->",
    ...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`),
  ];
}

function columnsOf({ name, title, figure, isCrowd }: typeof SCENARIOS[number]): Column[] {
  const column = (suffix: string, what: string, valueOf: Column["valueOf"]): Column => ({
    scenario: name,
    label: `${name}${suffix}`,
    what,
    valueOf,
  });
  if (figure === "latency") return [column(" ms", `${title}, p99 in ms`, ({ p99Ms }) => p99Ms.toFixed(2))];
  const rate = column(
    "",
    `${title}: million deliveries a second`,
    ({ deliveriesPerSecond }) => (deliveriesPerSecond / 1e6).toFixed(2),
  );
  if (!isCrowd) return [rate];
  const bytes = ({ memoryPerConnectionBytes }: Figures) => (memoryPerConnectionBytes / 1024).toFixed(1);
  return [
    rate,
    column(" KiB", "KiB a connection", bytes),
    column(" s", "seconds until all have joined", ({ joinSeconds }) => joinSeconds.toFixed(1)),
  ];
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
