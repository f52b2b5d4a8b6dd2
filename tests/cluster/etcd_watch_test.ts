import { assert, assertEquals, assertRejects } from "@std/assert";
import { LogLost, LogTrimmed, MAX_ENTRY_BYTES } from "../../src/cluster/command_log.ts";
import { ETCD_TIMING } from "../../src/cluster/etcd/etcd_client.ts";
import { EtcdLog, type EtcdLogOptions } from "../../src/cluster/etcd/etcd_log.ts";
import { logEntry, LogFollower } from "../contracts/command_log_contract.ts";
import { FakeEtcd, type FakeRequest } from "../helpers/fake_etcd.ts";
import { FakeTimers } from "../helpers/fake_timers.ts";

const NEVER = new AbortController().signal;
const QUICK = { firstPauseMs: 1, maxPauseMs: 2, troubleMs: 0 };

const isWatch = ({ path }: FakeRequest) => path === "/v3/watch";
const isTransaction = ({ path }: FakeRequest) => path === "/v3/kv/txn";

function logOf(etcds: FakeEtcd | readonly FakeEtcd[], options: Partial<EtcdLogOptions> = {}): EtcdLog {
  const endpoints = [etcds].flat().map(({ endpoint }) => endpoint);
  return new EtcdLog({ cluster: "chat", endpoints, fetch, ...options, timing: { ...QUICK, ...options.timing } });
}

/** Sends each of these lines over the one open watch, and then ends it. */
function breakWatch(etcd: FakeEtcd, lines: readonly string[]): void {
  const [watch] = etcd.watches;
  for (const line of lines) watch!.send(line);
  watch!.end();
}

function pairsOf(etcd: FakeEtcd) {
  return [...etcd.pairs.values()].filter(({ key }) => key.includes("/log/"));
}

Deno.test("a follower takes each entry once, however a watch ends", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  const result = (fields: object) => JSON.stringify({ result: { header: etcd.header, ...fields } });
  const ends: (() => readonly string[])[] = [
    () => [],
    () => [etcd.lineOf(pairsOf(etcd)).slice(0, 50)],
    () => ["no JSON"],
    () => ["[]"],
    () => ["{}"],
    () => [result({ events: "no list" })],
    () => [result({ events: [{ kv: { key: "/", value: "*" } }] })],
    () => [JSON.stringify({ error: { grpc_code: 14, message: "etcdserver: no leader", http_code: 503 } })],
    () => [result({ canceled: true, cancel_reason: "etcdserver: no leader" })],
    () => [result({ canceled: true, compact_revision: "5" })],
    () => [etcd.lineOf(pairsOf(etcd).slice(0, 2))],
    () => [etcd.lineOf(pairsOf(etcd).toReversed())],
    () => ["x".repeat(9_000_000)],
  ];
  let n = 0;
  for (const [at, lines] of ends.entries()) {
    for (const _ of [1, 2]) await log.append(logEntry(1, ++n), NEVER);
    await follower.have(n);
    breakWatch(etcd, lines());
    await log.append(logEntry(1, ++n), NEVER);
    await follower.have(n);
    await etcd.have(at + 2, isWatch);
  }
  assertEquals(follower.taken.map((entry) => entry.n), Array.from({ length: n }, (_, at) => at + 1));
  assertEquals(follower.caughtUps, 1);
});

Deno.test("entries that come while a watch is broken are taken by the next one", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  const reopened = Promise.withResolvers<undefined>();
  etcd.once(isTransaction, () => reopened.promise);
  breakWatch(etcd, []);
  await etcd.have(1, (request) => isTransaction(request) && etcd.requests.indexOf(request) > 3);
  for (let n = 1; n <= 5; n++) await logOf(etcd).append(logEntry(1, n), NEVER);
  reopened.resolve(undefined);
  await follower.have(5);
  assertEquals(follower.names, ["1/1", "1/2", "1/3", "1/4", "1/5"]);
});

Deno.test("a line of a watch may arrive byte by byte", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await log.append(logEntry(1, 1, "é 👍"), NEVER);
  const bytes = new TextEncoder().encode(`{"result":{"header":${JSON.stringify(etcd.header)},"created":true}}\n\n`);
  const entry = new TextEncoder().encode(`${etcd.lineOf(pairsOf(etcd))}\n`);
  etcd.intercept = (request) => {
    if (!isWatch(request)) return undefined;
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of [...bytes, ...entry]) controller.enqueue(Uint8Array.of(byte));
      },
    });
    return new Response(stream);
  };
  await using follower = new LogFollower(log);
  await follower.have(1);
  assertEquals(new TextDecoder().decode(follower.taken[0]!.data), "é 👍");
});

Deno.test("a watch that is silent is opened again, at the next endpoint", async () => {
  await using etcd = new FakeEtcd();
  await using deaf = new FakeEtcd();
  // Two endpoints of one etcd, of which one shows nothing.
  deaf.intercept = (request) => isWatch(request) ? undefined : etcd.answerTo(request);
  deaf.showsEntries = false;
  const log = logOf([deaf, etcd], { timing: { silenceMs: 50 } });
  await using follower = new LogFollower(log);
  await deaf.have(1, isWatch);
  await logOf(etcd).append(logEntry(1, 1), NEVER);
  await follower.have(1);
  await etcd.have(1, isWatch);
});

