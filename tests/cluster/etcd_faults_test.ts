import { assertEquals } from "@std/assert";
import { EtcdLog } from "../../src/cluster/etcd/etcd_log.ts";
import type { EtcdFetch } from "../../src/cluster/etcd/etcd_gateway.ts";
import { logEntry, LogFollower } from "../contracts/command_log_contract.ts";
import { FakeEtcd } from "../helpers/fake_etcd.ts";
import { Random } from "../helpers/random.ts";

const NEVER = new AbortController().signal;
const SEEDS = 20;
const SERVERS = 3;
const ENTRIES = 30;

/** Loses requests and answers, sends requests twice, and cuts bodies at any byte. */
function faultyFetch(random: Random): EtcdFetch {
  return async (url, init) => {
    const kind = random.between(1, 12);
    if (kind === 1) throw new TypeError("The request is lost");
    if (kind === 2) await (await fetch(url, init)).body?.cancel();
    if (kind === 3 || url.endsWith("/v3/watch")) return cut(await fetch(url, init), random.between(0, 3_000));
    const response = await fetch(url, init);
    if (kind !== 4) return response;
    await response.body?.cancel();
    throw new TypeError("The answer is lost");
  };
}

/** The response, whose body breaks after this many bytes if it has so many. */
function cut(response: Response, bytes: number): Response {
  const cutter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      controller.enqueue(chunk.slice(0, bytes));
      bytes -= chunk.length;
      if (bytes < 0) controller.error(new TypeError("The connection broke"));
    },
  });
  return new Response(response.body!.pipeThrough(cutter), response);
}

Deno.test("whichever requests, answers and connections break, nothing is lost, doubled or reordered", async () => {
  const first = Number(Deno.env.get("CHAOS_SEED") ?? Math.floor(Math.random() * 1_000_000));
  for (let seed = first; seed < first + SEEDS; seed++) {
    const random = new Random(seed);
    await using etcd = new FakeEtcd();
    const timing = { firstPauseMs: 1, maxPauseMs: 2, firstTimeoutMs: 1_000, lagMs: 20 };
    const open = () =>
      new EtcdLog({ cluster: "chat", endpoints: [etcd.endpoint, etcd.endpoint], fetch: faultyFetch(random), timing });
    const logs = Array.from({ length: SERVERS }, open);
    await using follower = new LogFollower(logs[0]!);
    await using other = new LogFollower(logs[1]!);
    await Promise.all(logs.map(async (log, at) => {
      for (let n = 1; n <= ENTRIES; n++) await log.append(logEntry(at + 1, n), NEVER);
    }));
    await follower.have(SERVERS * ENTRIES);
    await other.have(SERVERS * ENTRIES);
    assertEquals(other.taken, follower.taken, `seed ${seed}`);
    for (let s = 1; s <= SERVERS; s++) {
      const numbers = follower.taken.filter((entry) => entry.s === s).map(({ n }) => n);
      assertEquals(numbers, Array.from({ length: ENTRIES }, (_, at) => at + 1), `seed ${seed}`);
    }
  }
});
