import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { assertUntroubled, commandLine, confab, serve, serveAgain, type Served, WINDOWS } from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";
import { poll } from "../helpers/process_lines.ts";

const HI = { type: "message", room: "lobby" };

async function history(peer: Peer, room = "lobby"): Promise<string[]> {
  await peer.send({ type: "history", room, limit: 200 });
  return (await peer.next({ type: "history" })).messages.map(({ text }: Json) => text);
}

/** Reads the file while the server runs. */
function countMessages(folder: string): number {
  const database = new DatabaseSync(`${folder}/confab.db`, { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS count FROM messages").get()!.count);
  } finally {
    database.close();
  }
}

async function die(server: Served, signal: Deno.Signal): Promise<Served> {
  server.program.kill(signal);
  assertUntroubled((await server.program.exit()).stderr);
  return await serveAgain(server);
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test({
    name: `messages, topics, numbers and members survive a ${signal} of the server (Windows has none)`,
    ignore: WINDOWS,
    async fn() {
      await using server = await serve();
      await using ada = await Peer.join(server.address, "ada");
      await using bob = await Peer.join(server.address, "bob");
      await ada.send({ type: "topic", room: "lobby", text: "tea" }, { ...HI, text: "one", ref: "1" });
      await bob.send({ type: "rename", name: "robert" }, { ...HI, text: "two", ref: "1" });
      const acks = [await ada.next({ type: "ack" }), await bob.next({ type: "ack" })];
      const { server: was } = ada.events[0]!;
      await using again = await die(server, signal);
      await using back = await Peer.rejoin(again.address, ada.joined.you, "");
      assertEquals(back.events[0]!.server.id, was.id);
      const { session } = back.joined.you;
      assertEquals([back.joined.you, back.joined.room.topic], [{ ...ada.joined.you, session }, "tea"]);
      assertEquals(back.joined.missed, 2);
      assertEquals(back.joined.room.id, ada.joined.room.id);
      const missed = [await back.next({ type: "message" }), await back.next({ type: "message" })];
      assertEquals(missed.map(({ seq, from }) => [seq, from.name]).sort(), [[1, "ada"], [2, "robert"]].sort());
      await using robert = await Peer.rejoin(again.address, bob.joined.you);
      assertEquals({ ...robert.joined.you, session: bob.joined.you.session }, { ...bob.joined.you, name: "robert" });
      await back.send({ ...HI, text: "again", ref: "1" });
      await robert.send({ ...HI, text: "again", ref: "1" });
      assertEquals([await back.next({ type: "ack" }), await robert.next({ type: "ack" })], acks);
      await back.send({ ...HI, text: "three", ref: "2" });
      assertEquals((await back.next({ type: "ack" })).seq, 3);
      assertEquals((await history(back)).toSorted(), ["one", "three", "two"]);
      await back.send({ type: "search", room: "lobby", query: "THREE" });
      assertEquals((await back.next({ type: "search" })).messages.map(({ seq }: Json) => seq), [3]);
      await again.stop();
    },
  });

  Deno.test({
    name: `direct messages to an absent member survive a ${signal} of the server (Windows has none)`,
    ignore: WINDOWS,
    async fn() {
      await using server = await serve();
      await using ada = await Peer.join(server.address, "ada");
      await using bob = await Peer.join(server.address, "bob");
      await bob.send({ type: "leave" });
      await bob.ended();
      await ada.send({ type: "message", to: "bob", text: "psst", ref: "1" });
      assertEquals((await ada.next({ type: "ack" })).waiting, true);
      await using again = await die(server, signal);
      await using back = await Peer.rejoin(again.address, bob.joined.you);
      const { conversations } = await back.next({ type: "conversations" });
      assertEquals(conversations.map((each: Json) => [each.with.name, each.unread]), [["ada", 1]]);
      await back.send({ type: "history", to: "ada" });
      const { messages } = await back.next({ type: "history" });
      assertEquals(messages.map((message: Json) => [message.seq, message.text]), [[1, "psst"]]);
      await back.send({ type: "read", to: "ada", id: messages[0].id, ref: "r" });
      await back.next({ type: "mark", ref: "r" });
      await using last = await die(again, signal);
      await using third = await Peer.rejoin(last.address, bob.joined.you);
      assertEquals((await third.next({ type: "conversations" })).conversations[0].unread, 0);
    },
  });
}

Deno.test("a second server on the same folder is refused with exit code 7 and the holder's process id", async () => {
  await using server = await serve();
  await using ada = await Peer.join(server.address, "ada");
  await using second = confab(["serve", "--port", "0", "--data", server.folder]);
  const { code, stdout, stderr } = await second.exit();
  assertEquals([code, stdout], [7, ""]);
  const held = `Folder ${server.folder} is in use by process ${server.program.pid}`;
  assertStringIncludes(stderr, held);
  assertMatch(
    stderr.slice(held.length),
    /^( on \S+)? since \S+Z: stop it first, or choose another folder with --data$/,
  );
  await ada.send({ ...HI, text: "still here", ref: "1" });
  await ada.next({ type: "ack" });
});

Deno.test("the folder is free again if the port is in use", async () => {
  await using server = await serve();
  const folder = newFolder();
  await using refused = confab(["serve", "--port", String(server.port), "--data", folder]);
  assertEquals((await refused.exit()).code, 3);
  await using _other = await serve("--data", folder);
});

Deno.test("without --data history is stored only in the user's own folder", async () => {
  const home = newFolder();
  await using program = confab(["serve", "--port", "0"], { home });
  const address = (await program.stdout.next("Listening on ")).slice("Listening on ".length);
  await using ada = await Peer.join(address, "ada");
  await ada.send({ ...HI, text: "hello", ref: "1" });
  await ada.next({ type: "ack" });
  const folders = new Set(filesBelow(home).map((path) => path.slice(0, path.lastIndexOf("/"))));
  const [own, ofFiles, ...others] = [...folders].toSorted();
  assertMatch(own!, /confab$/i);
  assertEquals([ofFiles, others], [`${own}/files`, []]);
});

Deno.test("--memory writes no file, and its history ends with the server", async () => {
  const home = newFolder();
  await using program = confab(["serve", "--port", "0", "--memory"], { home });
  const address = (await program.stdout.next("Listening on ")).slice("Listening on ".length);
  await using ada = await Peer.join(address, "ada");
  await ada.send({ ...HI, text: "hello", ref: "1" });
  await ada.next({ type: "ack" });
  assertEquals(await history(ada), ["hello"]);
  assertEquals(filesBelow(home), []);
  if (!WINDOWS) {
    program.kill("SIGTERM");
    assertEquals((await program.exit()).code, 0);
  }
  assertEquals(filesBelow(home), []);
});

Deno.test({
  name:
    "--keep 0 stores no text, and still numbers messages, acknowledges them and recognises members (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve("--keep", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using bob = await Peer.join(server.address, "bob");
    await ada.send({ ...HI, text: "xyzzy", ref: "1" }, { ...HI, text: "xyzzy", ref: "2" });
    const ack = await ada.next({ type: "ack", ref: "1" });
    await ada.next({ type: "ack", ref: "2" });
    await bob.next({ type: "message", text: "xyzzy", seq: 2 });
    assertEquals(await history(ada), []);
    server.program.kill("SIGKILL");
    await server.program.exit();
    for (const file of filesBelow(server.folder)) {
      const text = new TextDecoder("latin1").decode(await Deno.readFile(`${server.folder}/${file}`));
      assert(!text.includes("xyzzy"), file);
    }
    await using again = await serveAgain(server, "--keep", "0");
    await using back = await Peer.rejoin(again.address, ada.joined.you, "");
    const { session } = back.joined.you;
    assertEquals([back.joined.you, back.joined.seq, back.joined.missed], [{ ...ada.joined.you, session }, 2, 0]);
    await back.send({ ...HI, text: "xyzzy", ref: "1" });
    assertEquals(await back.next({ type: "ack" }), ack);
    await back.send({ ...HI, text: "xyzzy", ref: "3" });
    assertEquals((await back.next({ type: "ack" })).seq, 3);
    await again.stop();
  },
});

