import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import type { CommandSpec } from "../../src/cli/args/arguments.ts";
import { BACKUP } from "../../src/cli/commands/data/backup.ts";
import { CONNECT } from "../../src/cli/commands/connect.ts";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { EXPORT } from "../../src/cli/commands/data/export.ts";
import { IMPORT } from "../../src/cli/commands/data/import.ts";
import { INVITE } from "../../src/cli/commands/invite.ts";
import { SEND } from "../../src/cli/commands/send.ts";
import { SERVE } from "../../src/cli/commands/serve.ts";
import { TOP } from "../../src/cli/commands/top.ts";
import { CommandBatch } from "../helpers/command_batch.ts";
import { assertOneLine, assertUntroubled, BINARY, confab, runConfab, serve, WINDOWS } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { run } from "../helpers/process.ts";

const COMMANDS: readonly CommandSpec[] = [SERVE, CONNECT, SEND, INVITE, EXPORT, IMPORT, BACKUP, TOP];

/** The smallest usual screen. */
const SCREEN = { columns: 100, rows: 30 };

for (const args of [["--help"], ["help"], ["-h"], []]) {
  Deno.test(`${["confab", ...args].join(" ")} lists all commands on one screen`, async () => {
    const { code, stdout, stderr } = await runConfab(args);
    assertEquals([code, stderr], [0, ""]);
    assertFits(stdout);
    for (const { name } of COMMANDS) assertMatch(stdout, new RegExp(`^ +.*\\b${name}(?: |$)`, "m"));
  });
}

/** Arguments that ask for the help of a command. */
const ASKING = [["--help"], ["-h"], ["somewhere", "--help"]];
const HELP = new CommandBatch(
  COMMANDS.flatMap(({ name }) => [["help", name], ...ASKING.map((args) => [name, ...args])]),
);

Deno.test("a command line ends the same in a batch and in a program of its own", async () => {
  for (const args of [["help", "serve"], ["serve", "-h"]]) assertEquals(await HELP.exitOf(args), await runConfab(args));
  for (const [args] of [MISTAKES[0]!, MISTAKES.at(-1)!]) assertEquals(await WRONG.exitOf(args), await runConfab(args));
});

for (const command of COMMANDS) {
  Deno.test(`help ${command.name} shows all its options, and little else`, async () => {
    const { code, stdout, stderr } = await HELP.exitOf(["help", command.name]);
    assertEquals([code, stderr], [0, ""]);
    assertFits(stdout, Math.max(SCREEN.rows, command.options.length + 14));
    for (const { name, help } of command.options) {
      assertMatch(stdout, new RegExp(`^ +--${name}\\b`, "m"));
      assertStringIncludes(stdout, help);
    }
    for (const { line } of command.examples) assertStringIncludes(stdout, line);
  });

  Deno.test(`${command.name} --help is the same, whatever other arguments there are`, async () => {
    const { stdout } = await HELP.exitOf(["help", command.name]);
    for (const args of ASKING) {
      assertEquals(await HELP.exitOf([command.name, ...args]), { code: 0, stdout, stderr: "" });
    }
  });
}

/** A command may have more options than a screen has rows, but the text around them is short. */
function assertFits(text: string, rows: number = SCREEN.rows): void {
  const lines = text.split("\n");
  assert(lines.length <= rows, `${lines.length} lines`);
  for (const line of lines) assert(line.length <= SCREEN.columns, `${line.length} columns: ${line}`);
}

Deno.test("--version prints the version of deno.json", async () => {
  for (const flag of ["--version", "-V"]) {
    assertEquals(await runConfab([flag]), { code: 0, stdout: `confab ${config.version}`, stderr: "" });
  }
});

