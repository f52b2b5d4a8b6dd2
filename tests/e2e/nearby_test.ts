import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXIT } from "../../src/cli/args/exit_codes.ts";
import { NEARBY_WAIT_MS } from "../../src/protocol/limits.ts";
import { assertUntroubled, commandLine, HAS_TMUX } from "../helpers/e2e.ts";
import { HAS_NETNS, Networks } from "../helpers/netns.ts";
import { Program } from "../helpers/process.ts";
import { Tmux } from "../helpers/tmux.ts";

const ROOT = new URL("../../", import.meta.url);
const WATCH = import.meta.resolve("../helpers/nearby_watch.ts");
const RIGHTS = ["--allow-net", "--allow-env", "--allow-sys=networkInterfaces", "--allow-read"];

function start(networks: Networks, machine: string, words: readonly string[]): Program {
  const [command, ...args] = networks.commandLine(machine, words);
  return new Program(command, { args, cwd: ROOT, env: { CONFAB_NO_ANNOUNCE: "" } });
}

/** A shared and announced server. */
async function share(networks: Networks, ...options: readonly string[]): Promise<Program> {
  const server = start(networks, "hub", commandLine(["serve", "--share", "--memory", ...options]));
  await server.stderr.first("announced");
  return server;
}

function watch(networks: Networks, machine: string): Program {
  return start(networks, machine, [Deno.execPath(), "run", "--no-prompt", ...RIGHTS, WATCH]);
}

Deno.test({
  name: "a server is found on each of its networks at its address there, and disappears with its goodbye (needs root)",
  ignore: !HAS_NETNS,
  async fn() {
    using networks = new Networks(["left", "right"]);
    await using left = watch(networks, "left");
    await using right = watch(networks, "right");
    await Promise.all([left, right].map((watching) => watching.stdout.next("looking")));
    await using server = await share(networks, "--title", "St. Mary's, room 4");
    await left.stdout.next("+ St. Mary's, room 4 10.77.1.1 true");
    await right.stdout.next("+ St. Mary's, room 4 10.77.2.1 true");
    await using lister = start(networks, "right", commandLine(["discover", "--json"]));
    const { code, stdout, stderr } = await lister.exit();
    assertEquals([code, stderr], [EXIT.fine, ""]);
    assert(NEARBY_WAIT_MS < 2_000, "it is found within two seconds");
    const { fingerprint, ...found } = JSON.parse(stdout);
    assertEquals(found, { title: "St. Mary's, room 4", address: "10.77.2.1:5050", tls: true });
    assertMatch(server.stdout.all.join("\n"), new RegExp(fingerprint));
    server.kill("SIGTERM");
    const ended = await server.exit();
    assertEquals(ended.code, EXIT.fine);
    assertUntroubled(ended.stderr);
    await left.stdout.next("- St. Mary's, room 4 10.77.1.1");
    await right.stdout.next("- St. Mary's, room 4 10.77.2.1");
    await using again = start(networks, "left", commandLine(["discover"]));
    const none = await again.exit();
    assertEquals([none.code, none.stdout], [EXIT.cannotConnect, ""]);
    assertMatch(none.stderr, /--share[^]*UDP port 5353/);
  },
});

Deno.test({
  name: "machines that have only IPv6 find a server over IPv6, on each of its networks (needs root)",
  ignore: !HAS_NETNS,
  async fn() {
    using networks = new Networks(["left", "right"], { v6: true });
    await using server = await share(networks, "--title", "Tea");
    await using left = start(networks, "left", commandLine(["discover", "--json"]));
    await using right = start(networks, "right", commandLine(["discover", "--json"]));
    const found = (await Promise.all([left.exit(), right.exit()])).map(({ stdout }) => JSON.parse(stdout).address);
    assertEquals(found, ["[fd77:1::1]:5050", "[fd77:2::1]:5050"]);
    server.kill("SIGTERM");
    const { code, stderr } = await server.exit();
    assertEquals(code, EXIT.fine);
    assertUntroubled(stderr);
  },
});

Deno.test({
  name: "connect without an address lists nearby servers, and Enter joins one with its password (needs root and tmux)",
  ignore: !HAS_NETNS || !HAS_TMUX,
  async fn() {
    using networks = new Networks(["left"]);
    await using server = await share(networks, "--title", "Tea", "--password", "correct horse 7");
    await using other = await share(networks, "--title", "Tea", "--port", "5051");
    await using terminal = await Tmux.open();
    await terminal.enter(networks.commandLine("left", ["confab", "connect", "--name", "ada"]).join(" "));
    await terminal.until(
      / 1 {2}Tea \(10\.77\.1\.1:5050\)[^]* 2 {2}Tea \(2\) \(10\.77\.1\.1:5051\)[^]*Number, address or invite/,
    );
    await terminal.enter("7");
    await terminal.until(/There is no choice 7/);
    await terminal.press("Enter");
    await terminal.until(/Password of the chat: ?$/);
    await terminal.enter("correct horse 7");
    await terminal.until(/Ctrl-D quits/);
    await terminal.enter("hello");
    await terminal.until(/ada: hello/);
    await terminal.press("C-d");
    await terminal.until(/First connection to 10\.77\.1\.1:5050: its certificate is SHA256:/);
    for (const program of [server, other]) program.kill("SIGTERM");
    for (const program of [server, other]) assertEquals((await program.exit()).code, EXIT.fine);
  },
});