Deno.test("a watch that lacks an entry of this server is opened again, long before it counts as silent", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd, { timing: { silenceMs: 60_000, lagMs: 20 } });
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  etcd.showsEntries = false;
  await log.append(logEntry(1, 1), NEVER);
  await follower.have(1);
});

Deno.test("a watch that shows nothing is opened again although this server goes on to write", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd, { timing: { silenceMs: 60_000, lagMs: 50 } });
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  etcd.showsEntries = false;
  for (let n = 1; n <= 1_000 && follower.taken.length === 0; n++) await log.append(logEntry(1, n), NEVER);
  assert(follower.taken.length > 0);
});

Deno.test("an endpoint of another etcd is left alone while others are as before", async () => {
  await using etcd = new FakeEtcd();
  await using other = new FakeEtcd();
  other.clusterId = "9";
  const log = logOf([etcd, other]);
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  for (let n = 1; n <= 3; n++) {
    await log.append(logEntry(1, n), NEVER);
    await follower.have(n);
    breakWatch(etcd, []);
    await etcd.have(n + 1, isWatch);
  }
  await log.append(logEntry(1, 4), NEVER);
  await follower.have(4);
  assertEquals(follower.names, ["1/1", "1/2", "1/3", "1/4"]);
  assert(other.requests.length > 0);
  const { warnings, endpoints } = await log.status(NEVER);
  const sentence =
    `etcd at ${other.endpoint.name} is another one than before: it was set up anew, or the address is wrong`;
  assertEquals(warnings, [sentence]);
  assertEquals(endpoints.map(({ fault }) => fault), [undefined, sentence]);
});

Deno.test("an etcd that becomes another one has lost the log, for followers and for writers", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const follower = new LogFollower(log);
  await log.append(logEntry(1, 1), NEVER);
  await follower.have(1);
  etcd.clusterId = "9";
  breakWatch(etcd, []);
  const sentence =
    `etcd at ${etcd.endpoint.name} is another one than before: it was set up anew, or the address is wrong`;
  await assertRejects(() => follower.ended, LogLost, sentence);
  await assertRejects(() => log.append(logEntry(1, 2), NEVER), LogLost, sentence);
});

Deno.test("an etcd that is back at an earlier revision has lost the log", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const follower = new LogFollower(log);
  for (let n = 1; n <= 3; n++) await log.append(logEntry(1, n), NEVER);
  await follower.have(3);
  etcd.pairs.delete("/confab/chat/log/1/3");
  etcd.revision--;
  breakWatch(etcd, []);
  const sentence = `etcd at ${etcd.endpoint.name} has lost data: it is at revision 4, and was at 5 before`;
  await assertRejects(() => follower.ended, LogLost, sentence);
  const other = new LogFollower(logOf(etcd), follower.taken[2]!.position);
  await assertRejects(
    () => other.ended,
    LogLost,
    "etcd has lost data: its log ends at position 4, before 5, which this server has read",
  );
});

Deno.test("an etcd whose data was removed has lost the log, also after as many writes", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const follower = new LogFollower(log);
  for (let n = 1; n <= 3; n++) await log.append(logEntry(1, n), NEVER);
  await follower.have(3);
  etcd.pairs.clear();
  for (let nth = 0; nth < 9; nth++) etcd.put(`other${nth}`, "x");
  breakWatch(etcd, []);
  const sentence = "etcd was set up anew, or its data was removed: entries that it had confirmed are missing";
  await assertRejects(() => follower.ended, LogLost, sentence);
  await assertRejects(() => log.append(logEntry(1, 4), NEVER), LogLost, sentence);
  await assertRejects(() => log.forget(1, NEVER), LogLost, sentence);
  const restarted = new LogFollower(logOf(etcd), follower.taken[2]!.position);
  await assertRejects(() => restarted.ended, LogLost, sentence);
  assertEquals(pairsOf(etcd), []);
});

Deno.test("a follower whose next entries were removed while its watch was broken is told", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const follower = new LogFollower(log);
  await log.append(logEntry(1, 1), NEVER);
  await follower.have(1);
  etcd.showsEntries = false;
  const writer = logOf(etcd);
  for (let n = 2; n <= 3; n++) await writer.append(logEntry(1, n), NEVER);
  await writer.forget(etcd.revision, NEVER);
  breakWatch(etcd, []);
  const { trimmed } = await assertRejects(() => follower.ended, LogTrimmed);
  assertEquals(trimmed, 5);
});