const MISTAKES: readonly [readonly string[], RegExp][] = [
  [["conect"], /did you mean connect\?/],
  [["sevre"], /did you mean serve\?/],
  [["help", "sned"], /did you mean send\?/],
  [["xyzzy"], /^Unknown command "xyzzy": /],
  [["serve", "--prot", "1"], /did you mean --port\?/],
  [["connect", "--nmae=ada"], /did you mean --name\?/],
  [["send", "--rom", "ops", "127.0.0.1:1", "x"], /did you mean --room\?/],
  [["serve", "--xyzzy"], /^Unknown option "--xyzzy": see serve --help$/],
  [["serve", "--port", "many"], /^Option --port is "many": expected a whole number from 0 to 65535$/],
  [["serve", "--port", "65536"], /from 0 to 65535$/],
  [["serve", "--port"], /^Option --port needs a value/],
  [["serve", "--port", "1", "--port", "2"], /give it once$/],
  [["serve", "--rate", "fast"], /expected N:BURST/],
  [["serve", "--max-connections", "0"], /from 1 to/],
  [["serve", "--log", "xml"], /expected text or json$/],
  [["serve", "--log-level", "loud"], /expected debug or info or warn or error$/],
  [["serve", "--keep", "soon"], /^Option --keep is "soon": expected an age such as 30d/],
  [["serve", "--sync", "never"], /expected normal or full$/],
  [["serve", "--data"], /^Option --data needs a value/],
  [["serve", "--title", "two\nlines"], /expected one line/],
  [["serve", "--no-tcp"], /add --unix PATH$/],
  [["serve", "somewhere"], /^Unexpected argument "somewhere"/],
  [["connect", "a", "b"], /^The invite is not valid: it has 1 word after the address instead of 3$/],
  [["connect", "host:port"], /^Invalid address "host:port"/],
  [["connect", "host:0"], /^Invalid address "host:0"/],
  [["connect", "unix:"], /the path after unix: is missing/],
  [["connect", "--name", "a b"], /^Name "a b" is not valid/],
  [["connect", "--room", "a b"], /^Option --room is "a b"/],
  [["send"], /^Missing ADDRESS or TEXT/],
];

const WRONG = new CommandBatch(MISTAKES.map(([args]) => args));

for (const [args, message] of MISTAKES) {
  Deno.test(`${JSON.stringify(args.join(" "))} gets a one-line error and exit code 2`, async () => {
    const { code, stdout, stderr } = await WRONG.exitOf(args);
    assertEquals([code, stdout], [2, ""], stderr);
    assertOneLine(stderr);
    assertMatch(stderr, message);
  });
}

Deno.test("environment variables set options of serve, and options take precedence", async () => {
  const env = { CONFAB_PORT: "0", CONFAB_TITLE: "From the environment", CONFAB_RATE: "0", CONFAB_QUIET: "yes" };
  await using first = confab(["serve"], { env });
  const address = (await first.stdout.next("Listening on 127.0.0.1:")).slice("Listening on ".length);
  await using peer = (await Peer.dial(address)).read();
  await peer.send({ type: "ping" });
  const { server, limits } = await peer.next({ type: "welcome" });
  assertEquals([server.name, limits.rate], ["From the environment", undefined]);
  await using second = confab(["serve", "--title", "From the command line"], { env });
  const other = (await second.stdout.next("Listening on 127.0.0.1:")).slice("Listening on ".length);
  await using guest = (await Peer.dial(other)).read();
  await guest.send({ type: "ping" });
  assertEquals((await guest.next({ type: "welcome" })).server.name, "From the command line");
  assertEquals(first.stdout.all.length, 1);
});

Deno.test("environment variables set options of connect and send", async () => {
  await using server = await serve();
  await using ops = await Peer.join(server.address, "olga", "ops");
  const env = { CONFAB_NAME: "ada", CONFAB_ROOM: "ops,build", CONFAB_JSON: "1" };
  const { code, stdout } = await runConfab(["connect", server.address], { env, input: "hello\n" });
  assertEquals(code, 0);
  assertEquals([...stdout.matchAll(/"ref":"join (\w+)"/g)].map(([, room]) => room), ["ops", "build"]);
  assertEquals((await ops.next({ type: "message", text: "hello" })).from.name, "ada");
  assertEquals((await runConfab(["send", server.address, "done"], { env: { CONFAB_ROOM: "ops" } })).code, 0);
  await ops.next({ type: "message", text: "done" });
});

