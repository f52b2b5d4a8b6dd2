import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { HAS_TMUX, runConfab, serve, serveAgain } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Tmux } from "../helpers/tmux.ts";

/** Reading at a real terminal with a real server. */
function readingTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (needs tmux)`, ignore: !HAS_TMUX, fn });
}

async function connect(terminal: Tmux, address: string, ...options: readonly string[]): Promise<void> {
  await terminal.enter(`clear; confab connect ${address} --name ada ${options.join(" ")}`);
  await terminal.until(/Ctrl-D quits[^]*>$/);
}

async function say(peer: Peer, room: string, text: string): Promise<void> {
  await peer.send({ type: "message", room, text });
  await peer.next({ type: "message", text });
}

readingTest("who is ignored stays it over a restart, and what nobody read comes again below a line", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  await using eve = await Peer.join(server.address, "eve");
  await using terminal = await Tmux.open();
  await connect(terminal, server.address, "--room", "lobby", "--room", "ops");
  await terminal.enter("/ignore eve");
  await terminal.until("You no longer see messages of eve");
  await bob.send({ type: "join", room: "ops", name: "bob" });
  await bob.next({ type: "joined" });
  await say(bob, "ops", "nobody has read this");
  await say(eve, "lobby", "spam");
  await terminal.untilPrompt("#lobby [2 #ops 1]>");
  await terminal.enter("/quit");
  await terminal.until(/\$ ?$/);
  await say(bob, "lobby", "you were away");
  await connect(terminal, server.address, "--room", "lobby", "--room", "ops");
  await terminal.until(/^--- 1 new since you left ---\n\[.*\] bob: you were away$/m);
  await terminal.untilPrompt("#lobby [2 #ops 1]>");
  await say(eve, "lobby", "more spam");
  await terminal.press("M-2");
  const screen = await terminal.until(/^--- 1 new in #ops ---\n\[.*\] bob: nobody has read this\n#ops>$/m);
  assertNotMatch(screen, /spam/);
});

readingTest(
  "the window's title counts unread messages, the bell rings if chosen, and the title is restored",
  async () => {
    await using server = await serve();
    await using bob = await Peer.join(server.address, "bob");
    await using terminal = await Tmux.open();
    const before = await terminal.state("pane_title");
    await connect(terminal, server.address);
    assertEquals(await terminal.state("pane_title"), "#lobby - Confab");
    await terminal.enter("/join dev");
    await terminal.untilPrompt("#dev>");
    await say(bob, "lobby", "one");
    await terminal.untilPrompt("#dev [1 #lobby 1]>");
    assertEquals(await terminal.state("pane_title"), "(1) #dev - Confab");
    await terminal.enter("/set bell on");
    await terminal.until("* bell is on");
    await say(bob, "lobby", "ada: two");
    await terminal.until("#lobby bob: ada: two");
    await terminal.enter("/quit");
    await terminal.until(/\$ ?$/);
    assertEquals(await terminal.state("pane_title"), before);
  },
);

readingTest("code keeps its spaces, and times are local, or in UTC on request", async () => {
  await using server = await serve();
  await using bob = await Peer.join(server.address, "bob");
  await using terminal = await Tmux.open();
  await terminal.enter("export TZ=Asia/Tokyo");
  await connect(terminal, server.address, "--utc");
  const code = "```\nif (ada) {\n\treturn  1;\n}\n```";
  await say(bob, "lobby", code);
  const screen = await terminal.until(/\] bob:\n {8}│ if \(ada\) \{\n {8}│ {7}return {2}1;\n {8}│ \}\n#lobby>$/);
  const [, hours] = /\[(\d\d):\d\d\] bob/.exec(screen)!;
  const utc = new Date().getUTCHours();
  assertEquals([utc, (utc + 23) % 24].includes(Number(hours)), true);
  await terminal.enter("/set utc off");
  await terminal.until("* utc is off");
  await say(bob, "lobby", "in Tokyo");
  const [, own] = /\[(\d\d):\d\d\] bob: in Tokyo/.exec(await terminal.until("in Tokyo"))!;
  assertEquals([9, 10].includes((Number(own) - utc + 24) % 24), true);
});

readingTest("what failed is sent again or dropped, as its author says", async () => {
  await using server = await serve();
  await using terminal = await Tmux.open();
  await connect(terminal, server.address);
  await terminal.enter("/msg carl are you there?");
  await terminal.until("✗ 1 → carl: are you there? (failed: /resend 1 or /drop 1)");
  await terminal.enter("/msg dora never mind");
  await terminal.until("✗ 2 → dora: never mind (failed: /resend 2 or /drop 2)");
  await using carl = await Peer.join(server.address, "carl");
  await terminal.enter("/resend 1");
  await carl.next({ type: "message", text: "are you there?" });
  await terminal.enter("/drop");
  await terminal.until(/^\* Dropped: "never mind"\n#lobby>$/m);
});

readingTest(
  "without a connection the user can type and drop waiting messages, and a new day gets a line",
  async () => {
    await using server = await serve();
    await using terminal = await Tmux.open();
    await connect(terminal, server.address);
    await terminal.enter("/ping");
    await terminal.until(/\* The server answered in \d+ ms/);
    server.program.kill("SIGKILL");
    await terminal.until(/^#lobby \(.*\)>$/m);
    await terminal.enter("not this");
    await terminal.until("… not this");
    await terminal.enter("/drop waiting");
    await terminal.until("* Dropped 1 waiting message");
    await terminal.enter("but this");
    await terminal.until("… but this");
    await terminal.type("and a half");
    await server.program.exit();
    const from = { id: "b", name: "bob" };
    const old = ["2025-11-21T12:03:00.000Z", "2025-11-22T12:04:00.000Z"].map((at, index) =>
      JSON.stringify({ type: "message", id: `old-${index}`, room: "lobby", seq: index + 1, from, text: "old", at })
    );
    const { code, stderr } = await runConfab(["import", "--data", server.folder, "-"], { input: old.join("\n") });
    assertEquals([code, stderr], [0, ""]);
    await using _again = await serveAgain(server);
    const screen = await terminal.until(/\] ada: but this\n#lobby> and a half$/);
    assertMatch(screen, /Connection lost/);
    assertNotMatch(screen, /ada: not this/);
    assertMatch(
      screen,
      /--- .*21.* ---\n\[12:03\] bob: old\n--- .*22.* ---\n\[12:04\] bob: old\n--- .* ---\n\[.*ada: but this/,
    );
  },
);
