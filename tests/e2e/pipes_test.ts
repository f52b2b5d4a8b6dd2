import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import {
  assertOneLine,
  assertUntroubled,
  commandLine,
  confab,
  HAS_BASH,
  runConfab,
  serve,
  WINDOWS,
} from "../helpers/e2e.ts";
import { homeVariables, newFolder } from "../helpers/e2e_home.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";
import { inTime } from "../helpers/process_lines.ts";

/** Returns the messages of the room, in order. */
function texts(events: readonly Json[]): string[] {
  return events.filter(({ type }) => type === "message").map(({ text }) => text);
}

Deno.test("two users on pipes see each other join, talk and leave", async () => {
  await using server = await serve();
  await using ada = confab(["connect", server.address, "--name", "ada"]);
  assertEquals(await ada.stdout.next("You are"), "* You are ada in #lobby, nobody else is here");
  await using bob = confab(["connect", server.address, "--name", "bob"]);
  assertEquals(await bob.stdout.next("You are"), "* You are bob in #lobby, 2 here: ada");
  assertEquals(await ada.stdout.next("bob"), "* bob joined");
  await ada.type("hello bob\n");
  assertMatch(await bob.stdout.next("hello"), /^\[\d\d:\d\d\] ada: hello bob$/);
  await bob.type("hello ada, 日本 😀\n");
  assertMatch(await ada.stdout.next("hello ada"), /^\[\d\d:\d\d\] bob: hello ada, 日本 😀$/);
  await bob.endInput();
  const exit = await bob.exit();
  assertEquals([exit.code, exit.stderr], [0, ""]);
  assertEquals(await ada.stdout.next("left"), "* bob left");
  await ada.endInput();
  assertEquals((await ada.exit()).code, 0);
  await server.stop();
});

Deno.test("--json prints the lines exactly as the server sent them", async () => {
  await using server = await serve();
  await using witness = await Peer.join(server.address, "witness");
  await using ada = confab(["connect", server.address, "--name", "ada", "--json"]);
  await ada.type('tabs\tand "quotes" and ü\n');
  await witness.next({ text: 'tabs\tand "quotes" and ü' });
  await witness.send({ type: "message", room: "lobby", text: "one\ntwo" });
  await witness.next({ text: "one\ntwo" });
  await ada.stdout.next("one");
  await ada.endInput();
  const { code, stdout } = await ada.exit();
  assertEquals(code, 0);
  const [first] = stdout.split("\n");
  assertEquals(JSON.parse(first!).type, "welcome");
  const messages = (lines: readonly string[]) => lines.filter((line) => line.startsWith('{"type":"message"'));
  assertEquals(messages(stdout.split("\n")), messages(witness.lines.all));
});

Deno.test("--json prints conversations, also what was missed, and each message once", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  const env = homeVariables(newFolder());
  const connect = () => confab(["connect", server.address, "--name", "ada", "--json"], { env });
  const direct = async (to: string, text: string) => {
    await bob.send({ type: "message", to, text, ref: text });
    return await bob.next({ type: "ack", ref: text });
  };
  await using ada = connect();
  const { member } = await bob.next({ type: "join" });
  await direct("ada", "one");
  const { with: partner, seq } = JSON.parse(await ada.stdout.next('"one"'));
  assertEquals([partner.name, seq], ["bob", 1]);
  await ada.endInput();
  await ada.exit();
  await bob.next({ type: "leave" });
  assertEquals((await direct(member.id, "two")).waiting, true);
  await using again = connect();
  const { conversations } = JSON.parse(await again.stdout.next('"conversations"'));
  assertEquals(conversations.map((each: Json) => [each.with.name, each.unread]), [["bob", 2]]);
  await again.stdout.next('"two"');
  await again.endInput();
  const { stdout } = await again.exit();
  const events: Json[] = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(texts(events), ["two"]);
});

Deno.test("500 lines on standard input arrive once and in order without a rate limit", async () => {
  await using server = await serve("--rate", "0");
  await using witness = await Peer.join(server.address, "witness");
  const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
  const exit = await runConfab(["connect", server.address, "--name", "ada"], { input: lines.join("\n") });
  assertEquals([exit.code, exit.stderr], [0, ""]);
  await witness.next({ text: "line 499" });
  assertEquals(texts(witness.events), lines);
});

