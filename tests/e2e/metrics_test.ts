import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { assertOneLine, confab, HAS_TMUX, runConfab, serve, type Served, WINDOWS } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { inTime } from "../helpers/process_lines.ts";
import { Tmux } from "../helpers/tmux.ts";

interface Watched {
  readonly server: Served;
  /** The address, as `top` takes it. */
  readonly address: string;
}

async function serveWatched(...options: readonly string[]): Promise<Watched> {
  const server = await serve("--memory", "--metrics", "0", ...options);
  const line = await server.program.stdout.next("Metrics on ");
  const [, address] = /^Metrics on http:\/\/(127\.0\.0\.1:\d+)\/metrics$/.exec(line)!;
  return { server, address: address! };
}

async function get(address: string, path: string): Promise<{ status: number; body: string }> {
  const fetching = fetch(`http://${address}${path}`).then(async (response) => {
    return { status: response.status, body: await response.text() };
  });
  return await inTime(fetching, () => `${path} from ${address}`);
}

async function valuesOf(address: string): Promise<Record<string, number>> {
  const { body } = await get(address, "/metrics");
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
  );
}

/** Three members in a room, five messages, and one refused message. */
async function chat(server: Served): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const [ada, bob, cyd] = [
    stack.use(await Peer.join(server.address, "ada")),
    stack.use(await Peer.join(server.address, "bob")),
    stack.use(await Peer.join(server.address, "cyd")),
  ];
  for (const text of ["1", "2", "3", "4"]) await ada.send({ type: "message", room: "lobby", text });
  await ada.send({ type: "message", to: "bob", text: "5" });
  await bob.next({ type: "message", text: "5" });
  await cyd.next({ type: "message", text: "4" });
  await cyd.send({ type: "message", room: "elsewhere", text: "6" });
  await cyd.next({ type: "error" });
  return stack;
}

Deno.test("the metrics match the events exactly", async () => {
  const { server, address } = await serveWatched();
  await using _server = server;
  await using _chat = await chat(server);
  const values = await valuesOf(address);
  assertEquals(
    ["connections", "connections_accepted_total", "members", "rooms", "messages_total", "deliveries_total"]
      .map((name) => values[`confab_${name}`]),
    [3, 3, 3, 1, 5, 4 * 3 + 2],
  );
  assertEquals(values['confab_rejected_total{code="not_joined"}'], 1);
  assertEquals(values.confab_slow_consumers_total, 0);
  assert(values.confab_received_bytes_total! > 100 && values.confab_sent_bytes_total! > 1_000);
  assert(values.confab_store_append_seconds_count! >= 1 && values.confab_store_append_seconds_sum! > 0);
  assert(values.confab_resident_memory_bytes! > values.confab_heap_bytes!);
  const health = await get(address, "/health");
  const { uptime, ...rest } = JSON.parse(health.body);
  assertEquals([health.status, rest.status, rest.connections, uptime >= 0], [200, "ok", 3, true]);
  assertEquals((await get(address, "/")).status, 404);
  await server.stop();
});

Deno.test("top --once prints the current figures, as text and as JSON, and exits", async () => {
  const { server, address } = await serveWatched();
  await using _server = server;
  await using _chat = await chat(server);
  const text = await runConfab(["top", "--once", `http://${address}/metrics`]);
  assertEquals([text.code, text.stderr], [0, ""]);
  assertMatch(text.stdout, new RegExp(`^Confab \\d.* at ${address}, up `));
  assertMatch(text.stdout, /^messages +5$/m);
  assertMatch(text.stdout, /^deliveries +14$/m);
  assertMatch(text.stdout, /^rejected +1 +not_joined 1$/m);
  const json = await runConfab(["top", "--once", "--json", address]);
  const { messages, deliveries, rejected, perSecond } = JSON.parse(json.stdout);
  assertEquals([messages, deliveries, rejected, perSecond], [5, 14, { not_joined: 1 }, undefined]);
});

