import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import {
  FIRST_BYTES_WAIT_MS,
  FIRST_LINE_TIMEOUT_MS,
  HTTP_ANSWER_TIMEOUT_MS,
  MAX_DISCARDED_BODY_BYTES,
  MAX_LINE_BYTES,
  PING_INTERVAL_MS,
  PINGS_BURST,
  SPARE_CONNECTIONS_MS,
} from "../../src/protocol/limits.ts";
import { clientFrame, type FrameParts } from "../helpers/websocket_frames.ts";
import { type Guest, Stage } from "./stage.ts";
import { BrowserEnd } from "./browser_end.ts";

const GET = "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n";

async function refused(guest: Guest): Promise<string | undefined> {
  const line = await guest.line();
  return line?.startsWith("{") ? JSON.parse(line).code : line;
}

Deno.test("reloading the page uses no attempts, but simultaneous connections stay limited", async () => {
  await using stage = new Stage({ attemptsPerAddress: 3, connectionsPerAddress: 2 });
  for (let time = 0; time < 10; time++) {
    const browser = stage.dialFrom("192.0.2.7");
    await browser.write(GET);
    assertEquals(await browser.line(), "HTTP/1.1 200 OK");
    browser.hangUp();
    await browser.rest();
    await stage.deserted();
  }
  const [first, second] = [stage.dialFrom("192.0.2.7"), stage.dialFrom("192.0.2.7")];
  await first.say({ type: "ping" });
  await second.say({ type: "ping" });
  await first.until("pong");
  await second.until("pong");
  assertEquals(await refused(stage.dialFrom("192.0.2.7")), "too_many_connections");
});

Deno.test("a connection that a browser opened in advance is not greeted, and may request the page later", async () => {
  await using stage = new Stage();
  const browser = stage.dialFrom("192.0.2.7");
  const early = stage.dialFrom("192.0.2.7");
  await browser.write(GET);
  assertEquals(await browser.line(), "HTTP/1.1 200 OK");
  await stage.listener.deserted();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  stage.pass(FIRST_LINE_TIMEOUT_MS - 1);
  await early.write(GET);
  assertEquals(await early.line(), "HTTP/1.1 200 OK");
});

Deno.test("some time after a browser's request, and at other addresses at once, a silent client is greeted as a user", async () => {
  await using stage = new Stage();
  const browser = stage.dialFrom("192.0.2.7");
  await browser.write(GET);
  assertEquals(await browser.line(), "HTTP/1.1 200 OK");
  const other = stage.dialFrom("192.0.2.8");
  await stage.listener.deserted();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  assert((await other.line())!.startsWith("* Welcome"));
  stage.pass(SPARE_CONNECTIONS_MS);
  const person = stage.dialFrom("192.0.2.7");
  await stage.listener.deserted();
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  assert((await person.line())!.startsWith("* Welcome"));
});

Deno.test("a WebSocket counts as an attempt like any other connection", async () => {
  await using stage = new Stage({ attemptsPerAddress: 2 });
  for (let time = 0; time < 2; time++) await (await BrowserEnd.open(stage.dialFrom("192.0.2.7"))).until("welcome");
  assertEquals(await refused(stage.dialFrom("192.0.2.7")), "too_many_connections");
});

Deno.test("a client that sends a request head too slowly is closed like one that never ends a line", async () => {
  await using stage = new Stage();
  const slow = await stage.arrive();
  await slow.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  stage.pass(FIRST_LINE_TIMEOUT_MS - 1);
  await slow.write("X: y\r\n");
  stage.pass(1);
  assertEquals(await slow.rest(), []);
});

Deno.test("a client that does not read the page is closed in time and delays no other", async () => {
  await using stage = new Stage();
  const slow = await stage.arrive();
  slow.there.stall();
  await slow.write(GET);
  const ada = await stage.join("ada");
  assertEquals(slow.there.closed, false);
  stage.timers.advance(HTTP_ANSWER_TIMEOUT_MS);
  assertEquals(slow.there.closed, true);
  await ada.events();
});

