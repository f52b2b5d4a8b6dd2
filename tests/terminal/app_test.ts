import { assert, assertEquals, assertRejects } from "@std/assert";
import { HEAD, start } from "./app_stage.ts";
import { ADA, AT, BOB, joined, roomMessage, YOU } from "./memory_terminal.ts";

Deno.test("app: a typed line survives arriving messages and is drawn at once", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  await type("hel");
  assertEquals(screen.text, `${HEAD}\n#lobby> hel`);
  client.receive(roomMessage("hi"), roomMessage("there", 2));
  await settled();
  await type("lo");
  assertEquals(screen.text, `${HEAD}\n[12:03] ada: hi\n[12:03] ada: there\n#lobby> hello`);
  await quit();
});

Deno.test("app: a sent message is pending until the server returns it, and is then printed in the server's order", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 60 });
  await type("one\rtwo\rthr");
  assertEquals(client.pending.map(({ text }) => text), ["one", "two"]);
  assertEquals(screen.text, `${HEAD}\n… one\n… two\n#lobby> thr`);
  client.receive(roomMessage("first"));
  client.acknowledge(2);
  await settled();
  assertEquals(screen.text, `${HEAD}\n[12:03] ada: first\n[12:03] zoe: one\n… two\n#lobby> thr`);
  client.acknowledge(3);
  await settled();
  assertEquals(screen.text, `${HEAD}\n[12:03] ada: first\n[12:03] zoe: one\n[12:03] zoe: two\n#lobby> thr`);
  await quit();
});

Deno.test("app: ten thousand messages at once are painted in one write", async () => {
  const { terminal, screen, client, type, settled, quit } = await start({ columns: 60, color: true });
  await type("typing");
  const before = terminal.writes.length;
  for (let seq = 1; seq <= 10_000; seq++) client.receive(roomMessage(`message ${seq}`, seq, seq % 2 ? ADA : BOB));
  await settled();
  assertEquals(terminal.writes.length - before, 1);
  assert(screen.text.endsWith("[12:03] bob: message 10000\n#lobby> typing"));
  await quit();
});

Deno.test("app: messages that arrive during a write are joined into the next one", async () => {
  const { terminal, screen, client, settled, quit } = await start({ columns: 60 });
  const held = Promise.withResolvers<void>();
  terminal.held = held.promise;
  const before = terminal.writes.length;
  for (let seq = 1; seq <= 5; seq++) {
    client.receive(roomMessage(`message ${seq}`, seq));
    await settled();
  }
  assertEquals(terminal.writes.length - before, 1);
  terminal.held = undefined;
  held.resolve();
  await settled();
  assertEquals(terminal.writes.length - before, 2);
  assert(screen.text.endsWith("message 4\n[12:03] ada: message 5\n#lobby>"));
  await quit();
});

Deno.test("app: a lost link is reported in one line and counted down in the prompt, while typing goes on", async () => {
  const { screen, client, clock, type, settled, quit } = await start({ columns: 90 });
  const wait = (ms: number) =>
    client.emit({ type: "status", status: { kind: "waiting", retryAt: clock.now() + ms, reason: "Reset by peer" } });
  wait(2_500);
  await type("he");
  const lost = "! Connection lost (Reset by peer): reconnecting; unsent messages will be sent";
  assertEquals(screen.joined.at(-1), "#lobby (reconnecting in 3 s)> he");
  clock.advance(500);
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby (reconnecting in 2 s)> he");
  clock.advance(1_000);
  await type("llo");
  assertEquals(screen.joined.at(-1), "#lobby (reconnecting in 1 s)> hello");
  await type("\r");
  client.emit({ type: "status", status: { kind: "connecting", attempt: 2 } });
  wait(5_000);
  await settled();
  assertEquals(screen.joined.slice(2), [lost, "… hello", "#lobby (reconnecting in 5 s)>"]);
  client.emit({ type: "status", status: { kind: "online" } });
  client.receive(joined("lobby"));
  client.acknowledge(1);
  await settled();
  assertEquals(screen.joined.slice(2), [lost, "* Connected again", "[12:03] zoe: hello", "#lobby>"]);
  await quit();
});

Deno.test("app: a resize while typing leaves one prompt", async () => {
  const { terminal, screen, type, settled, quit } = await start({ columns: 70 });
  await type("some text that is longer than the window will be, and then a bit of it");
  for (const columns of [31, 25, 60, 20, 70]) {
    terminal.resize(columns, 12);
    await settled();
    assertEquals(screen.joined.join("\n").split("#lobby>").length, 2, `${columns}`);
  }
  const text = "some text that is longer than the window will be, and then a b\nit of it";
  assertEquals(screen.text, `${HEAD}\n#lobby> ${text}`);
  await quit();
});

