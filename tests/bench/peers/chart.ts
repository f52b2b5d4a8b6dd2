/** Draws a report as SVG: a panel for each scenario, a bar for each server. It follows light and dark mode. */

import type { Figures } from "./figures.ts";
import { figuresOf } from "./results.ts";
import type { Report } from "./report.ts";
import { SCENARIOS } from "./scenarios.ts";

const WIDTH = 860;
const COLUMNS = 2;
const GAP = 40;
const PANEL_WIDTH = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
const LABEL_WIDTH = 168;
const VALUE_WIDTH = 62;
const BAR_WIDTH = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const ROW_HEIGHT = 20;
const BAR_HEIGHT = 13;
const HEAD_HEIGHT = 48;
const TITLE_HEIGHT = 56;

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.head { font-size: 13px; font-weight: 600; }
.quiet { fill: #59636e; }
.bar.confab { fill: #0969da; } .bar.peer { fill: #8c959f; } .bar.yardstick { fill: #d1d9e0; }
.own { font-weight: 600; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .quiet { fill: #9198a1; }
  .bar.confab { fill: #4493f8; } .bar.peer { fill: #767e88; } .bar.yardstick { fill: #3d444d; }
}`;

/** The mark of figures that the load generator limited. */
const LIMIT_MARK = " *";
const NOTE = "* The load generator was busy all the time: the server may be faster.";
const NOTE_HEIGHT = 24;

/** One figure of one server; `undefined` if a run failed. */
interface Bar {
  readonly label: string;
  readonly kind: Report["servers"][number]["kind"];
  readonly value?: number;
  readonly isLimit: boolean;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly bars: readonly Bar[];
}

export function chartOf(report: Report): string {
  const panels = panelsOf(report);
  const rows = Array.from(
    { length: Math.ceil(panels.length / COLUMNS) },
    (_, row) => panels.slice(row * COLUMNS, (row + 1) * COLUMNS),
  );
  let top = TITLE_HEIGHT;
  const drawn = rows.flatMap((row) => {
    const here = row.map((panel, column) => panelSvg(panel, column * (PANEL_WIDTH + GAP), top));
    top += HEAD_HEIGHT + Math.max(...row.map(({ bars }) => bars.length)) * ROW_HEIGHT;
    return here;
  });
  const { machine, date, rounds } = report;
  const title = `Confab beside other servers${machine.pinned ? ", each on one core" : ""}`;
  if (report.limitedByGenerator.length > 0) top += NOTE_HEIGHT;
  const where = `${date.slice(0, 10)}, ${machine.processor}, ${machine.cores} cores, ${machine.system}, ` +
    `Deno ${machine.deno}, median of ${rounds} ${rounds === 1 ? "round" : "rounds"}`;
  return [
    "<!-- deno-fmt-ignore-file -->",
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    textSvg(0, 18, title, "title"),
    textSvg(0, 37, where, "quiet"),
    ...drawn,
    ...report.limitedByGenerator.length === 0 ? [] : [textSvg(0, top - 6, NOTE, "quiet")],
    "</svg>\n",
  ].join("\n");
}

function panelsOf(report: Report): Panel[] {
  return SCENARIOS.filter(({ name }) => name in report.medians).flatMap(({ name, title, figure, isCrowd }) => {
    const panel = (subject: string, unit: string, digits: number, valueOf: (figures: Figures) => number): Panel => ({
      title: `${name}: ${subject}`,
      unit,
      digits,
      bars: barsOf(report, name, valueOf),
    });
    if (figure === "latency") {
      return [panel(title, "99 of 100 arrive within so many ms; less is better", 2, ({ p99Ms }) => p99Ms)];
    }
    const rate = panel(title, "million deliveries a second", 2, (figures) => figures.deliveriesPerSecond / 1e6);
    if (!isCrowd) return [rate];
    const memory = panel(
      "memory of a connection",
      "KiB; less is better",
      1,
      (figures) => figures.memoryPerConnectionBytes / 1024,
    );
    return [rate, memory];
  });
}

function barsOf(report: Report, scenario: string, valueOf: (figures: Figures) => number): Bar[] {
  const here = report.servers.filter(({ name }) => report.medians[scenario]![name] !== undefined);
  return here.map(({ name, title, kind }) => {
    const figures = figuresOf(report.medians, scenario, name);
    const version = kind === "peer" ? report.versions[name] : undefined;
    return {
      label: version === undefined ? title : `${title} ${version}`,
      kind,
      isLimit: report.limitedByGenerator.includes(`${scenario} ${name}`),
      ...figures === undefined ? {} : { value: valueOf(figures) },
    };
  });
}

/** Each panel has its own scale from 0: scenarios cannot be compared with one another. */
function panelSvg({ title, unit, digits, bars }: Panel, left: number, top: number): string {
  const longest = Math.max(...bars.map(({ value = 0 }) => value), Number.MIN_VALUE);
  const rows = bars.map(({ label, kind, value, isLimit }, index) => {
    const y = HEAD_HEIGHT - 12 + index * ROW_HEIGHT;
    const width = Math.round((value ?? 0) / longest * BAR_WIDTH * 10) / 10;
    const own = kind === "confab" ? " own" : "";
    const text = value === undefined ? "failed" : value.toFixed(digits) + (isLimit ? LIMIT_MARK : "");
    return [
      textSvg(0, y + 10, label, `label${own}`),
      `<rect class="bar ${kind}" x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="2"/>`,
      textSvg(LABEL_WIDTH + width + 6, y + 10, text, `value${own}`),
    ].join("\n");
  });
  const head = [textSvg(0, 8, title, "head"), textSvg(0, 24, unit, "quiet")];
  return [`<g transform="translate(${left} ${top + 8})">`, ...head, ...rows, "</g>"].join("\n");
}

function textSvg(x: number, y: number, text: string, className: string): string {
  return `<text x="${Math.round(x * 10) / 10}" y="${y}" class="${className}">${escapeXml(text)}</text>`;
}

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
