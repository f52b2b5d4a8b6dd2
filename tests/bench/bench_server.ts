/**
 * The real server on a port of its own, in a process that also measures the delays of its event loop.
 * Usage: deno run … tests/bench/bench_server.ts memory|FOLDER. Prints its port, and on SIGTERM the figures as JSON.
 */

import { setImmediate } from "node:timers";
import { drawPassphrase } from "../../src/cli/invites/passphrase.ts";
import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import { watchCore } from "../../src/server/monitor/process_load.ts";
import { Server } from "../../src/server/server.ts";
import { listenTcp } from "../../src/transports/tcp.ts";

const [store] = Deno.args as [string];
const server = new Server({
  title: "Bench",
  version: "0",
  rate: undefined,
  maxConnections: 20_000,
  connectionsPerAddress: 0,
  attemptsPerAddress: 0,
  history: store === "memory" ? new MemoryHistory() : openSqliteHistory({ folder: store }),
  newWords: drawPassphrase,
  coreIsTaken: watchCore(),
  page: () => Promise.resolve({ html: "", policy: "" }),
  log: (level, event, fields) => level === "error" && console.error(event, fields),
});
const listener = listenTcp("127.0.0.1", 0);
server.listen(listener);
console.log(listener.address.split(":").at(-1));

/** Durations of the last turns of the event loop, in milliseconds. */
const pauses = new Float64Array(1 << 20);
let turns = 0;
let last = performance.now();
let over = false;

function turn(): void {
  const now = performance.now();
  // A turn below a tenth of a millisecond is idle.
  if (now - last > 0.1) pauses[turns++ & (pauses.length - 1)] = now - last;
  last = now;
  if (!over) setImmediate(turn);
}

turn();

Deno.addSignalListener("SIGTERM", async () => {
  over = true;
  const sorted = pauses.slice(0, Math.min(turns, pauses.length)).sort();
  const at = (share: number) => Math.round(100 * (sorted[Math.floor(share * (sorted.length - 1))] ?? 0)) / 100;
  const rssMb = Math.round(Deno.memoryUsage().rss / 1e6);
  console.log(JSON.stringify({ turns, pauseMs: { p50: at(0.5), p99: at(0.99), max: at(1) }, rssMb }));
  await server.drain();
  Deno.exit(0);
});