Deno.test({
  name: "--keep N keeps the newest messages of each room over a restart (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve("--keep", "3", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await ada.send(...Array.from({ length: 10 }, (_, n) => ({ ...HI, text: `${n}`, ref: `${n}` })));
    await ada.next({ type: "ack", ref: "9" });
    await poll(() => Promise.resolve(countMessages(server.folder) === 3), () => "all but 3 messages to go");
    assertEquals(await history(ada), ["7", "8", "9"]);
    await using again = await die(server, "SIGTERM");
    await using back = await Peer.rejoin(again.address, ada.joined.you, "");
    assertEquals([back.joined.seq, back.joined.missed, back.joined.truncated], [10, 3, true]);
  },
});

Deno.test({
  name: "only the user may read the stored files, whatever the umask (Windows has no modes)",
  ignore: WINDOWS,
  async fn() {
    const folder = `${newFolder()}/deep/data`;
    const command = commandLine(["serve", "--port", "0", "--data", folder]);
    await using program = new Program("sh", {
      args: ["-c", 'umask 0; exec "$@"', "sh", ...command],
    });
    const address = (await program.stdout.next("Listening on ")).slice("Listening on ".length);
    await using ada = await Peer.join(address, "ada");
    await ada.send({ ...HI, text: "hello", ref: "1" });
    await ada.next({ type: "ack" });
    const modeOf = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);
    assertEquals(modeOf(folder), "700");
    const files = filesBelow(folder);
    assert(files.includes("confab.db"));
    for (const file of files) assertEquals(modeOf(`${folder}/${file}`), "600", file);
  },
});
