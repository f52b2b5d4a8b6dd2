import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { confab, fetchPage, HAS_NC, HAS_NCAT, runConfab, serve, type Served, WINDOWS } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program, run } from "../helpers/process.ts";

/** Both tools use the same server; `halfClose` is the option to close their sending half at the end of input. */
const TOOLS = [
  { tool: "nc", ignore: !HAS_NC, halfClose: ["-N"] },
  { tool: "ncat", ignore: !HAS_NCAT, halfClose: [] },
] as const;

function target({ host, port }: Served): string[] {
  return [host, String(port)];
}

for (const { tool, ignore, halfClose } of TOOLS) {
  Deno.test({
    name: `a person on ${tool} is asked for a name, chats and quits (needs ${tool})`,
    ignore,
    async fn() {
      await using server = await serve("--title", "Workshop");
      await using bob = await Peer.join(server.address, "bob");
      await using ada = new Program(tool, { args: target(server) });
      assertMatch(await ada.stdout.next("*"), /^\* Welcome to Workshop\./);
      assertEquals(await ada.stdout.next(""), "Your name?");
      await ada.type("ada\n");
      assertEquals(await ada.stdout.next(""), "* You are ada in #lobby, 2 here: bob");
      await bob.next({ type: "join" });
      await ada.type("hello from a pipe\n");
      await bob.next({ type: "message", text: "hello from a pipe" });
      await bob.send({ type: "message", text: "hello ada" });
      assertMatch(await ada.stdout.next("bob: "), /^\[\d\d:\d\d\] bob: hello ada$/);
      await ada.type("/who\n");
      assertMatch(await ada.stdout.next("in #lobby: "), /^\* 2 in #lobby: (ada, @bob|@bob, ada) \(@ moderates\)$/);
      await ada.type("/msg bob psst\n");
      const { with: partner } = await bob.next({ type: "message", text: "psst" });
      assertEquals(partner.name, "ada");
      assertMatch(await ada.stdout.next("psst"), /^\[\d\d:\d\d\] you to bob: psst$/);
      await ada.type("/me waves\n/nosuch\n/help\n");
      await bob.next({ type: "message", text: "/me waves" });
      assertEquals(
        await ada.stdout.next("!"),
        '! Command "/nosuch" is unknown: /help lists them all, and a second / in front sends the line as it is',
      );
      await ada.stdout.next("/quit");
      await ada.type("/quit\n");
      await ada.stdout.next("Goodbye");
      await bob.next({ type: "leave", reason: "left" });
      // Both tools run until their own input ends, too.
      await ada.endInput();
      assertEquals((await ada.exit()).code, 0);
      await server.stop();
    },
  });

  Deno.test({
    name: `a name that is taken is asked for again, on ${tool} (needs ${tool})`,
    ignore,
    async fn() {
      await using server = await serve();
      await using bob = await Peer.join(server.address, "bob");
      await using other = new Program(tool, { args: target(server) });
      await other.type("Bob\n");
      await other.stdout.next("Your name?");
      assertMatch(await other.stdout.next("!"), /^! Name "Bob" .*"Bob2" is free$/);
      await other.stdout.next("Your name?");
      await other.type("not a name!\n");
      await other.stdout.next("! ");
      await other.stdout.next("Your name?");
      await other.type("robert\n");
      await other.stdout.next("You are robert");
      await bob.next({ type: "join" });
    },
  });

  Deno.test({
    name: `all that was piped into ${tool} arrives, and its answers, though the input ends (needs ${tool})`,
    ignore,
    async fn() {
      await using server = await serve();
      await using bob = await Peer.join(server.address, "bob");
      const input = "ada\none\ntwo\n/who\n";
      const { code, stdout } = await run(tool, { args: [...halfClose, ...target(server)], input });
      assertEquals(code, 0);
      assertStringIncludes(stdout, "* 2 in #lobby: ");
      await bob.next({ type: "message", text: "one" });
      await bob.next({ type: "message", text: "two" });
      await bob.next({ type: "leave", reason: "closed" });
    },
  });

  Deno.test({
    name: `a raw HTTP request from ${tool} gets the page (needs ${tool})`,
    ignore,
    async fn() {
      await using server = await serve();
      const input = "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n\r\n";
      const { stdout } = await run(tool, { args: [...halfClose, ...target(server)], input });
      assertMatch(stdout, /^HTTP\/1\.1 200 OK\n/);
      assertMatch(stdout, /<!doctype html>/i);
      await server.stop();
    },
  });

  Deno.test({
    name: `${tool} and connect meet on a Unix socket (needs ${tool})`,
    ignore,
    async fn() {
      await using folder = await temporaryFolder();
      const path = `${folder.path}/chat.sock`;
      await using server = await serve("--unix", path, "--no-tcp");
      assertEquals(server.address, `unix:${path}`);
      await using bob = confab(["connect", server.address, "--name", "bob"]);
      await bob.stdout.next("You are bob");
      await using ada = new Program(tool, { args: ["-U", path] });
      await ada.stdout.next("Your name?");
      await ada.type("ada\nhello\n");
      await bob.stdout.next("ada joined");
      await bob.stdout.next("ada: hello");
      await bob.type("hi ada\n");
      await ada.stdout.next("bob: hi ada");
      await server.stop();
      await ada.stdout.next("The server is shutting down");
      assertEquals((await Array.fromAsync(Deno.readDir(folder.path))).length, 0);
    },
  });
}

Deno.test({
  name: "a client that was greeted as a user may still send JSON (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve();
    await using late = new Program("nc", { args: target(server) });
    await late.stdout.next("Your name?");
    await late.type('{"type":"join","name":"bot"}\n');
    await late.stdout.next('{"type":"welcome"');
    await late.stdout.next('{"type":"joined"');
  },
});

