/**
 * The real server on a file of 1,000,000 messages: the time to listen, to replay history to a member, and to search.
 * Usage: deno run -A tests/bench/big_file_bench.ts [MESSAGES]. Prints one JSON object; times are in milliseconds.
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { MAX_REPLAY_MESSAGES } from "../../src/protocol/limits.ts";
import { BIG_ROOM, fillBigHistory } from "../helpers/big_history.ts";

async function startServer(folder: string): Promise<{ child: Deno.ChildProcess; port: number; ms: number }> {
  const began = performance.now();
  const main = new URL("../../main.ts", import.meta.url).href;
  const args = ["run", "-A", "--quiet", main, "serve", "--quiet", "--port", "0", "--data", folder];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const { value } = await lines.read();
  return { child, port: Number(value!.split(":").at(-1)), ms: performance.now() - began };
}

/** Sends a line and returns the milliseconds until `count` lines that contain `mark` have arrived. */
async function ask(conn: Deno.Conn, line: object, mark: string, count: number): Promise<number> {
  const buffer = new Uint8Array(1 << 20);
  const decoder = new TextDecoder();
  const began = performance.now();
  await conn.write(new TextEncoder().encode(JSON.stringify(line) + "\n"));
  for (let text = ""; text.split(mark).length <= count;) {
    const read = await conn.read(buffer);
    if (read === null) throw new Error("The server has closed the connection");
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
  return performance.now() - began;
}

async function residentMb(pid: number): Promise<number | null> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

const count = Number(Deno.args[0] ?? 1_000_000);
const folder = await Deno.makeTempDir({ prefix: "confab-bench-" });
try {
  fillBigHistory(folder, count);
  const { child, port, ms } = await startServer(folder);
  const rssMb = await residentMb(child.pid);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const replay = await ask(
    conn,
    { type: "join", room: BIG_ROOM, name: "bob", after: "" },
    '"type":"message"',
    MAX_REPLAY_MESSAGES,
  );
  const search = (query: string) => ask(conn, { type: "search", room: BIG_ROOM, query }, '"more":', 1);
  const searchMs = {
    rareWord: await search(String(Math.floor(count / 2))),
    commonWord: await search("engine"),
    phraseFromSomebody: await search('"the tea" from:author'),
    nothing: await search("absent"),
  };
  conn.close();
  child.kill("SIGTERM");
  await child.status;
  const round = (value: number) => Math.round(10 * value) / 10;
  const searches = Object.fromEntries(Object.entries(searchMs).map(([name, value]) => [name, round(value)]));
  console.log(JSON.stringify(
    { messages: count, startMs: round(ms), rssMb, replay1000Ms: round(replay), searchMs: searches },
    null,
    2,
  ));
} finally {
  await Deno.remove(folder, { recursive: true });
}