Deno.test("40 lines arrive once and in order at the default rate", async () => {
  await using server = await serve();
  await using witness = await Peer.join(server.address, "witness");
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  const exit = await runConfab(["connect", server.address, "--name", "ada"], { input: lines.join("\n") + "\n" });
  assertEquals([exit.code, exit.stderr], [0, ""]);
  await witness.next({ text: "line 39" });
  assertEquals(texts(witness.events), lines);
});

Deno.test("blank lines and Windows line ends are not sent", async () => {
  await using server = await serve();
  await using witness = await Peer.join(server.address, "witness");
  const { code } = await runConfab(["connect", server.address, "--name", "ada"], { input: "one\r\n\r\n\ntwo" });
  assertEquals(code, 0);
  await witness.next({ text: "two" });
  assertEquals(texts(witness.events), ["one", "two"]);
});

Deno.test("a line that is too long is reported, the others arrive, and it exits 5", async () => {
  await using server = await serve();
  await using witness = await Peer.join(server.address, "witness");
  const input = `before\n${"x".repeat(9_000)}\n${"x".repeat(8_192)}\nafter\n`;
  const { code, stderr } = await runConfab(["connect", server.address, "--name", "ada"], { input });
  assertEquals(code, 5);
  assertOneLine(stderr);
  assertMatch(stderr, /^Line 2 was not sent: The message is 808 bytes too long: /);
  await witness.next({ text: "after" });
  assertEquals(texts(witness.events), ["before", "x".repeat(8_192), "after"]);
});

Deno.test("a line of invalid UTF-8 is reported, the others arrive, and it exits 5", async () => {
  await using server = await serve();
  await using witness = await Peer.join(server.address, "witness");
  const input = Uint8Array.from([...bytes("before\nbroken "), 0xff, 0xc3, ...bytes("\nafter\n")]);
  const { code, stderr } = await runConfab(["connect", server.address, "--name", "ada"], { input });
  await witness.next({ text: "after" });
  assertEquals(texts(witness.events), ["before", "after"]);
  assertEquals(code, 5);
  assertOneLine(stderr);
  assertMatch(stderr, /^Line 2 .*UTF-8/);
});

Deno.test("several rooms: lines go to the first, and messages from others are marked", async () => {
  await using server = await serve();
  await using ops = await Peer.join(server.address, "olga", "ops");
  await using ada = confab(["connect", server.address, "--name", "ada", "--room", "build", "--room", "OPS"]);
  await ops.next({ type: "join" });
  await ops.send({ type: "message", room: "ops", text: "disk full" });
  assertMatch(await ada.stdout.next("disk full"), /^\[\d\d:\d\d\] #ops olga: disk full$/);
  await ada.type("green\n");
  assertMatch(await ada.stdout.next("green"), /^\[\d\d:\d\d\] ada: green$/);
  await ada.endInput();
  assertEquals((await ada.exit()).code, 0);
  assertEquals(texts(ops.events), ["disk full"]);
});

Deno.test("no control sequence of another member reaches standard output", async () => {
  await using server = await serve();
  await using mallory = await Peer.join(server.address, "mallory");
  await using ada = confab(["connect", server.address, "--name", "ada"]);
  await mallory.next({ type: "join" });
  await mallory.send({ type: "message", text: "\x1b[2Jgone\x07 \u202eevil\u0085\r\n[12:00] bob: forged" });
  await ada.stdout.next("forged");
  await ada.endInput();
  const { stdout } = await ada.exit();
  assertNotMatch(stdout, /(?!\n)[\p{Cc}\u202e]/u);
  assertNotMatch(stdout, /^\[\d\d:\d\d\] bob: forged/m);
});

Deno.test("a name that is taken is refused with a free one, and exits 5", async () => {
  await using server = await serve();
  await using _ada = await Peer.join(server.address, "ada");
  const { code, stderr } = await runConfab(["connect", server.address, "--name", "ADA"]);
  assertEquals(code, 5);
  assertOneLine(stderr);
  assertMatch(stderr, /"ada".*"ADA2" is free/);
});

Deno.test("a pipe owns its name from its second run on, and one in a new home each time never does", async () => {
  await using server = await serve();
  const join = (home: string) => runConfab(["connect", server.address, "--name", "ci"], { home, input: "built\n" });
  for (let run = 0; run < 3; run++) assertEquals((await join(newFolder())).code, 0);
  const home = newFolder();
  for (let run = 0; run < 2; run++) assertEquals((await join(home)).code, 0);
  const { code, stderr } = await join(newFolder());
  assertEquals(code, 5);
  assertStringIncludes(stderr, 'Name "ci" belongs to a member with a key');
  assertUntroubled(stderr);
  assertEquals((await join(home)).code, 0);
  await server.stop();
});

Deno.test("the system user's name is replaced if it is taken", async () => {
  await using server = await serve();
  await using _tester = await Peer.join(server.address, "tester");
  const { code, stdout } = await runConfab(["connect", server.address]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "You are tester2 in #lobby");
});

Deno.test("a full server gives exit code 5", async () => {
  await using server = await serve("--max-connections", "1");
  await using _first = await Peer.join(server.address, "first");
  const { code, stderr } = await runConfab(["connect", server.address, "--name", "ada"], { input: "hello\n" });
  assertEquals(code, 5);
  assertMatch(stderr, /already has \d+ connections?/);
  assertUntroubled(stderr);
});

Deno.test("an address without a server exits 4 with one line", async () => {
  const { code, stderr } = await runConfab(["connect", "127.0.0.1:1", "--name", "ada"], { input: "hello\n" });
  assertEquals(code, 4);
  assertMatch(stderr, /^Connection refused by 127\.0\.0\.1:1: check the address/);
});

Deno.test("an unknown host exits 4 with one line", async () => {
  const { code, stderr } = await runConfab(["connect", "no-such-host.invalid", "--name", "ada"]);
  assertEquals(code, 4);
  assertOneLine(stderr);
  assertMatch(stderr, /^Unknown host "no-such-host\.invalid": check the spelling$/);
});

Deno.test("a port without a chat server gives a one-line error", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const greet = async () => {
    const conn = await listener.accept();
    await conn.write(bytes("220 mail.example ESMTP\r\n"));
    conn.close();
  };
  const [{ code, stderr }] = await Promise.all([
    runConfab(["connect", `127.0.0.1:${listener.addr.port}`, "--name", "ada"]),
    inTime(greet(), () => "a client to connect"),
  ]);
  assertEquals(code, 4);
  assertOneLine(stderr);
  assertUntroubled(stderr);
});

