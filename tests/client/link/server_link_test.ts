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

Deno.test("the client speaks first, so that the server does not take it for a person", async () => {
  const { server } = setUp();
  assertEquals(await server.next(), { type: "ping" });
});

Deno.test("lines that stand before the welcome and are none of ours are skipped", async () => {
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

Deno.test("a server that asks without reading gets no more answers than fit in a write", async () => {
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

Deno.test("a server that says nothing is given up after ten seconds", async () => {
  const { clock, here, link } = setUp();
  clock.advance(10_000);
  assertEquals(await link.ended, lost("No welcome within 10 s: is it a Confab server?"));
  assert(here.closed);
  assertEquals(clock.timers, 0);
});

Deno.test("silence is asked about and then taken for a dead link", async () => {
  const { clock, link, server } = setUp();
  server.send(welcome());
  await server.commands();
  clock.advance(15_000);
  assertEquals(await server.next(), { type: "ping" });
  clock.advance(30_000);
  assertEquals(await link.ended, lost("No data from the server for 45 s"));
  assertEquals(clock.timers, 0);
});

Deno.test("a server that closes without a word is no Confab server, one that was greeted has closed", async () => {
  const stranger = setUp();
  stranger.server.close();
  assertEquals(await stranger.link.ended, lost("Closed without a welcome: is it a Confab server?"));
  const known = setUp();
  known.server.send(welcome());
  known.server.close();
  assertEquals(await known.link.ended, lost("The server closed the connection"));
});

Deno.test("a link that breaks in reading ends with its reason and rejects nothing", async () => {
  const { here, link } = setUp();
  here.break(new Error("Connection reset"));
  assertEquals(await link.ended, lost("Connection lost: Connection reset"));
});

/** A link whose writes fail from now on; resolves when the first one has. */
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

Deno.test("a link that breaks in writing is read for a second, since the reason may still wait there", async () => {
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

Deno.test("lines in front of one that cannot be read are handed on, and the link ends", async () => {
  const { lines, link, server } = setUp();
  const line = JSON.stringify(welcome());
  server.connection.other.deliver([line, new ProtocolError("line_too_long", "Line is too long")]);
  assertEquals(await link.ended, lost("Cannot read the server: Line is too long"));
  assertEquals(lines, [line]);
});

Deno.test("nothing is handed on or written after the end", async () => {
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

Deno.test("a server that answers with an alert of TLS is one to speak TLS with", async () => {
  const { here, link } = setUp();
  here.receive(Uint8Array.of(0x15, 3, 3, 0, 2, 2, 0x0a));
  here.other.close();
  assertEquals(await link.ended, lost("This server speaks TLS: connect with --tls, or with its invite"));
});

Deno.test("a command is one line, whatever its text holds", () => {
  const line = commandLine({ type: "message", ref: "r", room: "lobby", text: "a\nb" });
  assertEquals(line, '{"type":"message","ref":"r","room":"lobby","text":"a\\nb"}\n');
});

Deno.test("what is no event of this version is undefined and never throws", () => {
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

Deno.test("fields that this version does not know are ignored", () => {
  assertEquals(eventOfLine('{"type":"pong","mood":"good"}'), { type: "pong" });
});

Deno.test("before the welcome only what begins with a brace counts, and a welcome behind a prompt", () => {
  assertEquals(withoutPrompt("Welcome, stranger"), undefined);
  assertEquals(withoutPrompt('{"type":"pong"}'), '{"type":"pong"}');
  assertEquals(withoutPrompt('Your name? {"type":"welcome","x":1}'), '{"type":"welcome","x":1}');
});