Deno.test("app: slash commands reach the client, and a mistyped command can be corrected", async () => {
  const { screen, client, type, quit } = await start({ columns: 80 });
  await type("/who\r/rooms\r/topic tea  time\r/name zo\r/join dev\r/history 5\r");
  assertEquals(client.asked.slice(1), [
    { type: "members", room: "lobby" },
    { type: "rooms" },
    { type: "topic", room: "lobby", text: "tea time" },
    { rename: "zo" },
    { join: "dev" },
    { type: "history", room: "lobby", before: undefined, limit: 5 },
  ]);
  await type("/jion x\r");
  assertEquals(screen.joined.slice(-2), ['! Command "/jion" is unknown: did you mean /join?', "#lobby> /jion x"]);
  await quit();
});

Deno.test("app: /history continues before the oldest message shown", async () => {
  const { client, type, settled, quit } = await start();
  client.receive(roomMessage("a", 41), roomMessage("b", 42));
  await type("/history\r");
  client.receive({ type: "history", room: "lobby", messages: [roomMessage("old", 21)] as never, more: true });
  await settled();
  await type("/history\r");
  assertEquals(client.asked.slice(1), [
    { type: "history", room: "lobby", before: 41, limit: 20 },
    { type: "history", room: "lobby", before: 21, limit: 20 },
  ]);
  await quit();
});

Deno.test("app: a joined room becomes the current one, /room switches, and leaving returns to another room", async () => {
  const { screen, client, type, settled, quit } = await start({ columns: 80 });
  await type("/join dev\r");
  client.receive(joined("dev"));
  await type("in dev\r");
  assertEquals(client.pending.at(-1)!.target, { room: "dev" });
  assertEquals(screen.joined.at(-1), "#dev>");
  client.receive(roomMessage("over there"));
  await type("/room #lobby\r");
  assertEquals(screen.joined.slice(-5), [
    "* You write to #lobby now",
    "--- 1 new in #lobby ---",
    "[12:03] ada: over there",
    "… #dev in dev",
    "#lobby>",
  ]);
  await type("/room dev\r/leave\r");
  assertEquals(client.asked.at(-1), { leave: "dev" });
  client.receive({ type: "leave", room: "dev", member: YOU, at: AT, reason: "left" });
  await settled();
  assertEquals(screen.joined.at(-1), "#lobby>");
  await type("/room dev\r");
  assertEquals(screen.joined.at(-3), "! You are not in #dev: write /join #dev to join it");
  await quit();
});

Deno.test("app: Tab completes the latest speaker first", async () => {
  const { screen, client, type, quit } = await start({ columns: 80 });
  client.receive(roomMessage("hi", 1, ADA), roomMessage("ho", 2, BOB));
  await type("\t");
  assertEquals(screen.joined.slice(-2), ["#lobby> bob:", "[bob:] ada:"]);
  await type("\t");
  assertEquals(screen.joined.slice(-2), ["#lobby> ada:", " bob: [ada:]"]);
  await type("x");
  assertEquals(screen.joined.at(-1), "#lobby> ada: x");
  await quit();
});

Deno.test("app: a paste with line breaks becomes one message", async () => {
  const { screen, client, type, quit } = await start();
  await type("\x1b[200~one\rtwo\r\x1b[201~");
  assertEquals(screen.joined.slice(-3), ["#lobby> one", "│ two", "│"]);
  await type("\r");
  assertEquals(client.pending.map(({ text }) => text), ["one\ntwo"]);
  await quit();
});

Deno.test("app: a message that is too long stays in the input line", async () => {
  const { screen, client, type, quit } = await start({ columns: 80 });
  await type(`${"é".repeat(4097)}\r`);
  assertEquals(client.pending, []);
  assert(screen.text.includes("! The message is 2 bytes too long: shorten it, or send it in parts"));
  await quit();
});

Deno.test("app: a refused line stays to be corrected, a slash command that is typed next replaces it, and Up brings it back", async () => {
  const { screen, client, type, quit } = await start({ columns: 80 });
  await type("/nonsense\r");
  assertEquals(screen.joined.at(-1), "#lobby> /nonsense");
  await type(" more\r");
  assertEquals(screen.joined.at(-1), "#lobby> /nonsense more");
  await type("/ping\r");
  assertEquals([screen.joined.at(-1), client.asked.at(-1)], ["#lobby>", { type: "ping", ref: "ping-0" }]);
  await type("/other\r\x1b[200~/nick\x1b[201~");
  assertEquals(screen.joined.at(-1), "#lobby> /nick");
  await type("\x1b[A");
  assertEquals(screen.joined.at(-1), "#lobby> /other");
  await type("\x03");
  await type("/third\r\x7f/x");
  assertEquals(screen.joined.at(-1), "#lobby> /thir/x");
  await quit();
});

