/**
 * The cost of storing messages: the same load on a server with SQLite and on one in memory, in turn, three rounds.
 * Usage: deno run -A tests/bench/store_bench.ts. Prints one JSON object; rates are medians. Server and load generator have a core
 * each if `taskset` is installed.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import type { LoadResult } from "./load/load_run.ts";

const ROUNDS = 3;
const SCENARIOS = {
  /** Fifty senders, each in a room of its own: the limit of the store. */
  storing: { senders: 50, receivers: 0, messages: 200_000, warmup: 2_000, window: 32 },
  /** All senders in one room with a hundred receivers. */
  fanOut: { senders: 50, receivers: 100, messages: 60_000, warmup: 2_000, window: 8 },
} as const;

type Scenario = keyof typeof SCENARIOS;

/** Each message has a `ref`, like those of our client. */
function client(room: string): string[] {
  return [
    ...["--mode", "jsonl", "--expect", '"type":"joined"'],
    ...["--join", `{"type":"join","room":"${room}","name":"u%d"}`],
    ...["--msg", `{"type":"message","room":"${room}","text":"%s","ref":"%i"}`],
  ];
}

interface Figures {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /** Times from sending to arrival. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Share of its core that the load generator used. */
  readonly generatorBusy: number;
  readonly pauseMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly rssMb: number;
}

const pinned = await new Deno.Command("taskset", { args: ["-V"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

function command(core: number, file: string, args: readonly string[]): Deno.Command {
  const deno = [Deno.execPath(), "run", "-A", "--quiet", new URL(file, import.meta.url).href, ...args];
  const [program, ...rest] = pinned ? ["taskset", "-c", String(core), ...deno] : deno;
  return new Deno.Command(program!, { args: rest, stdout: "piped", stderr: "inherit" });
}

async function measure(scenario: Scenario, onDisk: boolean): Promise<Figures> {
  const folder = await Deno.makeTempDir({ prefix: "confab-bench-" });
  const server = command(0, "bench_server.ts", [onDisk ? folder : "memory"]).spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  try {
    const port = (await lines.read()).value!;
    const numbers = Object.entries(SCENARIOS[scenario]).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const room = SCENARIOS[scenario].receivers > 0 ? "bench" : "bench%d";
    const load = await command(1, "load/main.ts", ["--port", port, ...numbers, ...client(room)]).output();
    const found = JSON.parse(new TextDecoder().decode(load.stdout)) as LoadResult;
    if (!load.success) throw new Error(`The run has failed: ${JSON.stringify(found)}`);
    server.kill("SIGTERM");
    const { pauseMs, rssMb } = JSON.parse((await lines.read()).value!);
    await server.status;
    return {
      messagesPerSecond: found.msg_per_s,
      deliveriesPerSecond: found.deliv_per_s,
      latencyMs: milliseconds({ p50: found.p50_us, p99: found.p99_us, max: found.max_us }),
      generatorBusy: Math.round(found.gen_cpu_pct) / 100,
      pauseMs,
      rssMb,
    };
  } catch (error) {
    server.kill("SIGKILL");
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function milliseconds<T extends Record<string, number>>(microseconds: T): T {
  const rounded = Object.entries(microseconds).map(([name, value]) => [name, Math.round(value / 10) / 100]);
  return Object.fromEntries(rounded) as T;
}

/** Returns the run with the median rate. */
function middle(runs: readonly Figures[]): Figures {
  return runs.toSorted((a, b) => a.messagesPerSecond - b.messagesPerSecond)[Math.floor(runs.length / 2)]!;
}

const result: Record<string, unknown> = { pinned, rounds: ROUNDS };
for (const scenario of Object.keys(SCENARIOS) as Scenario[]) {
  const runs = { memory: [] as Figures[], sqlite: [] as Figures[] };
  for (let round = 0; round < ROUNDS; round++) {
    runs.memory.push(await measure(scenario, false));
    runs.sqlite.push(await measure(scenario, true));
  }
  const memory = middle(runs.memory);
  const sqlite = middle(runs.sqlite);
  const ratio = Math.round(100 * sqlite.messagesPerSecond / memory.messagesPerSecond) / 100;
  result[scenario] = { ...SCENARIOS[scenario], memory, sqlite, ratio };
}
console.log(JSON.stringify(result, null, 2));