Deno.test("a request's body is read after the response, up to a limit that closes the connection", async () => {
  await using stage = new Stage();
  const browser = await stage.arrive();
  await browser.write("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assertEquals(await browser.line(), "HTTP/1.1 405 Method Not Allowed");
  const part = "x".repeat(MAX_DISCARDED_BODY_BYTES / 16);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (let sent = 0; sent < 16; sent++) await browser.write(part).then(turn);
  assertEquals(browser.there.closed, false);
  await browser.write("x").then(turn);
  assertEquals(browser.there.closed, true);
});

Deno.test("a draining server answers a browser that waits for the page", async () => {
  const page = Promise.withResolvers<never>();
  await using stage = new Stage({ page: () => page.promise });
  const browser = await stage.arrive();
  await browser.write(GET);
  await (await stage.join("ada")).events();
  const drained = stage.server.drain();
  assertEquals(await browser.line(), "HTTP/1.1 503 Service Unavailable");
  page.reject(new Error("too late"));
  await stage.end();
  await drained;
});

Deno.test("a page that cannot be built is an internal error, which is logged and answered", async () => {
  await using stage = new Stage({ page: () => Promise.reject(new Error("no page")) });
  const browser = stage.dial();
  await browser.write(GET);
  assertEquals(await browser.line(), "HTTP/1.1 500 Internal Server Error");
  assert(stage.logged.some((line) => line.includes('"internal error"')));
  browser.hangUp();
});

Deno.test("a WebSocket client gets welcome, ping and goodbye like a JSON client", async () => {
  await using stage = new Stage();
  const ada = await BrowserEnd.open(stage.dial());
  await ada.until("welcome");
  await ada.say({ type: "join", name: "ada" });
  await ada.until("joined");
  stage.pass(PING_INTERVAL_MS);
  await ada.until("ping");
  const drained = stage.server.drain();
  assertEquals((await ada.until("goodbye")).reason, "shutdown");
  assertEquals(await ada.closeCode(), 1000);
  await ada.ended();
  await stage.end();
  await drained;
});

Deno.test("a ping is answered by a pong, and a close by a close after the earlier events", async () => {
  await using stage = new Stage();
  const ada = await BrowserEnd.open(stage.dial());
  await ada.say({ type: "join", name: "ada" });
  await ada.until("joined");
  await ada.write({ kind: "ping", payload: "are you there?" });
  assertEquals(await ada.pong(), "are you there?");
  await ada.write(
    { payload: JSON.stringify({ type: "message", room: "lobby", text: "last", ref: "1" }) },
    { kind: "close", payload: "\u0003\u0000" },
  );
  assertEquals((await ada.until("ack")).ref, "1");
  assertEquals(await ada.closeCode(), 1000);
  await ada.ended();
});

Deno.test("a WebSocket's pings are answered up to the rate, and again after a while", async () => {
  await using stage = new Stage();
  const ada = await BrowserEnd.open(stage.dial());
  await ada.until("welcome");
  const pings = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ kind: "ping" as const, payload: `${n}` }));
  await ada.write(...pings(PINGS_BURST + 10));
  for (let n = 0; n < PINGS_BURST; n++) assertEquals(await ada.pong(), `${n}`);
  // The other pings are never answered.
  await ada.say({ type: "ping", ref: "done" });
  await ada.until("pong");
  stage.now += 1_000;
  await ada.write({ kind: "ping", payload: "again" });
  assertEquals(await ada.pong(), "again");
});

const FAULTS: readonly { what: string; parts: FrameParts; code: string; closeCode: number }[] = [
  { what: "a frame that is not masked", parts: { payload: "{}", masked: false }, code: "bad_frame", closeCode: 1002 },
  { what: "a binary message", parts: { kind: "binary" }, code: "not_text", closeCode: 1003 },
  { what: "broken UTF-8", parts: { payload: Uint8Array.of(0xc0, 0xaf) }, code: "bad_utf8", closeCode: 1007 },
  {
    what: "a message that is too long",
    parts: { length: BigInt(MAX_LINE_BYTES + 1) },
    code: "line_too_long",
    closeCode: 1009,
  },
];

for (const { what, parts, code, closeCode } of FAULTS) {
  Deno.test(`${what} ends that WebSocket with ${closeCode}, and no other connection`, async () => {
    await using stage = new Stage();
    const [ada, mallory] = [await stage.join("ada"), await BrowserEnd.open(stage.dial())];
    await mallory.write({ payload: '{"type":"ping","ref":"before"}' }, parts, { payload: '{"type":"ping"}' });
    assertEquals((await mallory.until("pong")).ref, "before");
    assertEquals((await mallory.until("error")).code, code);
    assertEquals((await mallory.until("goodbye")).reason, "refused");
    assertEquals(await mallory.closeCode(), closeCode);
    await mallory.ended();
    await ada.events();
  });
}

Deno.test("frames of a WebSocket after a refused binary message are ignored", async () => {
  await using stage = new Stage();
  const ada = await BrowserEnd.open(stage.dial());
  await ada.until("welcome");
  const frames = ada.spy();
  await ada.write({ kind: "binary", payload: "x" }, { payload: '{"type":"ping"}' }, { kind: "ping" });
  assertEquals((await ada.until("error")).code, "not_text");
  assertEquals(await ada.closeCode(), 1003);
  const text = frames.map((chunk) => new TextDecoder().decode(chunk)).join("");
  assert(!text.includes("pong"), text);
});

Deno.test("a message that is not JSON, or not a valid command, does not end the connection", async () => {
  await using stage = new Stage();
  const ada = await BrowserEnd.open(stage.dial());
  for (const payload of ["", "ada", '{"type":"leave","room":1}', '{"type":"join"}{"type":"ping"}']) {
    await ada.write({ payload });
  }
  assertEquals([(await ada.until("error")).code, (await ada.until("error")).code], ["bad_json", "invalid"]);
  assertEquals((await ada.until("error")).code, "bad_json");
  await ada.write({ payload: '{"type":\n"ping","ref":"broken\\nover lines"}' });
  assertEquals((await ada.until("pong")).ref, "broken\nover lines");
});

Deno.test("frames that arrive with the head are read, and all browsers in a room share its messages", async () => {
  await using stage = new Stage();
  const join = clientFrame({ payload: '{"type":"join","name":"ada"}' });
  const [ada, bob] = [await BrowserEnd.open(stage.dial(), join), await BrowserEnd.open(stage.dial())];
  await ada.until("joined");
  await bob.say({ type: "join", name: "bob" });
  await bob.until("joined");
  const written: Uint8Array[][] = [ada, bob].map((end) => end.spy());
  await ada.say({ type: "message", room: "lobby", text: "shared" });
  assertEquals([(await ada.until("message")).text, (await bob.until("message")).text], ["shared", "shared"]);
  const [left, right] = written.map((chunks) => chunks.at(-1));
  assert(left !== undefined && left === right, "Each of them had a chunk of their own");
});
