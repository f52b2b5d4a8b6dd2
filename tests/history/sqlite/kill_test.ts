import { assert, assertEquals } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { parseSearchQuery } from "../../../src/protocol/text/search_query.ts";
import { openSqliteHistory } from "../../../src/history/sqlite/sqlite_history.ts";
import { ADA, searchFully, START_MS } from "../../contracts/history_store_contract.ts";
import { temporaryFolder } from "../../helpers/temporary_folder.ts";
import { BATCH_MESSAGES } from "./writer_process.ts";

const KILLS = 8;

/** Runs a writer process, kills it after it has printed `lines` seqs, and returns the last printed seq. */
async function writeAndKill(folder: string, lines: number, ...options: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--config",
      `${import.meta.dirname}/../../../deno.json`,
      new URL("./writer_process.ts", import.meta.url).href,
      folder,
      ...options,
    ],
    stdout: "piped",
  }).spawn();
  let acknowledged = 0;
  let left = lines;
  for await (const line of child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    if (line !== "") acknowledged = Number(line);
    if (--left === 0) child.kill("SIGKILL");
  }
  await child.status;
  return acknowledged;
}

Deno.test("a killed process loses no appended batch and leaves no partial one", async () => {
  using folder = temporaryFolder();
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await writeAndKill(folder.path, 1 + kill * 97);
    assert(acknowledged > before);
    const store = openSqliteHistory({ folder: folder.path });
    const { seq } = store.rooms()[0]!;
    assert(seq >= acknowledged, `${seq} of ${acknowledged}`);
    assertEquals(seq % BATCH_MESSAGES, 0);
    const kept = store.read({ room: "lobby", limit: 1_000 });
    assertEquals(kept.map((message) => message.seq), kept.map((_, index) => seq - kept.length + 1 + index));
    for (const one of kept) {
      assertEquals([one.text, store.ack(ADA.id, `ref ${one.seq}`, START_MS)?.seq], [`text ${one.seq}`, one.seq]);
    }
    assertEquals(searchFully(store, "lobby", parseSearchQuery(`text ${seq}`), 2).length, 1);
    store.close();
    before = seq;
  }
});

Deno.test("after a kill a store with checkpoints is exactly at its last one", async () => {
  using folder = temporaryFolder();
  let before = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const printed = await writeAndKill(folder.path, 1 + kill * 97, "checkpoints");
    assert(printed > before);
    const store = openSqliteHistory({ folder: folder.path, checkpoints: true });
    const { position, state } = store.lastCheckpoint!()!;
    assert(position >= printed, `${position} of ${printed}`);
    assertEquals([store.rooms()[0]!.seq, state], [position, `state at ${position}`]);
    const kept = store.read({ room: "lobby", limit: 1_000 });
    assertEquals(kept.map((message) => message.seq), kept.map((_, index) => position - kept.length + 1 + index));
    for (const one of kept) assertEquals(store.ack(ADA.id, `ref ${one.seq}`, START_MS)?.seq, one.seq);
    assertEquals(store.ack(ADA.id, `ref ${position + 1}`, START_MS), undefined);
    assertEquals(searchFully(store, "lobby", parseSearchQuery(`text ${position}`), 2).length, 1);
    store.close();
    before = position;
  }
});

Deno.test("a killed process releases its folder at once", async () => {
  using folder = temporaryFolder();
  await writeAndKill(folder.path, 3);
  Deno.statSync(`${folder.path}/confab.holder.json`);
  openSqliteHistory({ folder: folder.path }).close();
});
