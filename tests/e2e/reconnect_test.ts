import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertUntroubled, confab, runConfab, serve, serveAgain, WINDOWS } from "../helpers/e2e.ts";
import { filesBelow, newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { poll } from "../helpers/process_lines.ts";

/** Resolves when a file below the client's home contains the text: only the file proves that it is on disk. */
async function untilRemembered(home: string, text: string): Promise<void> {
  const all = async () => await Promise.all(filesBelow(home).map((file) => read(`${home}/${file}`)));
  await poll(async () => (await all()).join("\n").includes(text), () => `${text} below ${home}`);
}

/** Returns an empty text if the file was renamed just now. */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

async function messagesOf(address: string): Promise<Json[]> {
  await using peer = await Peer.join(address, "archivist");
  await peer.send({ type: "history", room: "lobby", limit: 200 });
  const { messages } = await peer.next({ type: "history" });
  await peer.send({ type: "leave" });
  await peer.ended();
  return messages;
}

Deno.test({
  name:
    "a client killed with a pending message sends it once at its next start, as the same member (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    const home = newFolder();
    await using server = await serve();
    await using ada = confab(["connect", server.address, "--name", "ada"], { home });
    await ada.type("first\n");
    await ada.stdout.next("ada: first");
    server.program.kill("SIGKILL");
    await ada.stderr.next("; reconnecting");
    await ada.type("on its way\nand this\n");
    await untilRemembered(home, "and this");
    ada.kill("SIGKILL");
    await ada.exit();
    await using again = await serveAgain(server);
    for (let start = 0; start < 2; start++) {
      const { code, stderr } = await runConfab(["connect", again.address, "--name", "ada"], { home });
      assertEquals([code, stderr], [0, ""]);
    }
    const messages = await messagesOf(again.address);
    assertEquals(messages.map(({ text }) => text), ["first", "on its way", "and this"]);
    assertEquals(new Set(messages.map(({ from }) => from.id)).size, 1);
  },
});

Deno.test({
  name: "a client that ends with a pending message says so, and sends it at its next start (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    const home = newFolder();
    await using server = await serve();
    await using ada = confab(["connect", server.address, "--name", "ada"], { home });
    await ada.stdout.next("You are ada");
    server.program.kill("SIGKILL");
    await ada.stderr.next("; reconnecting");
    await ada.type("on its way\n");
    await untilRemembered(home, "on its way");
    ada.kill("SIGTERM");
    const { code, stderr } = await ada.exit();
    assertEquals(code, 6);
    assertMatch(stderr, /1 message was not acknowledged: run again with the same name to send the rest$/);
    await using again = await serveAgain(server);
    // Another name is another member, without pending messages.
    assertEquals((await runConfab(["connect", again.address, "--name", "eve"], { home })).code, 0);
    assertEquals(await messagesOf(again.address), []);
    assertEquals((await runConfab(["connect", again.address, "--name", "ada"], { home, input: "and now\n" })).code, 0);
    assertEquals((await messagesOf(again.address)).map(({ text }) => text), ["on its way", "and now"]);
  },
});

Deno.test("a returning client is the same member under its name, and shows missed messages once", async () => {
  const home = newFolder();
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  assertEquals((await runConfab(["connect", server.address, "--name", "ada"], { home, input: "one\n" })).code, 0);
  const { from } = await bob.next({ type: "message", text: "one" });
  await bob.send({ type: "message", text: "two", ref: "2" }, { type: "message", to: "ada", text: "psst", ref: "3" });
  assertEquals((await bob.next({ type: "ack", ref: "3" })).waiting, true);
  const { stdout } = await runConfab(["connect", server.address, "--name", "ADA"], { home, input: "three\n" });
  assertEquals(stdout.match(/(ADA|bob).*: (one|two|psst|three)$/gm)?.map((line) => line.split(": ").at(-1)), [
    "two",
    "psst",
    "three",
  ]);
  assertEquals((await bob.next({ type: "message", text: "three" })).from.id, from.id);
  const third = await runConfab(["connect", server.address, "--name", "ada"], { home });
  assertEquals(third.stdout.match(/two|psst|three/g), null);
});

Deno.test("--no-state stores nothing, and neither does a pipe without a name", async () => {
  const home = newFolder();
  await using server = await serve();
  for (const args of [["--name", "ada", "--no-state"], []]) {
    const { code, stderr } = await runConfab(["connect", server.address, ...args], { home, input: "hello\n" });
    assertEquals([code, stderr], [0, ""]);
    assertEquals(filesBelow(home), []);
  }
});

Deno.test({
  name: "only the user may read the client memory (Windows has no modes)",
  ignore: WINDOWS,
  async fn() {
    const home = newFolder();
    await using server = await serve();
    assertEquals((await runConfab(["connect", server.address, "--name", "ada"], { home, input: "hello\n" })).code, 0);
    const files = filesBelow(home);
    assert(files.length > 0);
    for (const file of files) assertEquals(Deno.statSync(`${home}/${file}`).mode! & 0o077, 0, file);
  },
});

Deno.test({
  name: "a client starts over with a server that has another history (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    const home = newFolder();
    await using server = await serve();
    await using ada = confab(["connect", server.address, "--name", "ada"], { home });
    await ada.type("one\ntwo\n");
    await ada.stdout.next("ada: two");
    server.program.kill("SIGTERM");
    await ada.stderr.next("; reconnecting");
    await server.program.exit();
    await using other = await serve("--port", String(server.port));
    await ada.stderr.next("Reconnected");
    await using bob = await Peer.join(other.address, "bob");
    await bob.send({ type: "message", text: "anew" });
    await ada.stdout.next("bob: anew");
    await ada.endInput();
    const { code, stderr } = await ada.exit();
    assertEquals(code, 0);
    assertUntroubled(stderr);
    assertEquals((await messagesOf(other.address)).map(({ text }) => text), ["anew"]);
  },
});
