/**
 * Loads that exceed the server's limits: deno task overload [--only flood,stopped,crowd,full]. Prints the figures as
 * JSON, and faults on standard error. Exits with 1 if there is a fault. Needs Linux, two cores and ten minutes.
 */

import { parseArgs } from "@std/cli/parse-args";
import { descriptorsFor } from "../bench/peers/processes.ts";
import { ServerProcess } from "../chaos/server_process.ts";
import { crowd } from "./crowd.ts";
import { flood } from "./flood.ts";
import { fill } from "./full.ts";
import { type Finding, judgeCrowds, judgeFlood, judgeFull, judgeStopped } from "./judge.ts";
import { stopReading } from "./stopped.ts";

const CROWD = 10_000;
const CROWD_ROUNDS = 4;
const SETTLE_MS = 60_000;
/** Descriptors that this process needs besides its connections. */
const OWN_DESCRIPTORS = 200;

const SCENARIOS: Readonly<Record<string, () => Promise<Finding>>> = {
  flood: () =>
    withServer(
      [],
      async (server) =>
        judgeFlood(await flood({ ...server, senders: 4, receivers: 100, messages: 20_000, textBytes: 100 })),
    ),
  stopped: () =>
    withServer([], async (server) => {
      const messages = { before: 500, filling: 400, stopped: 1_100, after: 500 };
      const options = { ...server, readers: 20, textBytes: 8_000, messages };
      const one = await stopReading({ ...options, stopped: 1, everyMs: 4 });
      return judgeStopped({
        one,
        thousand: await stopReading({ ...options, first: 100, stopped: 1_000, everyMs: 30 }),
      });
    }),
  crowd: () =>
    withServer(["--host", "0.0.0.0"], async (server) => {
      const connections = Math.min(CROWD, await descriptorsFor(CROWD + OWN_DESCRIPTORS) - OWN_DESCRIPTORS);
      const rounds = [];
      for (let round = 0; round < CROWD_ROUNDS; round++) {
        rounds.push(await crowd({ ...server, connections, hosts: 8, leave: false, settleMs: SETTLE_MS }));
      }
      return judgeCrowds(rounds);
    }),
  full: async () => {
    const bounded = await withServer(["--max-connections", "100"], (server) => fill({ ...server, arrivals: 2_000 }));
    const short = await withServer([], (server) => fill({ ...server, arrivals: 2_000 }), 256);
    return judgeFull({ bounded, short });
  },
};

async function withServer<T>(
  args: readonly string[],
  work: (server: { readonly port: number; readonly pid: number }) => Promise<T>,
  descriptors?: number,
): Promise<T> {
  const server = await ServerProcess.startWith(descriptors, "--memory", "--rate", "0", ...args);
  try {
    return await work({ port: server.port, pid: server.pid });
  } finally {
    await server.stop();
  }
}

const only = parseArgs(Deno.args, { string: ["only"] }).only?.split(",") ?? Object.keys(SCENARIOS);
const figures: Record<string, unknown> = {};
for (const name of only) {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`Unknown scenario ${name}: choose from ${Object.keys(SCENARIOS)}`);
  console.error(`${name} …`);
  const { faults, ...finding } = await scenario();
  for (const fault of faults) console.error(`  ${name}: ${fault}`);
  if (faults.length > 0) Deno.exitCode = 1;
  figures[name] = finding.figures;
}
console.log(JSON.stringify(figures));
