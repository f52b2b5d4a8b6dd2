/**
 * Compares one server with three servers that share a log in etcd, side by side on this machine. Usage: deno task bench:cluster.
 * Rounds alternate. It prints one table: latency at 50 messages a second, most messages a second, most deliveries a second.
 */

import { median, printTable, type Row } from "./cluster/cluster_table.ts";
import { type Site, startCluster, startSingle } from "./cluster/cluster_sites.ts";

const ROUNDS = 3;

/** Options of the load generator. */
const SCENARIOS = {
  latency: ["--receivers", "3", "--senders", "3", "--messages", "1000", "--warmup", "50", "--rate", "50"],
  messages: ["--receivers", "3", "--senders", "60", "--messages", "60000", "--warmup", "2000", "--window", "64"],
  deliveries: ["--receivers", "1000", "--senders", "4", "--messages", "2000", "--warmup", "50", "--window", "16"],
} as const;

/** The figures of the load generator that are used. */
interface LoadFigures {
  readonly status: string;
  readonly error: string;
  readonly lost: number;
  readonly dups: number;
  readonly p50_us: number;
  readonly p99_us: number;
  readonly msg_per_s: number;
  readonly deliv_per_s: number;
}

async function load({ ports }: Site, scenario: keyof typeof SCENARIOS): Promise<LoadFigures> {
  const [port, ...more] = ports;
  const main = new URL("./load/main.ts", import.meta.url).pathname;
  const words = [
    "run",
    "-A",
    "--no-check",
    main,
    "--mode",
    "jsonl",
    "--port",
    String(port),
    ...more.length === 0 ? [] : ["--more-ports", more.join()],
  ];
  // The names of the scenario before may still be kept for their members.
  const join = JSON.stringify({ type: "join", room: "%s", name: `${scenario}%d` });
  const dialect = ["--join", join, "--expect", '"joined"'];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...words, ...dialect, ...SCENARIOS[scenario]],
  })
    .output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  const figures: LoadFigures = JSON.parse(text);
  if (figures.status !== "ok" || figures.lost > 0 || figures.dups > 0) {
    throw new Error(
      `The load failed: ${figures.status} ${figures.error}, lost ${figures.lost}, doubled ${figures.dups}`,
    );
  }
  return figures;
}

async function measure(start: () => Promise<Site>): Promise<Record<keyof Row, number>> {
  await using site = await start();
  const latency = await load(site, "latency");
  const messages = await load(site, "messages");
  const deliveries = await load(site, "deliveries");
  return {
    p50Ms: latency.p50_us / 1_000,
    p99Ms: latency.p99_us / 1_000,
    messages: messages.msg_per_s,
    deliveries: deliveries.deliv_per_s,
  };
}

const engines = Number(Deno.args[0] ?? 1);
const sites = new Map([
  ["one server", () => startSingle()],
  [`three servers, ${engines} of etcd`, () => startCluster(engines)],
]);
const results = new Map([...sites.keys()].map((name) => [name, [] as Record<keyof Row, number>[]]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, start] of sites) {
    const figures = await measure(start);
    console.log(name, figures);
    results.get(name)!.push(figures);
  }
}
printTable([...results].map(([name, rounds]) => [name, median(rounds)]));
