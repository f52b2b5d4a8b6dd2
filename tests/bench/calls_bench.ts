/**
 * Calls between terminals: how old a picture is when it is drawn, the processor time of clients and server, and the delay of the chat
 * beside the call. The server has one core, and the clients have another. Usage: deno run -A --lock=vendor/test.lock tests/bench/calls_bench.ts [--seconds 20]. Needs tmux. Prints JSON.
 */

import { parseArgs } from "@std/cli/parse-args";
import { readTestPicture, TEST_PICTURES } from "../../src/pictures/test_picture.ts";
import { tilePicture } from "../helpers/call_tiles.ts";
import { serve } from "../helpers/e2e.ts";
import { run } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";
import { type TerminalSize, Tmux } from "../helpers/tmux.ts";
import { Wire } from "../attacks/wire.ts";

const options = parseArgs(Deno.args, { string: ["seconds"] });
const SECONDS = Number(options.seconds ?? 20);
const NAMES = ["ada", "bob", "cy", "dan"];
/** Ticks of a second in /proc, as on every Linux. */
const TICKS = 100;
const LOOK_MS = 15;
/** The clients may not take the core of the server, so that the chat's delay is the server's. */
const ELSEWHERE = `taskset -c ${navigator.hardwareConcurrency - 1}`;

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return Math.round(10 * (sorted[Math.ceil(sorted.length * percent / 100) - 1] ?? NaN)) / 10;
}

/** Seconds of processor time that a process has used, its threads included. */
async function processorTime(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
  return (Number(user) + Number(system)) / TICKS;
}

async function memory(pid: number): Promise<number> {
  const [, pages] = (await Deno.readTextFile(`/proc/${pid}/statm`)).split(" ");
  return Math.round(Number(pages) * 4_096 / 1e5) / 10;
}

/** The ages of pictures when they are drawn, seen by looking at the screen again and again. */
async function watch(terminal: Tmux, member: string, columns: number, until: number): Promise<number[]> {
  const ages: number[] = [];
  let last: number | undefined;
  while (Date.now() < until) {
    const at = Date.now();
    const picture = tilePicture(await terminal.colors(), member, columns);
    const number = picture && readTestPicture(picture);
    if (number !== undefined && number !== last) {
      if (last !== undefined) ages.push((at - number * 100) % (TEST_PICTURES * 100));
      last = number;
    }
    await later(LOOK_MS);
  }
  return ages;
}

/** Milliseconds from a message to its `ack`, twenty a second. */
async function chat(address: string, until: number): Promise<number[]> {
  using wire = await Wire.dial(address);
  await wire.send({ type: "join", name: `probe${until}`, room: "lobby" });
  await wire.until(({ type }) => type === "joined");
  const delays: number[] = [];
  for (let nth = 0; Date.now() < until; nth++) {
    const start = performance.now();
    await wire.send({ type: "message", room: "aside", text: "x", ref: `${nth}` }, { type: "ping", ref: `p${nth}` });
    await wire.until(({ ref }) => ref === `p${nth}`);
    delays.push(performance.now() - start);
    await later(50);
  }
  return delays;
}

/** Runs a process, and what it starts, on the first core. */
async function pin(pid: number): Promise<void> {
  await run("taskset", { args: ["-a", "-p", "-c", "0", `${pid}`] });
}

async function measure(size: TerminalSize, members: number): Promise<unknown> {
  await using server = await serve("--rate", "0");
  await pin(server.program.pid);
  await using stack = new AsyncDisposableStack();
  const quiet = await chat(server.address, Date.now() + 3_000);
  const terminals: Tmux[] = [];
  for (const name of NAMES.slice(0, members)) {
    const terminal = stack.use(await Tmux.open(size));
    const devices = "--camera test --microphone test --speaker none";
    await terminal.enter(`COLORTERM=truecolor ${ELSEWHERE} confab connect ${server.address} --name ${name} ${devices}`);
    await terminal.until("Ctrl-D quits");
    terminals.push(terminal);
  }
  const [first, ...others] = terminals;
  await first!.enter("/call");
  for (const terminal of others) {
    await terminal.until("is calling you");
    await terminal.enter("/answer");
  }
  const shows = async () => tilePicture(await first!.colors(), NAMES[1]!, size.columns) !== undefined;
  await poll(shows, () => "pictures");
  await later(5_000);
  const pids = [server.program.pid, ...await Promise.all(terminals.map((terminal) => terminal.programId()))];
  const before = await Promise.all(pids.map(processorTime));
  const began = Date.now();
  const until = began + SECONDS * 1_000;
  const beside = await chat(server.address, until);
  const used = await Promise.all(pids.map(processorTime));
  const shares = used.map((time, nth) => Math.round(1_000 * (time - before[nth]!) * 1_000 / (Date.now() - began)) / 10);
  // Looking at the screen takes processor time itself.
  const ages = await watch(first!, NAMES[1]!, size.columns, Date.now() + SECONDS * 1_000);
  return {
    window: `${size.columns}x${size.rows}`,
    members,
    pictures: ages.length / SECONDS,
    drawnAfterMs: { p50: percentile(ages, 50), p95: percentile(ages, 95), max: percentile(ages, 100) },
    processorPercent: { server: shares[0], clients: shares.slice(1) },
    memoryMb: await Promise.all(pids.map(memory)),
    chatMs: { alone: percentile(quiet, 99), beside: percentile(beside, 99) },
  };
}

const results = [];
for (
  const [size, members] of [
    [{ columns: 100, rows: 30 }, 2],
    [{ columns: 200, rows: 60 }, 2],
    [{ columns: 200, rows: 60 }, 4],
  ] as const
) {
  results.push(await measure(size, members));
}
console.log(JSON.stringify(results, undefined, 2));
