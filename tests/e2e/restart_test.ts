import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { openClientState, stateFolder } from "../../src/cli/joining/client_storage.ts";
import { assertUntroubled, confab, HAS_NC, serve, serveAgain, WINDOWS } from "../helpers/e2e.ts";
import { homeVariables, newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";

/** Returns the room's messages, as a new member gets them. */
async function history(address: string): Promise<string[]> {
  await using peer = await Peer.join(address, "archivist");
  await peer.send({ type: "history", room: "lobby", limit: 200 });
  const { messages } = await peer.next({ type: "history" });
  return messages.map(({ text }: { text: string }) => text);
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test({
    name: `lines typed while the server is away after a ${signal} arrive exactly once when it is back`,
    ignore: WINDOWS,
    async fn() {
      await using server = await serve();
      await using ada = confab(["connect", server.address, "--name", "ada"]);
      await ada.type("before\n");
      await ada.stdout.next("ada: before");
      server.program.kill(signal);
      await ada.stderr.next("; reconnecting");
      assertUntroubled((await server.program.exit()).stderr);
      const typed = ["one", "two", "three", "four", "five"];
      await ada.type(typed.map((line) => `${line}\n`).join(""));
      await using again = await serveAgain(server);
      for (const line of typed) await ada.stdout.next(`ada: ${line}`);
      assertEquals(await history(again.address), ["before", ...typed]);
      await ada.type("after\n");
      await ada.stdout.next("ada: after");
      await ada.endInput();
      const { code, stdout, stderr } = await ada.exit();
      assertEquals(code, 0, stderr);
      assertEquals(stderr.match(/reconnecting|Reconnected/g), ["reconnecting", "Reconnected"]);
      assertEquals([...stdout.matchAll(/ada: (.*)/g)].map(([, text]) => text), ["before", ...typed, "after"]);
      assertUntroubled(stderr);
      await again.stop();
    },
  });
}

Deno.test({
  name:
    "a pipe whose input ended while the server was away still delivers all of it and exits 0 (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    await using ada = confab(["connect", server.address, "--name", "ada", "--room", "ops"]);
    await ada.stdout.next("You are ada");
    server.program.kill("SIGKILL");
    await ada.stderr.next("; reconnecting");
    await ada.type("last words");
    await ada.endInput();
    await using again = await serveAgain(server);
    await using bob = await Peer.join(again.address, "bob", "ops");
    const { code, stderr } = await ada.exit();
    assertEquals(code, 0, stderr);
    await bob.send({ type: "history", room: "ops" });
    const { messages } = await bob.next({ type: "history" });
    assertEquals(messages.map(({ text }: { text: string }) => text), ["last words"]);
  },
});

Deno.test({
  name: "two clients meet again in all their rooms (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    const rooms = ["--room", "build", "--room", "ops"];
    await using ada = confab(["connect", server.address, "--name", "ada", ...rooms]);
    await ada.stdout.next("in #ops");
    await using bob = confab(["connect", server.address, "--name", "bob", "--room", "ops", "--room", "build"]);
    await bob.stdout.next("in #build");
    server.program.kill("SIGKILL");
    await ada.stderr.next("; reconnecting");
    await bob.stderr.next("; reconnecting");
    await using again = await serveAgain(server);
    await ada.stderr.next("Reconnected");
    await bob.stderr.next("Reconnected");
    await ada.type("from ada\n");
    await bob.type("from bob\n");
    await bob.stdout.next("#build ada: from ada");
    await ada.stdout.next("#ops bob: from bob");
    await again.stop();
  },
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `${signal} drains: all clients get goodbye, and it exits 0 (Windows has no signals)`,
    ignore: WINDOWS,
    async fn() {
      await using server = await serve();
      await using ada = await Peer.join(server.address, "ada");
      await using stranger = (await Peer.dial(server.address)).read();
      await stranger.send({ type: "ping" });
      await stranger.next({ type: "pong" });
      server.program.kill(signal);
      for (const peer of [ada, stranger]) {
        const { retryAfter } = await peer.next({ type: "goodbye", reason: "shutdown" });
        assert(retryAfter > 0);
        await peer.ended();
      }
      const { code, stdout, stderr } = await server.program.exit();
      assertEquals(code, 0);
      assertMatch(stdout, /^Shutting down/m);
      assertMatch(stderr, /reason=shutdown/);
      assertUntroubled(stderr);
    },
  });
}