Deno.test("a port in use exits 3 with one line", async () => {
  await using server = await serve();
  const { code, stdout, stderr } = await runConfab(["serve", "--port", String(server.port)]);
  assertEquals([code, stdout], [3, ""]);
  assertOneLine(stderr);
  assertMatch(stderr, /Port \d+ is already in use: .*--port/);
});

Deno.test({
  name: "a signal while a message waits for the server exits 6 and says so (Windows has none)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serve();
    await using ada = confab(["connect", server.address, "--name", "ada"]);
    await ada.type("first\n");
    await ada.stdout.next("first");
    server.program.kill("SIGKILL");
    await ada.stderr.next("reconnecting");
    await ada.type(`second\n${"x".repeat(9_000)}\n`);
    await ada.stderr.next("Line 3 was not sent");
    ada.kill("SIGTERM");
    const { code, stderr } = await ada.exit();
    assertEquals(code, 6);
    assertMatch(stderr, /1 message was not acknowledged: run again with the same name to send the rest$/);
  },
});

const [program, ...words] = commandLine(["connect"]);
const quoted = [program, ...words].map((word) => `'${word}'`).join(" ");

Deno.test({
  name: "it ends quietly when the reader of standard output closes (needs bash)",
  ignore: !HAS_BASH,
  async fn() {
    await using server = await serve();
    const script = `${quoted} "$@" --json | head -1; echo "code=\${PIPESTATUS[0]}"`;
    await using shell = new Program("bash", { args: ["-c", script, "bash", server.address, "--name", "ada"] });
    assertStringIncludes(await shell.stdout.next("{"), '"welcome"');
    await using bob = await Peer.join(server.address, "bob");
    await bob.send({ type: "message", text: "into the void" });
    assertEquals(await shell.stdout.next("code="), "code=0");
    assertEquals((await shell.exit()).stderr, "");
  },
});

for (const [what, redirection] of [["closed", "<&-"], ["a folder", "</"], ["/dev/null", "</dev/null"]] as const) {
  Deno.test({
    name: `a standard input that is ${what} ends in no stack trace (needs bash)`,
    ignore: !HAS_BASH,
    async fn() {
      await using server = await serve();
      await using shell = new Program("bash", {
        args: ["-c", `${quoted} "$@" ${redirection}`, "bash", server.address, "--name", "ada"],
      });
      const { code, stderr } = await shell.exit();
      assertUntroubled(stderr);
      assertEquals(code === 0, stderr === "", stderr);
    },
  });
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