Deno.test("app: Ctrl-C, Ctrl-D and /quit leave, erase the prompt and end", async () => {
  for (const keys of ["\x04", "/quit\r", "\x03"]) {
    const { terminal, screen, client, type, ended } = await start({ columns: 60 });
    await type(keys);
    assertEquals(await ended, { kind: "closed", cause: "left", reason: "Left" });
    assertEquals(client.asked.at(-1), "close");
    assertEquals(screen.text, HEAD);
    assertEquals(screen.cursor, { row: 2, column: 0 });
    assertEquals(terminal.events, undefined);
    assert(screen.modes.has("7"));
  }
});

Deno.test("app: Ctrl-C empties the line and says once how to quit", async () => {
  const { screen, type, ended } = await start({ columns: 70 });
  await type("one\x03two\x03");
  assertEquals(screen.text, `${HEAD}\n* The line was cleared, Up brings it back: Ctrl-C again quits\n#lobby>`);
  await type("\x1b[A");
  assertEquals(screen.joined.at(-1), "#lobby> two");
  await type("\x03\x03");
  assertEquals((await ended).cause, "left");
});

Deno.test("app: quitting waits for pending messages, and a second Ctrl-C does not", async () => {
  const { screen, client, type, ended } = await start({ columns: 60 });
  await type("bye\r\x04");
  assertEquals(client.asked, ["start"]);
  await type("\x03");
  assertEquals((await ended).cause, "left");
  assertEquals(screen.text, `${HEAD}\n! Not sent: "bye"`);
});

Deno.test("app: an unsent message that is remembered is announced to be sent later", async () => {
  const { screen, client, type, ended } = await start({ columns: 60 });
  client.remembers = true;
  await type("bye\r\x04\x03");
  await ended;
  assertEquals(screen.text, `${HEAD}\n! Not sent: "bye": it will be sent when you connect again`);
});

Deno.test("app: quitting ends once the last message is acknowledged", async () => {
  const { screen, client, type, ended } = await start({ columns: 60 });
  await type("bye\r\x04");
  client.acknowledge(1);
  assertEquals((await ended).cause, "left");
  assertEquals(screen.text, `${HEAD}\n[12:03] zoe: bye`);
});

Deno.test("app: a signal or a lost terminal ends the chat like /quit and is the reason", async () => {
  const first = await start();
  first.terminal.events!.stopped("SIGTERM");
  assertEquals(await first.ended, { kind: "closed", cause: "left", reason: "SIGTERM" });
  const second = await start();
  second.terminal.hangUp();
  assertEquals(await second.ended, { kind: "closed", cause: "left", reason: "The terminal is gone" });
});

Deno.test("app: a refused client ends the app and restores the terminal", async () => {
  const { terminal, client, ended } = await start();
  client.end({ kind: "closed", cause: "refused", reason: "The server is full" });
  assertEquals(await ended, { kind: "closed", cause: "refused", reason: "The server is full" });
  assertEquals(terminal.events, undefined);
});

Deno.test("app: an internal error restores the terminal before it is thrown", async () => {
  const { terminal, type, ended } = await start();
  terminal.size = () => {
    throw new TypeError("boom");
  };
  const rejected = assertRejects(() => ended, TypeError, "boom");
  await type("x");
  await rejected;
  assertEquals(terminal.events, undefined);
});

Deno.test("app: a lone Escape does nothing, and keys after a pause are typed", async () => {
  const { screen, clock, type, settled, quit } = await start();
  await type("a\x1b");
  clock.advance(50);
  await settled();
  await type("b");
  assertEquals(screen.joined.at(-1), "#lobby> ab");
  await quit();
});

Deno.test("app: quitting asks once if it needs confirmation, and a signal never asks", async () => {
  let question: string | undefined = "Two others are here: quit again";
  const { screen, client, type, ended } = await start({ columns: 60, confirmQuit: () => question });
  await type("\x04");
  assertEquals(screen.text, `${HEAD}\n* Two others are here: quit again\n#lobby>`);
  question = "Three others are here: quit again";
  await type("/quit\r");
  assert(screen.text.endsWith("* Three others are here: quit again\n#lobby>"), screen.text);
  assertEquals(client.asked, ["start"]);
  await type("Not yet\r\x04");
  assert(screen.text.endsWith("* Three others are here: quit again\n… Not yet\n#lobby>"), screen.text);
  client.acknowledge(1);
  await type("/quit\r");
  assertEquals((await ended).cause, "left");
  const alone = await start({ confirmQuit: () => undefined });
  await alone.type("\x04");
  assertEquals((await alone.ended).cause, "left");
  const stopped = await start({ confirmQuit: () => "Really?" });
  stopped.terminal.events!.stopped("SIGTERM");
  assertEquals((await stopped.ended).reason, "SIGTERM");
});
