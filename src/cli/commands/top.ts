import { networkRights } from "./command_rights.ts";
import { type Figures, figuresOf, type Scrape } from "../../metrics/figures.ts";
import { garbageCollection } from "../platform/garbage_collection.ts";
import { sanitizeLine } from "../../protocol/text/sanitize.ts";
import type { Dashboard } from "../../terminal/dashboard/dashboard.ts";
import { runDashboard } from "../../terminal/dashboard/dashboard_app.ts";
import { DenoTerminal } from "../../terminal/screen/deno_terminal.ts";
import { onHangup } from "../platform/process_signals.ts";
import { formatTcp } from "../../transports/tcp.ts";
import type { Arguments } from "../args/arguments.ts";
import type { CommandSpec } from "../args/arguments.ts";
import { readVariable } from "../platform/program.ts";
import { EXIT, type ExitCode, Failure } from "../args/exit_codes.ts";
import { explain } from "../platform/system_errors.ts";
import { DEFAULT_METRICS_PORT, parseMetricsAddress } from "../hosting/metrics_endpoint.ts";
import { scrape } from "../top/scrape.ts";
import { Output } from "../platform/standard_io.ts";
import { dashboardOf, figureTable, lineOf } from "../top/top_view.ts";

export const TOP: CommandSpec = {
  name: "top",
  operands: "[ADDRESS]",
  maxOperands: 1,
  summary: "Shows the load of a server, live",
  options: [
    { name: "once", help: "Prints the current figures and exits" },
    { name: "json", help: "Prints one JSON object per second" },
  ],
  examples: [
    { line: `top ${DEFAULT_METRICS_PORT}`, what: "shows the server on this machine, started with --metrics" },
    { line: "top 192.168.1.26:9464 --once", what: "prints the figures of another server as text" },
  ],
  rights: networkRights,
  run: top,
};

const EVERY_MS = 1_000;
/** Readings in a trend: one minute. */
const MAX_HISTORY = 60;

/** The current figures, or the reason why they are missing. */
interface Reading {
  readonly figures: Figures | undefined;
  readonly trouble?: string;
}

async function top(args: Arguments): Promise<ExitCode> {
  const target = parseMetricsAddress(args.operands[0] ?? String(DEFAULT_METRICS_PORT), 1);
  const address = sanitizeLine(formatTcp(target.host, target.port));
  const first = await scrape(target).catch((error) => {
    throw new Failure(EXIT.cannotConnect, `Cannot read metrics from ${address}: ${explain(error)}`, { cause: error });
  });
  const json = args.flag("json");
  const write = json ? (figures: Figures) => `${JSON.stringify(figures)}\n` : lineOf;
  if (args.flag("once")) {
    const figures = figuresOf(first, undefined);
    await print(json ? write(figures) : figureTable(figures, address));
    return EXIT.fine;
  }
  const ended = new AbortController();
  const readings = readRepeatedly(first, () => scrape(target), ended.signal);
  if (json || !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) await append(readings, write, address, ended);
  else {
    const color = (readVariable("NO_COLOR") ?? "") === "";
    await runDashboard({
      terminal: new DenoTerminal(onHangup),
      boards: boardsOf(readings, address),
      color,
      collect: garbageCollection(),
    });
  }
  ended.abort();
  return EXIT.fine;
}

async function print(text: string): Promise<void> {
  const output = new Output(() => {});
  output.write(text);
  await output.flushed();
}

/** Asks for the figures once a second until the signal aborts. A server that does not answer is asked again. */
async function* readRepeatedly(
  first: Scrape,
  ask: () => Promise<Scrape>,
  signal: AbortSignal,
): AsyncGenerator<Reading> {
  let before: Scrape | undefined = first;
  yield { figures: figuresOf(first, undefined) };
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    try {
      const now = await ask();
      yield { figures: figuresOf(now, before) };
      before = now;
    } catch (error) {
      yield { figures: undefined, trouble: explain(error) };
    }
  }
}

/**
 * Writes one line per reading, and an error when the server goes away. Ends when the reader of the
 * pipe is gone.
 */
async function append(
  readings: AsyncIterable<Reading>,
  write: (figures: Figures) => string,
  address: string,
  ended: AbortController,
): Promise<void> {
  const output = new Output(() => ended.abort());
  let away = false;
  for await (const { figures, trouble } of readings) {
    if (figures !== undefined) output.write(write(figures));
    else if (!away) console.error(noAnswer(address, trouble));
    away = figures === undefined;
  }
}

async function* boardsOf(readings: AsyncIterable<Reading>, address: string): AsyncGenerator<Dashboard> {
  const history: Figures[] = [];
  for await (const { figures, trouble } of readings) {
    if (figures !== undefined) history.push(figures);
    if (history.length > MAX_HISTORY) history.shift();
    yield dashboardOf(history, address, figures === undefined ? noAnswer(address, trouble) : undefined);
  }
}

function noAnswer(address: string, trouble: string | undefined): string {
  return `No answer from ${address}, retrying: ${trouble}`;
}
