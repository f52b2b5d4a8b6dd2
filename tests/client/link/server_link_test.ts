import { assert, assertEquals } from "@std/assert";
import { lost } from "../../../src/client/link/link_end.ts";
import { commandLine, eventOfLine, ServerLink, withoutPrompt } from "../../../src/client/link/server_link.ts";
import { ProtocolError } from "../../../src/protocol/errors.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { memoryConnectionPair } from "../../helpers/memory_connection.ts";
import { FakeServer, welcome } from "../harness.ts";

function setUp() {
  const clock = new FakeClock();
  const [here, there] = memoryConnectionPair();
  const lines: string[] = [];
  const link = new ServerLink({ connection: here, clock, onLine: (line) => lines.push(line) });
  link.open();
  return { clock, here, link, lines, server: new FakeServer(there) };
}

Deno.test("the client speaks first, so that the server does not take it for a plain-text user", async () => {
  const { server } = setUp();
  assertEquals(await server.next(), { type: "ping" });
});

Deno.test("lines before the welcome that are not JSON are skipped", async () => {
  const { lines, link, server } = setUp();
  server.raw("Welcome to Confab!", "", "Your name?", `> ${JSON.stringify(welcome())}`, "no JSON");
  server.send({ type: "pong" });
  server.close();
  await link.ended;
  assertEquals(lines, [JSON.stringify(welcome()), "no JSON", '{"type":"pong"}']);
});

Deno.test("a server's ping is answered with its ref", async () => {
  const { server } = setUp();
  server.send(welcome(), { type: "ping", ref: "x" }, { type: "ping" });
  assertEquals(await server.next(), { type: "ping" });
  assertEquals(await server.next(), { type: "pong", ref: "x" });
  assertEquals(await server.next(), { type: "pong" });
});

Deno.test("a server that pings without reading gets no more pongs than fit in a write", async () => {
  const { here, link, server } = setUp();
  assertEquals(await server.next(), { type: "ping" });
  const release = here.stall();
  const ask = JSON.stringify({ type: "ping", ref: "x".repeat(64) });
  server.raw(JSON.stringify(welcome()), ...Array.from({ length: 20_000 }, () => ask));
  server.raw('{"type":"pong"}');
  while (!link.greeted) await Promise.resolve();
  release();
  const pongs = (await server.commands()).length;
  assert(pongs > 1_000 && pongs < 5_000, `${pongs} answers`);
});

Deno.test("a server that sends nothing is given up after ten seconds", async () => {
  const { clock, here, link } = setUp();
  clock.advance(10_000);
  assertEquals(await link.ended, lost("No welcome within 10 s: is it a Confab server?"));
  assert(here.closed);
  assertEquals(clock.timers, 0);
});

Deno.test("a silent link is pinged and then declared dead", async () => {
  const { clock, link, server } = setUp();
  server.send(welcome());
  await server.commands();
  clock.advance(15_000);
  assertEquals(await server.next(), { type: "ping" });
  clock.advance(30_000);
  assertEquals(await link.ended, lost("No data from the server for 45 s"));
  assertEquals(clock.timers, 0);
});

Deno.test("a close before the welcome suggests another kind of server, and a close after it is a plain close", async () => {
  const stranger = setUp();
  stranger.server.close();
  assertEquals(await stranger.link.ended, lost("Closed without a welcome: is it a Confab server?"));
  const known = setUp();
  known.server.send(welcome());
  known.server.close();
  assertEquals(await known.link.ended, lost("The server closed the connection"));
});

Deno.test("a read error ends the link with its reason and without a rejection", async () => {
  const { here, link } = setUp();
  here.break(new Error("Connection reset"));
  assertEquals(await link.ended, lost("Connection lost: Connection reset"));
});

/** Makes the link's writes fail from now on. Resolves when the first has failed. */
async function breakWriting({ here, link, server }: ReturnType<typeof setUp>): Promise<void> {
  await server.next();
  const failed = Promise.withResolvers<void>();
  here.write = () => {
    failed.resolve();
    return Promise.reject(new Error("Broken pipe"));
  };
  link.send({ type: "rooms" });
  await failed.promise;
  await Promise.resolve();
}

Deno.test("after a write error the link is read for one more second, because the reason may still arrive", async () => {
  const refused = setUp();
  await breakWriting(refused);
  refused.server.send(welcome());
  refused.server.close();
  assertEquals(await refused.link.ended, lost("The server closed the connection"));
  assertEquals(refused.lines, [JSON.stringify(welcome())]);
  const silent = setUp();
  await breakWriting(silent);
  silent.clock.advance(1_000);
  assertEquals(await silent.link.ended, lost("Connection lost: Broken pipe"));
  assertEquals(silent.clock.timers, 0);
});

Deno.test("lines before an unreadable one are passed on, and then the link ends", async () => {
  const { lines, link, server } = setUp();
  const line = JSON.stringify(welcome());
  server.connection.other.deliver([line, new ProtocolError("line_too_long", "Line is too long")]);
  assertEquals(await link.ended, lost("Cannot read the server: Line is too long"));
  assertEquals(lines, [line]);
});

Deno.test("nothing is passed on or written after the end", async () => {
  const clock = new FakeClock();
  const [here, there] = memoryConnectionPair();
  const lines: string[] = [];
  const link: ServerLink = new ServerLink({
    connection: here,
    clock,
    onLine: (line) => {
      lines.push(line);
      link.end(lost("enough"));
      link.end(lost("the second does not count"));
    },
  });
  link.open();
  new FakeServer(there).send(welcome(), { type: "pong" });
  assertEquals(await link.ended, lost("enough"));
  link.send({ type: "rooms" });
  assertEquals(lines.length, 1);
  assertEquals(clock.timers, 0);
});

Deno.test("a TLS alert from the server ends the link with advice to use TLS", async () => {
  const { here, link } = setUp();
  here.receive(Uint8Array.of(0x15, 3, 3, 0, 2, 2, 0x0a));
  here.other.close();
  assertEquals(await link.ended, lost("This server speaks TLS: connect with --tls, or with its invite"));
});

Deno.test("a command is one line, whatever its text contains", () => {
  const line = commandLine({ type: "message", ref: "r", room: "lobby", text: "a\nb" });
  assertEquals(line, '{"type":"message","ref":"r","room":"lobby","text":"a\\nb"}\n');
});

Deno.test("a line that is not an event of this version is undefined and does not throw", () => {
  const lines = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"type":7}',
    '{"type":"party"}',
    '{"type":"ack"}',
    '{"type":"message","seq":"one"}',
    '{"type":"__proto__"}',
  ];
  for (const line of lines) assertEquals(eventOfLine(line), undefined, line);
});

Deno.test("unknown fields are ignored", () => {
  assertEquals(eventOfLine('{"type":"pong","mood":"good"}'), { type: "pong" });
});

Deno.test("before the welcome only JSON lines count, and a welcome after a prompt", () => {
  assertEquals(withoutPrompt("Welcome, stranger"), undefined);
  assertEquals(withoutPrompt('{"type":"pong"}'), '{"type":"pong"}');
  assertEquals(withoutPrompt('Your name? {"type":"welcome","x":1}'), '{"type":"welcome","x":1}');
});
