import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { HAS_TMUX, serve, serveAgain } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { chatTest, say, unwrapped } from "../helpers/terminal_chat.ts";
import { Tmux } from "../helpers/tmux.ts";

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Checks that the shell has the terminal again, in its former state. */
async function assertRestored(terminal: Tmux, code: number): Promise<void> {
  await terminal.until(/^\$ ?$/m);
  await terminal.enter("echo code=$?; stty -a");
  const screen = await terminal.until(/icanon[^]*\n\$ ?$/);
  assertMatch(screen, new RegExp(`^code=${code}$`, "m"));
  assertMatch(screen, /(?<!-)\bicanon\b/);
  assertMatch(screen, /(?<!-)\becho\b/);
  assertMatch(screen, /(?<!-)\bisig\b/);
  assertMatch(screen, /(?<!-)\bicrnl\b/);
  assertMatch(screen, /(?<!-)\bopost\b/);
  assertEquals([await terminal.state("cursor_flag"), await terminal.state("wrap_flag")], ["1", "1"]);
  await terminal.enter("clear; echo ready; cat -v");
  await terminal.until(/^ready$/m);
  // With bracketed paste on, brackets would show.
  await terminal.paste("pasted");
  assertEquals(await terminal.until("pasted"), "ready\npasted");
  await terminal.press("C-c");
}

chatTest("what is being typed survives what arrives", async ({ terminal, bob }) => {
  await terminal.type("half a sen");
  await terminal.untilPrompt("#lobby> half a sen");
  await say(bob, "one", "two", "three");
  const screen = await terminal.until("bob: three");
  assertMatch(screen, /bob: one\n.*bob: two\n.*bob: three\n#lobby> half a sen$/);
  assertEquals(await terminal.state("cursor_x"), "18");
  await terminal.enter("tence");
  await bob.next({ type: "message", text: "half a sentence" });
  await terminal.until(/\[\d\d:\d\d\] ada: half a sentence\n#lobby>$/);
});

chatTest("what is being typed survives 500 lines at once, which stay in the scrollback", async ({ terminal, bob }) => {
  await terminal.type("half a sen");
  await terminal.untilPrompt("#lobby> half a sen");
  await say(bob, ...Array.from({ length: 500 }, (_, index) => `line ${index} of many`));
  await terminal.until("line 499");
  await terminal.untilPrompt("#lobby> half a sen");
  const lines = (await terminal.scrollback()).split("\n");
  const arrived = lines.filter((line) => line.includes("of many"));
  assertEquals(
    arrived.map((line) => line.replace(/^.* line (\d+) of many$/, "$1")),
    Array.from({ length: 500 }, (_, index) => `${index}`),
  );
  assertEquals(lines.filter((line) => line.startsWith("#lobby>")).length, 1);
}, { serving: ["--rate", "0"] });

chatTest("a long input of wide characters wraps, and survives what arrives", async ({ terminal, bob }) => {
  const text = "日本語の長い文章😀 ".repeat(8).trim();
  await terminal.type(text);
  await terminal.until((screen) => unwrapped(screen).endsWith(`#lobby> ${text}`));
  await say(bob, "first", "日本".repeat(30));
  const screen = await terminal.until((screen) => unwrapped(screen).includes("日本".repeat(30)));
  assert(unwrapped(screen).endsWith(`#lobby> ${text}`), screen);
  assertEquals(count(screen, "#lobby>"), 1, screen);
  await terminal.press("Enter");
  await bob.next({ type: "message", text });
}, { size: { columns: 39, rows: 24 } });

chatTest("a resize redraws what is being typed", async ({ terminal, bob }) => {
  const text = "a rather long line that needs more than one row when the window gets narrower";
  await terminal.type(text);
  await terminal.until((screen) => unwrapped(screen).endsWith(`#lobby> ${text}`));
  // It redraws by itself, before the server's next ping. Without room the prompt is shorter.
  const begun = performance.now();
  await terminal.resize({ columns: 14, rows: 24 });
  await terminal.until(/^> a rather[^#]+narrower$/m);
  assert(performance.now() - begun < 10_000, "The new size was not noticed");
  for (const [columns, rows] of [[40, 24], [100, 10], [23, 24], [80, 24]] as const) {
    await terminal.resize({ columns, rows });
    const mark = `now ${columns} wide`;
    await say(bob, mark);
    const screen = await terminal.until((screen) => unwrapped(screen).includes(mark));
    assert(unwrapped(screen).endsWith(`#lobby> ${text}`), screen);
    assertEquals(count(screen, "#lobby>"), 1, screen);
  }
  await terminal.press("Enter");
  await bob.next({ type: "message", text });
});

chatTest("a window of three rows still shows where one types", async ({ terminal, bob }) => {
  await terminal.type("x".repeat(200));
  await terminal.untilPrompt("x".repeat(8));
  await say(bob, "hello");
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "x".repeat(200) });
  await terminal.untilPrompt("#lobby>");
}, { size: { columns: 40, rows: 3 } });

chatTest("Tab completes names, commands and rooms", async ({ server, terminal, bob }) => {
  await using _boris = await Peer.join(server.address, "boris");
  await terminal.until("boris joined");
  await terminal.type("bor");
  await terminal.press("Tab");
  await terminal.untilPrompt("#lobby> boris:");
  await terminal.press("C-u");
  await terminal.type("hello bob");
  await terminal.press("Tab");
  await terminal.type("!");
  await terminal.untilPrompt("#lobby> hello bob !");
  await terminal.press("C-u");
  await terminal.type("/to");
  await terminal.press("Tab");
  await terminal.untilPrompt("#lobby> /topic");
  await terminal.type("in #lo");
  await terminal.press("Tab", "Enter");
  await bob.next({ type: "topic", text: "in #lobby" });
});

chatTest("Up brings back what was sent, Down what was being typed", async ({ terminal, bob }) => {
  await terminal.enter("first");
  await terminal.enter("second");
  await bob.next({ type: "message", text: "second" });
  await terminal.type("draft");
  await terminal.press("Up");
  await terminal.untilPrompt("#lobby> second");
  await terminal.press("Up");
  await terminal.untilPrompt("#lobby> first");
  await terminal.press("Down", "Down");
  await terminal.untilPrompt("#lobby> draft");
  await terminal.press("Up", "Up", "Enter");
  await bob.next({ type: "message", text: "first" });
});

chatTest("a line is edited in its middle", async ({ terminal, bob }) => {
  await terminal.type("hello wrld");
  await terminal.press("Left", "Left", "Left");
  await terminal.type("o");
  await terminal.press("Home");
  await terminal.type("> ");
  await terminal.press("End", "BSpace");
  await terminal.type("D!");
  await terminal.untilPrompt("#lobby> > hello worlD!");
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "> hello worlD!" });
});

