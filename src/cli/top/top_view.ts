import type { Figures, Quantiles } from "../../metrics/figures.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Dashboard, DashboardRow } from "../../terminal/dashboard/dashboard.ts";

/** The newest figures with the trend of the last minute. `history` is not empty and ends with the newest. */
export function dashboardOf(history: readonly Figures[], address: string, trouble?: string): Dashboard {
  const now = history.at(-1)!;
  const trend = (of: (figures: Figures) => number | undefined) => history.map((figures) => of(figures) ?? 0);
  const rate = (key: keyof NonNullable<Figures["perSecond"]>, write: (value: number) => string) => ({
    detail: now.perSecond === undefined ? "" : `${write(now.perSecond[key])}/s`,
    trend: trend(({ perSecond }) => perSecond?.[key]),
  });
  const rows: DashboardRow[] = [
    {
      label: "connections",
      value: count(now.connections),
      detail: `${count(now.accepted)} so far`,
      trend: trend((f) => f.connections),
    },
    {
      label: "members",
      value: count(now.members),
      detail: `${count(now.rooms)} ${now.rooms === 1 ? "room" : "rooms"}`,
      trend: trend((f) => f.members),
    },
    { label: "messages", value: count(now.messages), ...rate("messages", count) },
    { label: "deliveries", value: count(now.deliveries), ...rate("deliveries", count) },
    { label: "received", value: bytes(now.receivedBytes), ...rate("receivedBytes", bytes) },
    { label: "sent", value: bytes(now.sentBytes), ...rate("sentBytes", bytes) },
    {
      label: "transfers",
      value: count(now.transfers),
      detail: `${bytes(now.uploadedBytes)} received, ${bytes(now.downloadedBytes)} sent`,
      trend: trend((f) => f.transfers),
    },
    {
      label: "in calls",
      value: count(now.callMembers),
      detail: `${bytes(now.callBytes)} of sound and pictures`,
      trend: trend((f) => f.callMembers),
    },
    { label: "outboxes", value: bytes(now.outboxBytes), detail: "wait", trend: trend((f) => f.outboxBytes) },
    { label: "loop delay p50", ...latency(now.loopDelay), trend: trend((f) => f.loopDelay.p99) },
    { label: "store p50", ...latency(now.storeAppend), trend: trend((f) => f.storeAppend.p99) },
    {
      label: "memory",
      value: bytes(now.memoryBytes),
      detail: `${bytes(now.heapBytes)} heap`,
      trend: trend((f) => f.memoryBytes),
    },
    ...now.cluster === undefined ? [] : [{
      label: "servers",
      value: count(now.cluster.servers),
      detail: now.cluster.isStalled
        ? "the log does not go on"
        : `${seconds(now.cluster.delay)} to apply, ${count(now.cluster.lag)} ${
          now.cluster.lag === 1 ? "entry" : "entries"
        } behind`,
      trend: trend((f) => f.cluster?.delay),
    }],
    { label: "slow readers", value: count(now.slowConsumers) },
    { label: "rejected", value: count(sum(now.rejected)), detail: codes(now.rejected) },
  ];
  const title = `Confab ${sanitizeLine(now.version)} at ${address}, up ${duration(now.uptime)}`;
  return { title, ...(trouble === undefined ? {} : { trouble }), rows };
}

/** All current figures, one per line. */
export function figureTable(figures: Figures, address: string): string {
  const { title, rows } = dashboardOf([figures], address);
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map(({ label, value, detail = "" }) => `${label.padEnd(width)}  ${value}  ${detail}`.trimEnd());
  return [title, ...lines].map((line) => `${line}\n`).join("");
}

/** All current figures in one line, for output that only appends. */
export function lineOf(figures: Figures): string {
  const { rows } = dashboardOf([figures], "");
  const cells = rows.map(({ label, value, detail = "" }) => `${label} ${value}${detail === "" ? "" : ` (${detail})`}`);
  return `${figures.at} ${cells.join(", ")}\n`;
}

/** The median, with the 99th percentile as detail. */
function latency({ p50, p99 }: Quantiles): { value: string; detail: string } {
  return { value: p50 === undefined ? "–" : seconds(p50), detail: p99 === undefined ? "" : `p99 ${seconds(p99)}` };
}

const NUMBERS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

function count(value: number): string {
  return NUMBERS.format(value);
}

function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${power === 0 ? count(value) : DIGITS.format(value / 1024 ** power)} ${units[power]}`;
}

function seconds(value: number): string {
  if (value < 0.001) return `${DIGITS.format(value * 1e6)} µs`;
  return value < 1 ? `${DIGITS.format(value * 1e3)} ms` : `${DIGITS.format(value)} s`;
}

/** A duration in its two largest units. */
function duration(value: number): string {
  const parts = [
    [Math.floor(value / 86_400), "d"],
    [Math.floor(value / 3_600) % 24, "h"],
    [Math.floor(value / 60) % 60, "min"],
    [Math.floor(value) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).map(([amount, unit]) => `${amount} ${unit}`).join(" ");
}

function sum(rejected: Figures["rejected"]): number {
  return Object.values(rejected).reduce((total, value) => total + value, 0);
}

/** Error codes with their counts, most frequent first. */
function codes(rejected: Figures["rejected"]): string {
  const sorted = Object.entries(rejected).sort(([, a], [, b]) => b - a);
  return sorted.map(([code, value]) => `${sanitizeLine(code)} ${count(value)}`).join(", ");
}