Deno.test("a browser's request gets the page", async () => {
  await using server = await serve();
  const { status, type, body } = await fetchPage(server.address);
  assertEquals([status, type], [200, "text/html; charset=utf-8"]);
  assertMatch(body, /<!doctype html>/i);
  await server.stop();
});

Deno.test({
  name: "a Unix socket serves together with TCP, and both share one room (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/chat.sock`;
    await using server = await serve("--unix", path);
    assertEquals(await server.program.stdout.next("Listening on"), `Listening on unix:${path}`);
    await using bob = await Peer.join(server.address, "bob");
    assertEquals((await runConfab(["send", `unix:${path}`, "from the socket"])).code, 0);
    await bob.next({ type: "message", text: "from the socket" });
  },
});

Deno.test({
  name: "the socket file of a dead server is taken over (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/chat.sock`;
    await using dead = await serve("--unix", path, "--no-tcp");
    dead.program.kill("SIGKILL");
    await dead.program.exit();
    assertEquals((await Deno.lstat(path)).isSocket, true);
    await using server = await serve("--unix", path, "--no-tcp");
    assertEquals((await runConfab(["send", server.address, "hello"])).code, 0);
  },
});

Deno.test({
  name: "the socket of a running server is refused with exit code 3, and keeps working (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/chat.sock`;
    await using server = await serve("--unix", path, "--no-tcp");
    const { code, stderr } = await runConfab(["serve", "--unix", path, "--no-tcp"]);
    assertEquals(code, 3);
    assertMatch(stderr, /^Socket .* is already in use: stop the other server or choose another path with --unix$/);
    assertEquals((await runConfab(["send", server.address, "hello"])).code, 0);
    await server.stop();
  },
});

Deno.test({
  name: "a file that is not a socket stays unchanged, with exit code 3 (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/notes.txt`;
    await Deno.writeTextFile(path, "precious");
    const { code, stderr } = await runConfab(["serve", "--unix", path, "--no-tcp"]);
    assertEquals(code, 3);
    assertMatch(stderr, /^Cannot listen on .*not a socket/);
    assertEquals(await Deno.readTextFile(path), "precious");
  },
});

Deno.test({
  name: "a Unix socket that does not exist exits 4 (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    const { code, stderr } = await runConfab(["connect", "unix:/nowhere/chat.sock", "--name", "ada"]);
    assertEquals(code, 4);
    assertEquals(stderr, "Cannot connect to unix:/nowhere/chat.sock: it does not exist");
  },
});

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "confab-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
