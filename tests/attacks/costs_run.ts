/**
 * Measures what each command can cost other members: deno task costs [--messages 1000000] [--only search] [--publish].
 * Prints a row for each case: p99 and worst of a bystander's ping, in milliseconds. Exits with 1 if p99 exceeds the goal.
 * With --publish it writes the table into COSTS.md.
 */

import { parseArgs } from "@std/cli/parse-args";
import { BIG_ROOM, fillBigHistory } from "../helpers/big_history.ts";
import { serve } from "../helpers/e2e.ts";
import { newFolder, removeFolders } from "../helpers/e2e_home.ts";
import { type Cost, COST_CASES, type CostCase, linesOf } from "./costs.ts";
import { Wire } from "./wire.ts";

const GOAL_P99_MS = 50;
/** Milliseconds between two pings of the bystander: the highest rate that a client may ping. */
const PING_INTERVAL_MS = 50;
/** Time that the bystander pings, unless the attacker's last reply comes before. */
const WINDOW_MS = 3_000;
/** Longest time to wait for the last pong. */
const PATIENCE_MS = 20_000;
const ADMIN_PASSWORD = "crane and gantry";

/** Pings on a schedule, without waiting for earlier pongs: a server that stops for a second delays twenty of them. */
class Pinger {
  readonly #wire: Wire;
  readonly #sent: number[] = [];
  readonly #times: number[] = [];
  readonly #drained: Promise<void>;
  #answered = Promise.withResolvers<void>();

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#drained = wire.drain(({ type, ref }) => {
      if (type !== "pong") return;
      this.#times[Number(ref)] = performance.now() - this.#sent[Number(ref)]!;
      if (Number(ref) === this.#sent.length - 1) this.#answered.resolve();
    });
  }

  async ping(): Promise<void> {
    this.#answered = Promise.withResolvers();
    const number = this.#sent.push(performance.now()) - 1;
    await this.#wire.send({ type: "ping", ref: String(number) }).catch(() => {});
  }

  /** All times in milliseconds, sorted; `Infinity` for a ping without a pong within `patienceMs`. */
  async end(patienceMs: number): Promise<number[]> {
    const timer = setTimeout(() => this.#answered.resolve(), patienceMs);
    await this.#answered.promise;
    clearTimeout(timer);
    this.#wire.close();
    await this.#drained;
    return this.#sent.map((_, number) => this.#times[number] ?? Infinity).sort((a, b) => a - b);
  }
}

const options = parseArgs(Deno.args, { string: ["messages", "only", "data"], boolean: ["publish"] });
const folder = options.data ?? newFolder();
if (options.data === undefined) fillBigHistory(folder, Number(options.messages ?? 1_000_000));
await Deno.writeTextFile(`${folder}/admin`, ADMIN_PASSWORD);
let failed = 0;
const rows: string[] = [];
for (const cost of COST_CASES.filter(({ name }) => name.includes(options.only ?? ""))) {
  const { p99, worst, pings, tookMs, lines } = await measure(cost);
  if (p99 > GOAL_P99_MS) failed++;
  rows.push(`| ${cost.name} | ${lines} | ${p99.toFixed(1)} | ${worst.toFixed(1)} |`);
  const [shown99, shownWorst] = [p99, worst].map((ms) => ms.toFixed(1).padStart(9));
  console.log(
    `${cost.name.padEnd(44)} p99 ${shown99}  worst ${shownWorst}  (${pings} pings, ${lines} lines, ${
      Math.round(tookMs)
    } ms)`,
  );
}
if (options.publish) await publish(rows);
removeFolders();
Deno.exit(failed === 0 ? 0 : 1);

async function publish(rows: readonly string[]): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const text = `# The cost of each command for other members

One connection writes 64 KiB of a command at once to a server with 1,000,000 messages on disk. Meanwhile a bystander pings every
${PING_INTERVAL_MS} ms. The figures are the 99th percentile and the longest time of these pings, in milliseconds; the goal is ${GOAL_P99_MS}.
Measured on ${date} on ${navigator.hardwareConcurrency} shared cores, Deno ${Deno.version.deno}, by \`deno task costs --publish\`.

| Command | Lines in the write | p99 | Longest |
| ------- | ------------------ | --- | ------- |
${rows.join("\n")}
`;
  const path = new URL("COSTS.md", import.meta.url);
  await Deno.writeTextFile(path, text);
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", "tests/attacks/COSTS.md"] }).output();
}

async function measure(cost: CostCase): Promise<Cost> {
  await using server = await serve("--data", folder, "--admin-password-file", `${folder}/admin`, "--quiet");
  using bystander = await Wire.dial(server.address);
  await bystander.send({ type: "join", room: BIG_ROOM, name: "bystander" });
  await bystander.until(({ type }) => type === "joined");
  const worker = new Worker(new URL("./cost_worker.ts", import.meta.url), { type: "module" });
  const written = Promise.withResolvers<void>();
  let done = false;
  worker.onmessage = ({ data }) => {
    if (data === "written") written.resolve();
    else done = true;
  };
  worker.postMessage({ address: server.address, name: cost.name, adminPassword: ADMIN_PASSWORD });
  await written.promise;
  const pinger = new Pinger(bystander);
  const began = performance.now();
  while (!done && performance.now() - began < WINDOW_MS) {
    await pinger.ping();
    await new Promise((resolve) => setTimeout(resolve, PING_INTERVAL_MS));
  }
  const times = await pinger.end(PATIENCE_MS);
  const tookMs = performance.now() - began;
  worker.terminate();
  const p99 = times[Math.min(times.length - 1, Math.floor(0.99 * times.length))]!;
  return { p99, worst: times.at(-1)!, pings: times.length, tookMs, lines: linesOf(cost).length };
}