Deno.test("keys and values that no server writes are left out, in pages and in watches", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  const foreign = () => {
    for (const key of ["x", "1", "1/x", "1/0", "01/1", "1/1/1", "1/99999999999999999", "-1/1", "é/1"]) {
      etcd.put(`/confab/chat/log/${unescape(encodeURIComponent(key))}`, "x");
    }
    etcd.put("/confab/chat/log/9/1", "");
    etcd.put("/confab/chat/log/9/2", new Uint8Array(MAX_ENTRY_BYTES + 1));
    etcd.put("/confab/chat2/log/9/3", "x");
  };
  foreign();
  await log.append(logEntry(1, 1), NEVER);
  await using follower = new LogFollower(log);
  await follower.have(1);
  await etcd.have(1, isWatch);
  etcd.pairs.delete("/confab/chat/log/x");
  foreign();
  await log.append(logEntry(1, 2), NEVER);
  await follower.have(2);
  assertEquals(follower.names, ["1/1", "1/2"]);
});

Deno.test("an entry that another program overwrites keeps its position, and is not taken twice", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await using follower = new LogFollower(log);
  await etcd.have(1, isWatch);
  for (let n = 1; n <= 2; n++) await log.append(logEntry(1, n), NEVER);
  await follower.have(2);
  etcd.put("/confab/chat/log/1/1", "changed");
  await log.append(logEntry(1, 3), NEVER);
  await follower.have(3);
  assertEquals(follower.names, ["1/1", "1/2", "1/3"]);
  await using late = new LogFollower(log);
  await late.have(3);
  assertEquals(late.taken.map(({ position }) => position), follower.taken.map(({ position }) => position));
});

Deno.test("a page that is too large is asked for in smaller pieces", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  for (let n = 1; n <= 3; n++) etcd.put(`/confab/chat/log/1/${n}`, new Uint8Array(MAX_ENTRY_BYTES).fill(n));
  etcd.put("/confab/chat/log/2/1", "x");
  const limits: unknown[] = [];
  await log.found("chat", new Uint8Array(1), NEVER);
  etcd.intercept = (request) => {
    const range = readOf(request);
    if (range === undefined) return undefined;
    limits.push(range.limit);
    return Number(range.limit) > 4 ? new Response("x".repeat(33 * 1024 * 1024)) : undefined;
  };
  await using follower = new LogFollower(log);
  await follower.have(4);
  assertEquals(limits.slice(0, 2), ["32", "4"]);
  assertEquals(follower.names, ["1/1", "1/2", "1/3", "2/1"]);
});

/** The range of entries that a request reads. */
function readOf({ body }: FakeRequest): Record<string, unknown> | undefined {
  const operations = (body.success ?? []) as Record<string, Record<string, unknown>>[];
  return operations.map(({ request_range }) => request_range).find((range) => range?.limit !== undefined);
}

Deno.test("the next page is read while the entries of the present one are taken, and its failure is thrown after them", async () => {
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await log.append(logEntry(1, 1), NEVER);
  for (let n = 2; n <= 40; n++) etcd.put(`/confab/chat/log/1/${n}`, "x");
  const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
  const isPage = (request: FakeRequest) => readOf(request) !== undefined;
  let pages = 0;
  etcd.intercept = (request) => {
    if (isPage(request) && ++pages === 2) etcd.put("/confab/chat/trimmed", String(etcd.revision));
    return undefined;
  };
  const follower = new LogFollower(log, 0, ({ n }) => n === 1 ? mayGoOn : undefined);
  await etcd.have(2, isPage);
  await follower.have(1);
  assertEquals(follower.taken.length, 1);
  goOn();
  await assertRejects(() => follower.ended, LogTrimmed);
  assertEquals(follower.taken.length, 32);
});

Deno.test("etcd may take longer to begin a long page than the first one", async () => {
  using timers = new FakeTimers();
  await using etcd = new FakeEtcd();
  const log = logOf(etcd);
  await log.append(logEntry(1, 1), NEVER);
  for (let n = 2; n <= 40; n++) etcd.put(`/confab/chat/log/1/${n}`, "x");
  const limitOf = (request: FakeRequest) => readOf(request)?.limit;
  const isLong = (request: FakeRequest) => limitOf(request) !== undefined && limitOf(request) !== "32";
  etcd.once(isLong, () => void timers.advance(ETCD_TIMING.searchTimeoutMs * 2));
  await using follower = new LogFollower(log);
  await follower.have(40);
  assertEquals(etcd.requests.filter(isLong).length, 1);
});

Deno.test("a reader that takes long does not count as silence of etcd", async () => {
  await using etcd = new FakeEtcd();
  const timing = { silenceMs: 60_000, lagMs: 10 };
  const log = logOf(etcd, { timing });
  const gate = Promise.withResolvers<void>();
  await using follower = new LogFollower(log, 0, ({ n }) => n === 1 ? gate.promise : undefined);
  await etcd.have(1, isWatch);
  await logOf(etcd).append(logEntry(1, 1), NEVER);
  await follower.have(1);
  const start = performance.now();
  let n = 1;
  while (performance.now() < start + 3 * timing.lagMs) await log.append(logEntry(1, ++n), NEVER);
  assertEquals(etcd.requests.filter(isWatch).length, 1);
  gate.resolve();
  await follower.have(n);
});