Deno.test("top in a pipe prints a line a second, reports a stopped server, and treats the next one as new", async () => {
  const { server, address } = await serveWatched();
  await using _server = server;
  await using top = confab(["top", "--json", address]);
  const first = JSON.parse(await top.stdout.next("{"));
  await using _chat = await chat(server);
  const second = JSON.parse(await top.stdout.next('"messages":5,'));
  assert(second.perSecond.messages >= 0 && second.at > first.at);
  await server.stop();
  await top.stderr.next("retrying");
  await using again = await serve("--memory", "--metrics", address);
  await again.program.stdout.next("Metrics on ");
  const third = JSON.parse(await top.stdout.next('"messages":0,'));
  assertEquals(third.perSecond, undefined);
  top.kill("SIGTERM");
});

Deno.test("without a metrics port, top prints a one-line error", async () => {
  const { server, address } = await serveWatched();
  await using _server = server;
  const chatty = await runConfab(["top", server.address]);
  assertEquals([chatty.code, chatty.stdout], [EXIT.cannotConnect, ""]);
  assertOneLine(chatty.stderr);
  assertStringIncludes(chatty.stderr, "not from Confab metrics");
  await server.stop();
  const { code, stdout, stderr } = await runConfab(["top", address]);
  assertEquals([code, stdout], [EXIT.cannotConnect, ""]);
  assertOneLine(stderr);
  assertStringIncludes(stderr, `Cannot read metrics from ${address}: connection refused`);
});

Deno.test("a metrics port in use stops the server before it starts, and its data folder is free again", async () => {
  const { server, address } = await serveWatched();
  await using _server = server;
  const { code, stdout, stderr } = await runConfab(["serve", "--port", "0", "--memory", "--metrics", address]);
  assertEquals([code, stdout], [EXIT.cannotListen, ""]);
  assertOneLine(stderr);
  assertMatch(stderr, /Cannot serve metrics on 127\.0\.0\.1 port \d+: the address is already in use; .*--metrics/);
});

Deno.test("metrics on all interfaces come with a warning", async () => {
  await using server = await serve("--memory", "--metrics", "0.0.0.0:0");
  await server.program.stdout.next("Metrics on http://");
  await server.program.stdout.next("Anyone who can reach this address can read the metrics");
  await server.stop();
});

Deno.test({
  name: "a draining server says so on its health endpoint",
  ignore: WINDOWS,
  async fn() {
    const { server, address } = await serveWatched();
    await using _server = server;
    // A client that does not close delays the drain.
    await using ada = await Peer.dial(server.address, "ada");
    await ada.send({ type: "join", name: "ada" });
    while ((await valuesOf(address)).confab_members !== 1);
    server.program.kill("SIGTERM");
    await server.program.stdout.next("Shutting down");
    const { status, body } = await get(address, "/health");
    assertEquals([status, JSON.parse(body).status], [503, "draining"]);
    ada.close();
    assertEquals((await server.program.exit()).code, 0);
  },
});

Deno.test({
  name: "top draws in a terminal of any size, reports a stopped server, and restores the terminal (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    const { server, address } = await serveWatched();
    await using _server = server;
    await using _chat = await chat(server);
    await using terminal = await Tmux.open();
    await terminal.enter("before=$(stty -g)");
    await terminal.enter(`clear; confab top ${address}`);
    const screen = await terminal.until(/messages +5 +0\/s/);
    assertMatch(screen, /^Confab \S+ at 127.0.0.1:\d+, up \d+ s$/m);
    assertMatch(screen, /^deliveries +14 +0\/s +▁/m);
    assertMatch(screen, /^q quits$/m);
    await terminal.until(/^connections +3 .*█{3}/m);
    assertEquals((await terminal.scrollback()).split("q quits").length, 2, "It was drawn more than once");
    await terminal.resize({ columns: 40, rows: 8 });
    await terminal.until((text) => text.split("\n").length < 8 && text.endsWith("q quits"));
    await terminal.resize({ columns: 100, rows: 30 });
    await terminal.until(/^rejected +1 +not_joined 1$/m);
    await server.stop();
    await terminal.until(/^No answer from .*, retrying: connection refused/m);
    assertMatch(await terminal.screen(), /^deliveries +14 /m);
    await terminal.press("q");
    await terminal.until(/^\$ ?$/m);
    await terminal.enter('clear; [ "$before" = "$(stty -g)" ] && echo "as before"');
    await terminal.until(/^as before$/m);
    assertEquals([await terminal.state("cursor_flag"), await terminal.state("wrap_flag")], ["1", "1"]);
  },
});