for (
  const [variable, value, message] of [
    ["CONFAB_PORT", "many", /"many"/],
    ["CONFAB_QUIET", "perhaps", /^Variable CONFAB_QUIET is "perhaps": expected 1 or 0$/],
    ["CONFAB_LOG", "xml", /"xml"/],
  ] as const
) {
  Deno.test(`${variable}=${value} gets a one-line error and exit code 2`, async () => {
    const { code, stderr } = await runConfab(["serve"], { env: { [variable]: value } });
    assertEquals(code, 2);
    assertOneLine(stderr);
    assertMatch(stderr, message);
  });
}

Deno.test("serve prints how others join, and warns about addresses beyond this machine", async () => {
  await using near = await serve();
  await near.program.stdout.next(`connect ${near.address}`);
  await near.program.stdout.next(`nc ${near.host} ${near.port}`);
  assertNotMatch(near.program.stdout.all.join("\n"), /encrypted/);
  await using far = await serve("--host", "0.0.0.0");
  await far.program.stdout.next(
    "Nothing is encrypted: others on the network can read everything. To encrypt, use --share or --tls.",
  );
  assertNotMatch(far.program.stdout.all.join("\n"), /0\.0\.0\.0/);
  await using _loopback = await Peer.join(`127.0.0.1:${far.port}`, "ada");
});

Deno.test({
  name: "serve listens on IPv6, in the form that connect takes (needs IPv6)",
  ignore: !hasIpv6(),
  async fn() {
    await using server = await serve("--host", "::1");
    assertMatch(server.address, /^\[::1\]:\d+$/);
    assertEquals((await runConfab(["send", server.address, "hello"])).code, 0);
  },
});

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("--quiet prints the addresses and nothing else", async () => {
  await using server = await serve("--quiet");
  await using _ada = await Peer.join(server.address, "ada");
  await server.stop();
  const { stdout, stderr } = await server.program.exit();
  assertEquals([stdout, stderr], [`Listening on ${server.address}`, ""]);
});

Deno.test("--log json writes one object a line", async () => {
  await using server = await serve("--log", "json");
  await using _ada = await Peer.join(server.address, "ada");
  const { at, level, event } = JSON.parse(await server.program.stderr.next("connected"));
  assertEquals([level, event, new Date(at).toISOString()], ["info", "connected", at]);
  await server.stop();
});

Deno.test("the log contains no message text and no token", async () => {
  await using server = await serve();
  await using ada = await Peer.join(server.address, "ada");
  await ada.send({ type: "message", ref: "r", text: "xyzzy" }, { type: "topic", room: "lobby", text: "xyzzy" });
  await ada.next({ type: "topic" });
  const { you } = ada.events.find(({ type }) => type === "joined")!;
  await server.stop();
  const { stdout, stderr } = await server.program.exit();
  assert(!`${stdout}${stderr}`.includes("xyzzy") && !`${stdout}${stderr}`.includes(you.token));
});

const RIGHTS: readonly [readonly string[], number, RegExp][] = [
  [["serve"], EXIT.cannotStore, /^Cannot open the data folder: .*: run it with --allow-env$/],
  [["serve", "--memory"], EXIT.cannotListen, /net access: run it with --allow-net$/],
  [["serve", "--memory", "--no-tcp", "--unix", "/tmp/never.sock"], EXIT.cannotListen, /access: run it with --allow-/],
  [["connect"], EXIT.cannotConnect, /net access: run it with --allow-net$/],
  [["connect", "unix:/tmp/never.sock"], EXIT.cannotConnect, /access: run it with --allow-/],
  [["send", "127.0.0.1:1", "hello"], EXIT.cannotConnect, /net access: run it with --allow-net$/],
];

for (const [args, code, message] of RIGHTS) {
  Deno.test({
    name: `a missing right of Deno's is named in one line: ${args.join(" ")} (an executable has them all)`,
    ignore: BINARY !== undefined || (WINDOWS && args.some((arg) => arg.includes("unix"))),
    async fn() {
      const main = import.meta.resolve("../../main.ts");
      const exit = await run(Deno.execPath(), {
        args: ["run", "--no-prompt", main, ...args],
      });
      assertEquals([exit.code, exit.stdout], [code, ""], exit.stderr);
      assertOneLine(exit.stderr);
      assertMatch(exit.stderr, message);
      assertUntroubled(exit.stderr);
    },
  });
}
