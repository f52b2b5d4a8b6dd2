/** Measures the SQLite store and prints one JSON object: deno run -A tests/bench/sqlite_bench.ts [--messages N] [--folder DIR] */

import { parseArgs } from "@std/cli/parse-args";
import { type Batch, emptyBatch, type HistoryStore } from "../../src/history/store.ts";
import { parseSearchQuery } from "../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../src/history/sqlite/sqlite_history.ts";
import type { RoomMessage } from "../../src/protocol/messages/messages.ts";
import { newIdSource } from "../../src/server/turn/ids.ts";
import { searchFully } from "../contracts/history_store_contract.ts";

const SENDERS = 50;
const WORDS =
  ("the quick brown fox jumps over a lazy dog while builds fail and deploys wait for someone who reads logs " +
    "at night because nothing is ever quite done until it has been seen to work in front of people").split(" ");

const args = parseArgs(Deno.args, { string: ["messages", "folder"] });
const total = Number(args.messages ?? 1_000_000);
const ids = newIdSource();
const senders = Array.from({ length: SENDERS }, (_, index) => ({ id: ids.next(1.7e12), name: `sender${index}` }));

/** One of many texts of about 60 bytes, with a rare word now and then. */
function text(seq: number): string {
  let result = `n${seq % 5_000}`;
  for (let word = 0; word < 10; word++) result += ` ${WORDS[(seq * 7 + word * word * 3 + word) % WORDS.length]}`;
  return seq % 100_000 === 77 ? `${result} needle` : result;
}

/** Texts made in advance, so that this is not measured. */
function batches(firstSeq: number, count: number, size: number, withRefs: boolean): Batch[] {
  const result: Batch[] = [];
  for (let seq = firstSeq; seq < firstSeq + count; seq += size) {
    const messages = Array.from({ length: size }, (_, index) => ({
      message: message(seq + index),
      ref: withRefs ? crypto.randomUUID() : undefined,
    }));
    result.push({ ...emptyBatch(), messages });
  }
  return result;
}

function message(seq: number): RoomMessage {
  const ms = 1.79e12 + Math.floor(seq / 50);
  const from = senders[seq % SENDERS]!;
  return {
    type: "message",
    id: ids.next(ms),
    room: "lobby",
    seq,
    from,
    text: text(seq),
    at: new Date(ms).toISOString(),
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(values: number[], part: number): number {
  return round(values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Messages a second, and the durations of single batches. */
function measureAppend(store: HistoryStore, firstSeq: number, count: number, size: number, withRefs: boolean) {
  const times: number[] = [];
  let spent = 0;
  for (let done = 0; done < count; done += 20_000) {
    for (const batch of batches(firstSeq + done, Math.min(20_000, count - done), size, withRefs)) {
      const ms = timed(() => store.append(batch));
      times.push(ms);
      spent += ms;
    }
  }
  return {
    perSecond: Math.round(count / spent * 1_000),
    p99Ms: quantile(times, 0.99),
    worstMs: round(Math.max(...times.slice(-1e5))),
  };
}

function measureMaintenance(store: HistoryStore) {
  const times: number[] = [];
  let more = true;
  while (more) times.push(timed(() => more = store.maintain(1.79e12, 5)));
  const spent = times.reduce((sum, ms) => sum + ms, 0);
  return {
    calls: times.length,
    totalMs: Math.round(spent),
    p99Ms: quantile(times, 0.99),
    worstMs: round(Math.max(...times)),
  };
}

function measureSearches(store: HistoryStore) {
  const queries = [
    "needle",
    "quick fox",
    '"lazy dog"',
    "the",
    "n4321",
    "from:sender7 needle",
    "from:nobody the",
    "the before:2020-01-01",
    "quick fox jumps nights",
    "n1 n2",
    "n1 n2 the",
  ];
  return Object.fromEntries(queries.map((query) => {
    let found = 0;
    const times = Array.from(
      { length: 5 },
      () => timed(() => found = searchFully(store, "lobby", parseSearchQuery(query), 50).length),
    );
    return [query, { found, firstMs: round(times[0]!), worstMs: round(Math.max(...times)) }];
  }));
}

const folder = args.folder ?? Deno.makeTempDirSync({ prefix: "confab-bench-" });
try {
  const store = openSqliteHistory({ folder });
  store.append({ ...emptyBatch(), rooms: [{ id: ids.next(1.7e12), name: "lobby", topic: "" }] });
  measureAppend(store, 1, 20_000, 20, true);
  let seq = 20_001;
  const measure = (count: number, size: number, withRefs: boolean) => {
    const figures = measureAppend(store, seq, count, size, withRefs);
    seq += count;
    return figures;
  };
  const append = {
    batchesOf20WithRefs: measure(200_000, 20, true),
    batchesOf20: measure(200_000, 20, false),
    batchesOf1WithRefs: measure(50_000, 1, true),
    batchesOf200WithRefs: measure(200_000, 200, true),
  };
  if (total > seq) measure(Math.ceil((total - seq) / 20) * 20, 20, true);
  const maintenance = measureMaintenance(store);
  const read = Array.from(
    { length: 50 },
    (_, index) => timed(() => store.read({ room: "lobby", after: seq - 1_000 - index * 1_000, limit: 1_000 })),
  );
  const unknownAck = timed(() => {
    for (let n = 0; n < 10_000; n++) store.ack(senders[n % SENDERS]!.id, `new-${n}`, 1.79e12);
  });
  const search = measureSearches(store);
  store.close();
  const bytes = Deno.statSync(`${folder}/confab.db`).size;
  const script = new URL("./sqlite_open.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", script.href, folder] }).output();
  console.log(JSON.stringify(
    {
      messages: seq - 1,
      megabytes: Math.round(bytes / 1e6),
      append,
      maintenance,
      readOf1000: { medianMs: quantile(read, 0.5), worstMs: quantile(read, 1) },
      unknownAckMicroseconds: round(unknownAck / 10),
      search,
      open: JSON.parse(new TextDecoder().decode(stdout)),
    },
    undefined,
    2,
  ));
} finally {
  if (args.folder === undefined) Deno.removeSync(folder, { recursive: true });
}