Deno.test({
  name: "messages sent right before the drain still arrive (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve("--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using bob = await Peer.join(server.address, "bob");
    const lines = Array.from(
      { length: 2_000 },
      (_, index) => ({ type: "message", ref: `r${index}`, text: `${index}` }),
    );
    await ada.send(...lines);
    await ada.next({ type: "ack" });
    server.program.kill("SIGTERM");
    await Promise.all([ada.ended(), bob.ended()]);
    assertEquals((await server.program.exit()).code, 0);
    const acknowledged = ada.events.filter(({ type }) => type === "ack").map(({ ref }) => ref.slice(1));
    const received = bob.events.filter(({ type }) => type === "message").map(({ text }) => text);
    assertEquals(received.slice(0, acknowledged.length), acknowledged);
  },
});

Deno.test({
  name: "a user on nc is told that the server stops (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve();
    await using ada = new Program("nc", { args: [server.host, String(server.port)] });
    await ada.type("ada\n");
    await ada.stdout.next("You are ada");
    server.program.kill("SIGTERM");
    assertEquals(await ada.stdout.next("*"), "* The server is shutting down. Goodbye.");
    await ada.endInput();
    assertEquals((await ada.exit()).code, 0);
    assertEquals((await server.program.exit()).code, 0);
  },
});

Deno.test({
  name: "a member who never reads cannot keep the server from stopping (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve("--rate", "0");
    await using sloth = await Peer.dial(server.address, "sloth");
    await sloth.send({ type: "join", name: "sloth" });
    await using ada = await Peer.join(server.address, "ada");
    // More than the system's default buffers hold, and less than the limit for slow readers.
    const text = "x".repeat(8_000);
    await ada.send(...Array.from({ length: 750 }, () => ({ type: "message", text })), { type: "ping", ref: "end" });
    await ada.next({ type: "pong", ref: "end" });
    server.program.kill("SIGTERM");
    await ada.next({ type: "goodbye", reason: "shutdown" });
    const { code, stderr } = await server.program.exit();
    assertEquals(code, 0);
    assertUntroubled(stderr);
  },
});

Deno.test({
  name: "a second signal ends the server at once, whatever remains to be drained (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    // It never closes its own half, so the drain must wait.
    await using lingerer = await Peer.dial(server.address);
    await lingerer.send({ type: "join", name: "lingerer" });
    await server.program.stderr.first("connected");
    // Both arrive at the same time for the server.
    server.program.kill("SIGSTOP");
    server.program.kill("SIGTERM");
    server.program.kill("SIGINT");
    server.program.kill("SIGCONT");
    const { code, stderr } = await server.program.exit();
    assertEquals(code, 0);
    assertNotMatch(stderr, /disconnected/);
    assertUntroubled(stderr);
  },
});

Deno.test({
  name: "after a signal connect leaves cleanly, with all its messages acknowledged (Windows has no signals)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    await using bob = await Peer.join(server.address, "bob");
    await using ada = confab(["connect", server.address, "--name", "ada"]);
    await ada.type("hello\n");
    await ada.stdout.next("hello");
    ada.kill("SIGTERM");
    const { code, stderr } = await ada.exit();
    assertEquals([code, stderr], [0, ""]);
    await bob.next({ type: "leave", reason: "left" });
  },
});

Deno.test("a client memory of an earlier version, with a token, comes back as the same member, with a key from then on", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  await using ada = await Peer.join(server.address, "ada");
  const { you: { id, token } } = ada.joined;
  const { server: { id: serverId } } = ada.events.find(({ type }) => type === "welcome")!;
  await ada.send({ type: "leave" });
  const home = newFolder();
  const folder = stateFolder((name) => homeVariables(home)[name])!;
  const warn = (line: string) => assert(false, line);
  const memory = openClientState({ folder, address: server.address, name: "ada", warn })!;
  memory.save({ serverId, token, name: "ada", lastSeqs: [], pending: [] });
  memory.close();
  for (const text of ["first", "second"]) {
    await using client = confab(["connect", server.address, "--name", "ada"], { home });
    await client.type(`${text}\n`);
    assertEquals((await bob.next({ type: "message", text })).from.id, id);
    await client.endInput();
    await client.exit();
  }
  await using thief = await Peer.dial(server.address);
  await thief.read().send({ type: "join", token });
  await thief.next({ type: "error", code: "invalid" });
  await server.stop();
});
