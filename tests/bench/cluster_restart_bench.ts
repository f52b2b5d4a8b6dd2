/**
 * Measures how long a server of a cluster needs to start with a big history and a long log after its last checkpoint.
 * Usage: deno run -A tests/bench/cluster_restart_bench.ts [MESSAGES] [ENTRIES], by default 1,000,000 and 100,000.
 */

import { join } from "node:path";
import { type ClusterOp, type EntryContent, parseEntry, type ServerFacts } from "../../src/cluster/cluster_op.ts";
import { parseClusterKey } from "../../src/cluster/cluster_key.ts";
import { EtcdLog, parseEtcdAddress } from "../../src/cluster/etcd/mod.ts";
import { EntrySealer } from "../../src/cluster/sealed_entry.ts";
import { SESSIONS_PER_INCARNATION } from "../../src/core/hub_op.ts";
import { newSeed } from "../../src/server/turn/ids.ts";
import { BIG_ROOM, fillBigHistory } from "../helpers/big_history.ts";
import { type Site, startEngines } from "./cluster/cluster_sites.ts";

const ROUNDS = 3;
const CLUSTER = "confab";
const INCARNATION = 2;
const SESSION = INCARNATION * SESSIONS_PER_INCARNATION + 1;

const [messages, entries] = [Deno.args[0] ?? "1000000", Deno.args[1] ?? "100000"].map(Number) as [number, number];
await using site = await startEngines(1);
const folder = join(site.folder, "data");
fillBigHistory(folder, messages);
console.log(`first start with ${messages} messages: ${await startOn(site)} ms`);
await site.endServers();
await fillLog(site);
for (let round = 0; round < ROUNDS; round++) {
  console.log(`start with ${entries} entries after the last checkpoint: ${await startOn(site)} ms`);
  // Before the next checkpoint, so that it is the same start again.
  await site.endServers();
}

/** Starts a server, and returns the milliseconds until it takes part. */
async function startOn(site: Site): Promise<number> {
  const start = performance.now();
  await site.serveOn(folder);
  return Math.round(performance.now() - start);
}

/** Writes the entries as another server would: a member who joins and says one line in each. */
async function fillLog({ log: address, keyFile }: Site): Promise<void> {
  const log = new EtcdLog({ cluster: CLUSTER, endpoints: parseEtcdAddress(address, false), fetch });
  const sealer = new EntrySealer(parseClusterKey(Deno.readTextFileSync(keyFile), keyFile), CLUSTER);
  const { signal } = new AbortController();
  const server = await factsIn(log, sealer);
  const write = (n: number, ops: readonly ClusterOp[]) => {
    const content: EntryContent = { v: 1, t: Date.now(), r: newSeed(), ops };
    return log.append({ s: INCARNATION, n, data: sealer.seal(INCARNATION, n, JSON.stringify(content)) }, signal);
  };
  await write(1, [{ op: "hello", server, kept: 0 }]);
  const join = { type: "join", room: BIG_ROOM, name: "ada", newToken: "digest-of-ada" } as const;
  await write(2, [
    { op: "open", session: SESSION, opening: { resumable: true } },
    { op: "say", session: SESSION, command: join },
  ]);
  for (let n = 3; n <= entries; n++) {
    const text = `line ${n} of those that this server has missed`;
    await write(n, [{ op: "say", session: SESSION, command: { type: "message", room: BIG_ROOM, text } }]);
  }
}

/** What the server of this bench has said about itself. */
async function factsIn(log: EtcdLog, sealer: EntrySealer): Promise<ServerFacts> {
  const end = new AbortController();
  let facts: ServerFacts | undefined;
  await log.follow(
    0,
    (entry) => {
      for (const op of parseEntry(sealer.open(entry)).ops) if (op.op === "hello") facts = op.server;
    },
    () => end.abort(),
    end.signal,
  );
  return facts!;
}