chatTest("several lines are pasted as one message", async ({ terminal, bob }) => {
  await terminal.send("\x1b[200~one\x07\rtwo\x1b[201~");
  await terminal.paste("\nthree");
  await terminal.until(/#lobby> one\n│ two\n│ three$/);
  await terminal.press("Enter");
  await bob.next({ type: "message", text: "one\ntwo\nthree" });
  await terminal.until(/ada: one\n +two\n +three\n#lobby>$/);
});

chatTest("/help lists the commands, and a mistyped one is answered with the nearest", async ({ terminal }) => {
  await terminal.enter("/help");
  const screen = await terminal.until("/quit");
  for (const command of "help join leave room msg me who rooms name topic history clear quit".split(" ")) {
    assertMatch(screen, new RegExp(`^ +/${command}\\b`, "m"));
  }
  await terminal.enter("/tpoic");
  await terminal.until("did you mean /topic?");
});

chatTest("/who, /rooms and /topic tell about the room", async ({ terminal, bob }) => {
  await terminal.enter("/who");
  await terminal.until(/^\* 2 in #lobby: (@bob, ada|ada, @bob) \(@ moderates\)$/m);
  await terminal.enter("/topic release on Friday");
  await bob.next({ type: "topic", text: "release on Friday" });
  await terminal.until("You set the topic: release on Friday");
  await terminal.enter("/rooms");
  await terminal.until(/^ +#lobby +2 here +release on Friday$/m);
});

chatTest("/name changes the name, and one that is taken is refused", async ({ terminal, bob }) => {
  await terminal.enter("/name countess");
  const { was, member } = await bob.next({ type: "rename" });
  assertEquals([was, member.name], ["ada", "countess"]);
  await terminal.until("You are now countess");
  await terminal.enter("/name BOB");
  await terminal.until(/^! Name "BOB" .*"BOB2" is free/m);
});

chatTest("/msg reaches one person, /me says what one does", async ({ server, terminal, bob }) => {
  await using carol = await Peer.join(server.address, "carol");
  await terminal.enter("/msg bob psst");
  assertEquals((await bob.next({ type: "message", text: "psst" })).with.name, "ada");
  await terminal.until(/you → bob: psst$/m);
  await terminal.enter("/me waves");
  await carol.next({ type: "message", text: "/me waves" });
  await terminal.until(/\* ada waves$/m);
  assertEquals(carol.events.filter(({ type }) => type === "message").length, 1);
});

chatTest(
  "several rooms: the prompt names the current one and counts unread messages in others, which Alt and a number show",
  async ({ server, terminal, bob }) => {
    await using olga = await Peer.join(server.address, "olga", "ops");
    await terminal.enter("/join #Ops");
    await terminal.untilPrompt("#ops> ");
    await olga.next({ type: "join" });
    await terminal.enter("disk?");
    await olga.next({ type: "message", room: "ops", text: "disk?" });
    await say(bob, "anybody here?");
    await terminal.untilPrompt("#ops [1 #lobby 1]>");
    await terminal.type("half a sen");
    await terminal.press("M-1");
    await terminal.until(/^--- 1 new in #lobby ---\n\[.*\] bob: anybody here\?\n#lobby>$/m);
    await olga.send({ type: "message", room: "ops", text: "disk is fine" });
    await olga.send({ type: "message", room: "ops", text: "Ada, look" });
    await terminal.until(/\] #ops olga: Ada, look\n#lobby \[2 #ops 2 @1\]>$/);
    await terminal.enter("here");
    await bob.next({ type: "message", text: "here" });
    await terminal.enter("/room");
    await terminal.until("You are in 1 #lobby, 2 #ops (2 new, 1 for you)");
    await terminal.press("M-2");
    await terminal.until(/olga: disk is fine\n\[.*\] olga: Ada, look\n#ops> half a sen$/);
    await terminal.press("C-u");
    await terminal.enter("/leave ops");
    await olga.next({ type: "leave", reason: "left" });
    await terminal.until("You left #ops");
  },
);

chatTest("/history shows what was said before one came", async ({ server, terminal, bob }) => {
  await say(bob, "early", "bird");
  await terminal.until("bob: bird");
  await terminal.enter("/quit");
  await terminal.until(/\$ ?$/);
  await terminal.enter(`clear; confab connect ${server.address} --name eve`);
  await terminal.until(/You are eve[^]*Ctrl-D quits/);
  await terminal.enter("/history");
  await terminal.until(/older messages of #lobby[^]*bob: early\n[^]*bob: bird\n[^]*end; there are no older ones/);
});

chatTest("/history and /search find what was said before the server died", async ({ server, terminal, bob }) => {
  await say(bob, "a red fox", "a blue fox", "a red hen", "red herring");
  await terminal.until("bob: red herring");
  await terminal.enter("/quit");
  await terminal.until(/\$ ?$/);
  server.program.kill("SIGKILL");
  await using again = await serveAgain(server);
  await terminal.enter(`clear; confab connect ${again.address} --name eve`);
  await terminal.until(/You are eve[^]*Ctrl-D quits/);
  await terminal.enter("/history 2");
  await terminal.until(/older messages of #lobby[^]*bob: a red hen\n[^]*bob: red herring\n/);
  assertNotMatch(await terminal.screen(), /fox/);
  await terminal.enter("/history");
  await terminal.until(/bob: a red fox\n[^]*bob: a blue fox\n[^]*end; there are no older ones/);
  await terminal.enter('/search from:BOB "a red" before:2100-01-01');
  const screen = await terminal.until(/found for from:BOB "a red" before:2100-01-01 in #lobby[^]*--- end ---/);
  const [, found] = screen.split("found for from:BOB");
  assertMatch(found!, /bob: a red fox\n[^]*bob: a red hen\n/);
  assertNotMatch(found!, /herring|blue/);
  await terminal.enter("/search purple");
  await terminal.until('* Nothing found for "purple" in #lobby');
});

chatTest("a mention is marked, in any case, and nothing else is", async ({ terminal, bob }) => {
  await say(bob, "hello ADA", "hello adam");
  await terminal.until("adam");
  const screen = await terminal.colors();
  const reversed = "\x1b\\[(\\d+;)*7(;\\d+)*m";
  assertMatch(screen, new RegExp(`${reversed}ADA`));
  assertNotMatch(screen, new RegExp(`${reversed}ada`));
});

chatTest("nobody draws on another's terminal", async ({ terminal, bob }) => {
  await terminal.type("typing");
  await say(bob, "\x1b[2J\x1b[Hgone\x1b]0;title\x07\x9b31m\u202etxet\x0e");
  const screen = await terminal.until(/txet[^]*#lobby> typing$/);
  assertMatch(screen, /confab connect/);
  await say(bob, "and on");
  await terminal.until(/bob: and on\n#lobby> typing$/);
});

chatTest("/clear and Ctrl-L leave the prompt alone on the screen", async ({ terminal, bob }) => {
  await terminal.enter("/clear");
  await terminal.until(/^#lobby>$/);
  await say(bob, "hello");
  await terminal.until(/^\[.*hello\n#lobby>$/);
  await terminal.type("kept");
  await terminal.press("C-l");
  await terminal.until(/^#lobby> kept$/);
});

const WAYS_OUT: readonly [string, (terminal: Tmux) => Promise<void>][] = [
  ["/quit", (terminal) => terminal.enter("/quit")],
  ["Ctrl-D on an empty line", (terminal) => terminal.press("C-d")],
  ["Ctrl-C on an empty line", (terminal) => terminal.press("C-c")],
  ["SIGTERM", async (terminal) => {
    await terminal.type("unfinished");
    await terminal.untilPrompt("#lobby> unfinished");
    Deno.kill(await terminal.programId(), "SIGTERM");
  }],
  ["SIGINT", async (terminal) => Deno.kill(await terminal.programId(), "SIGINT")],
];

for (const [what, leave] of WAYS_OUT) {
  chatTest(`${what} leaves, and restores the terminal`, async ({ terminal, bob }) => {
    await leave(terminal);
    await bob.next({ type: "leave", reason: "left" });
    await assertRestored(terminal, 0);
  });
}

chatTest("Ctrl-C empties the line first", async ({ terminal, bob }) => {
  await terminal.type("not this");
  await terminal.untilPrompt("#lobby> not this");
  await terminal.press("C-c");
  await terminal.untilPrompt("#lobby>");
  await terminal.enter("but this");
  await bob.next({ type: "message", text: "but this" });
  await terminal.press("C-c");
  await bob.next({ type: "leave" });
  assertEquals(bob.events.filter(({ type }) => type === "message").length, 1);
});

chatTest(
  "the prompt shows that the connection is lost, and typed messages wait and arrive once",
  async ({ server, terminal }) => {
    server.program.kill("SIGKILL");
    await terminal.until(/Connection lost .*reconnecting/);
    await terminal.until(/^#lobby \((re)?connecting.*\)> *$/m);
    await terminal.enter("typed meanwhile");
    await terminal.until(/^… typed meanwhile\n#lobby \(/m);
    await using again = await serveAgain(server);
    await terminal.until(/ada: typed meanwhile\n#lobby>$/);
    await using bob = await Peer.join(again.address, "bob");
    await bob.send({ type: "history", room: "lobby" });
    const { messages } = await bob.next({ type: "history" });
    assertEquals(messages.map(({ text }: { text: string }) => text), ["typed meanwhile"]);
    const screen = await terminal.until("bob joined");
    assertMatch(screen, /Connected again/);
    assertEquals(count(screen, "typed meanwhile"), 1, screen);
  },
);

chatTest(
  "quitting without a connection lists unsent messages and restores the terminal",
  async ({ server, terminal }) => {
    server.program.kill("SIGKILL");
    await terminal.until(/Connection lost/);
    await terminal.enter("never sent");
    await terminal.until(/^… never sent$/m);
    await terminal.press("C-d");
    await terminal.until(/^! Not sent: "never sent"/m);
    await assertRestored(terminal, 0);
  },
);

Deno.test({
  name: "an unreachable server gives one line, exit code 4, and an unchanged terminal (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using terminal = await Tmux.open();
    await terminal.enter("confab connect 127.0.0.1:1 --name ada; echo code=$?");
    assertMatch(
      await terminal.until(/^code=\d/m),
      /^Connection refused by 127\.0\.0\.1:1: check the address[^]*\ncode=4$/m,
    );
    await assertRestored(terminal, 0);
  },
});

Deno.test({
  name: "at a terminal a taken name becomes the suggested one (needs tmux)",
  ignore: !HAS_TMUX,
  async fn() {
    await using server = await serve();
    await using _ada = await Peer.join(server.address, "ada");
    await using terminal = await Tmux.open();
    await terminal.enter(`confab connect ${server.address} --name ada`);
    await terminal.until("You are ada2 in #lobby");
  },
});

chatTest("--plain only ever appends lines", async ({ terminal, bob }) => {
  await terminal.enter("hello from plain");
  await bob.next({ type: "message", text: "hello from plain" });
  await say(bob, "hello back");
  await terminal.until(/bob: hello back$/m);
  assertNotMatch(await terminal.screen(), /#lobby>/);
  await terminal.enter("/who");
  await terminal.until("2 in #lobby");
  await terminal.press("C-d");
  await bob.next({ type: "leave", reason: "left" });
  await assertRestored(terminal, 0);
}, { connecting: "--plain" });

chatTest("--json prints events on a terminal, too, and sends what is typed", async ({ terminal, bob }) => {
  await terminal.until('"type":"joined"');
  await terminal.enter("typed");
  await bob.next({ type: "message", text: "typed" });
  await terminal.press("C-d");
  await bob.next({ type: "leave", reason: "left" });
  await assertRestored(terminal, 0);
}, { connecting: "--json" });
