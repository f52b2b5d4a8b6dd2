import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseNetwork } from "../../src/protocol/address/network.ts";
import { trustedProxies } from "../../src/protocol/address/trusted_proxies.ts";
import { FIRST_BYTES_WAIT_MS, FIRST_LINE_TIMEOUT_MS, PROXY_HEADER_WAIT_MS } from "../../src/protocol/limits.ts";
import { binaryHeader, IPV4_BODY } from "../helpers/proxy_headers.ts";
import { BrowserEnd } from "./browser_end.ts";
import { type Guest, Stage, type StageOptions } from "./stage.ts";

/** Addresses for documentation: RFC 5737. */
const PROXY = "192.0.2.1";
const SECOND_PROXY = "192.0.2.2";
const VISITOR = "203.0.113.5";
const OTHER = "203.0.113.6";
const ENCODER = new TextEncoder();

const isProxy = trustedProxies([parseNetwork("192.0.2.0/30")!]);

function stageWith(options: StageOptions = {}): Stage {
  return new Stage({ isProxy, ...options });
}

/** Connects through the proxy, which has sent nothing yet. */
function dialProxied(stage: Stage, remoteAddress: string | undefined = PROXY): Guest {
  return stage.dial({ remoteAddress, isProxy: true });
}

function headerOf(address: string, port = 56324): string {
  return `PROXY TCP4 ${address} 198.51.100.1 ${port} 443\r\n`;
}

/** Joins as a client at this address, through the proxy. */
async function join(stage: Stage, address: string, name: string): Promise<Guest> {
  const guest = dialProxied(stage);
  await guest.write(headerOf(address));
  await guest.say({ type: "join", name });
  await guest.until("joined");
  return guest;
}

/** The first line of the response to a request through the proxy, and its body. */
async function request(guest: Guest, ...headers: readonly string[]): Promise<string> {
  await guest.write(["GET / HTTP/1.1", "Host: 192.0.2.9", ...headers, "", ""].join("\r\n"));
  return (await guest.rest()).join("\n");
}

function logged(stage: Stage, event: string): Record<string, unknown>[] {
  return stage.logged.map((line) => JSON.parse(line)).filter(([, name]) => name === event).map(([, , fields]) =>
    fields
  );
}

function peers(stage: Stage): unknown[] {
  return logged(stage, "connected").map(({ peer }) => peer);
}

async function refusal(guest: Guest): Promise<string> {
  const [line] = await guest.rest();
  guest.hangUp();
  return JSON.parse(line!).code;
}

Deno.test("limits of an address count the client that a proxy's header names, and the log shows it", async () => {
  await using stage = stageWith({ connectionsPerAddress: 1 });
  const ada = await join(stage, VISITOR, "ada");
  const again = dialProxied(stage);
  await again.write(headerOf(VISITOR));
  assertEquals(await refusal(again), "too_many_connections");
  await join(stage, OTHER, "bob");
  ada.hangUp();
  await stage.counted((connections) => connections === 1);
  await join(stage, VISITOR, "cyd");
  assertEquals(peers(stage), [`${VISITOR}:56324`, `${OTHER}:56324`, `${VISITOR}:56324`]);
  assertEquals(logged(stage, "refused"), [{ peer: `${VISITOR}:56324`, reason: "too_many_connections" }]);
  assertEquals(logged(stage, "disconnected").map(({ peer }) => peer), [`${VISITOR}:56324`]);
});

Deno.test("a ban by address hits the client behind the proxy, and no other client of it", async () => {
  await using stage = stageWith();
  const owner = stage.dialAsOwner();
  await owner.say({ type: "join", name: "olga" });
  await owner.until("joined");
  await join(stage, VISITOR, "eve");
  await owner.say({ type: "ban", name: "eve", also: "address" });
  assertEquals((await owner.until("restriction")).restriction.address, VISITOR);
  const again = dialProxied(stage);
  await again.write(headerOf(VISITOR));
  await again.say({ type: "join", name: "mallory" });
  assertEquals((await again.until("error")).code, "forbidden");
  await join(stage, OTHER, "bob");
});

Deno.test("a header of version 2 names the client of a Unix socket's proxy, which is not privileged", async () => {
  await using stage = stageWith();
  const guest = stage.dial({ isProxy: true });
  await guest.connection.write(binaryHeader(0x21, 0x11, IPV4_BODY));
  await guest.say({ type: "join", name: "ada" });
  await guest.until("joined");
  assertEquals(peers(stage), ["192.0.2.7:258"]);
});

Deno.test("a connection of the proxy itself, without a header or with LOCAL or UNKNOWN, has the proxy's address", async () => {
  await using stage = stageWith({ connectionsPerAddress: 2 });
  const starts = [new Uint8Array(), binaryHeader(0x20, 0, []), ENCODER.encode("PROXY UNKNOWN\r\n")];
  const guests = starts.map((start) => ({ guest: dialProxied(stage), start }));
  for (const { guest, start } of guests.slice(0, 2)) {
    await guest.connection.write(start);
    await guest.say({ type: "ping" });
    await guest.until("pong");
  }
  await guests[2]!.guest.connection.write(starts[2]!);
  assertEquals(await refusal(guests[2]!.guest), "too_many_connections");
  assertEquals(peers(stage), ["memory:right", "memory:right"]);
});

Deno.test("a client of an UNKNOWN source cannot name another address in a request", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await guest.write("PROXY UNKNOWN\r\n");
  assertStringIncludes(await request(guest, `X-Forwarded-For: ${VISITOR}`), "HTTP/1.1 200 OK");
  assertEquals(peers(stage), ["memory:right"]);
});

Deno.test("a header that is not valid ends the connection, and its reason is in the log", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await guest.write("PROXY TCP4 ::1 ::1 5 6\r\n");
  await guest.say({ type: "join", name: "ada" });
  assertEquals(await refusal(guest), "bad_frame");
  assertMatch(String(logged(stage, "proxy refused")[0]!.error), /not of the named family/);
  assertEquals(peers(stage), []);
});

Deno.test("half a header is neither greeted nor kept for longer than a first line", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await guest.write("PROXY TCP4 203.0.113.5 198.51");
  await stage.listener.deserted();
  stage.timers.advance(PROXY_HEADER_WAIT_MS);
  stage.pass(FIRST_LINE_TIMEOUT_MS);
  assertEquals(await guest.rest(), []);
  await stage.deserted();
  assertEquals(stage.server.statistics.accepted, 1);
  assertEquals([peers(stage), logged(stage, "disconnected")], [[], []]);
});

Deno.test("a silent client behind a proxy is greeted after its header, as a direct one is after it connected", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await guest.write(headerOf(VISITOR));
  await stage.join("ada");
  stage.timers.advance(FIRST_BYTES_WAIT_MS);
  assertStringIncludes(await guest.line() ?? "", "Welcome to test");
});

Deno.test("a proxy that sends nothing is taken for a person after 3 seconds, and a later header is refused", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await stage.listener.deserted();
  stage.timers.advance(PROXY_HEADER_WAIT_MS - 1);
  assertEquals(peers(stage), []);
  stage.timers.advance(1);
  assertStringIncludes(await guest.line() ?? "", "Welcome to test");
  await guest.write(headerOf(VISITOR));
  assertStringIncludes((await guest.rest()).join("\n"), "came too late");
  assertEquals(peers(stage), ["memory:right"]);
});

Deno.test("a browser's address is that of X-Forwarded-For or Forwarded, for its limits and in the log", async () => {
  await using stage = stageWith({ connectionsPerAddress: 1 });
  for (const header of [`X-Forwarded-For: 127.0.0.1, ${VISITOR}, ${SECOND_PROXY}`, `Forwarded: for=${OTHER}`]) {
    const browser = await BrowserEnd.open(dialProxied(stage), undefined, [header]);
    await browser.say({ type: "ping" });
    await browser.until("pong");
    const answer = await request(dialProxied(stage), header);
    assertStringIncludes(answer, "HTTP/1.1 429 Too Many Requests");
    assertStringIncludes(answer, "Retry-After: 5");
    assertStringIncludes(answer, "already has 1 connections");
  }
  assertEquals(peers(stage), [VISITOR, OTHER]);
});

Deno.test("a second proxy behind the PROXY protocol names its client in the head of a request", async () => {
  await using stage = stageWith();
  const guest = dialProxied(stage);
  await guest.write(headerOf(SECOND_PROXY));
  assertStringIncludes(await request(guest, `X-Forwarded-For: ${VISITOR}`), "HTTP/1.1 200 OK");
  const visitor = dialProxied(stage);
  await visitor.write(headerOf(OTHER));
  assertStringIncludes(await request(visitor, `X-Forwarded-For: ${VISITOR}`), "HTTP/1.1 200 OK");
  assertEquals(peers(stage), [VISITOR, `${OTHER}:56324`]);
});

Deno.test("headers that name different clients are refused, with what the proxy must do", async () => {
  await using stage = stageWith();
  const answer = await request(dialProxied(stage), `X-Forwarded-For: ${VISITOR}`, "Forwarded: for=127.0.0.1");
  assertStringIncludes(answer, "HTTP/1.1 400 Bad Request");
  assertStringIncludes(answer, "let the proxy remove the header");
  assertMatch(String(logged(stage, "proxy refused")[0]!.error), /name different clients/);
});

Deno.test("a client that is no trusted proxy gets no trust for its headers", async () => {
  await using stage = stageWith({ connectionsPerAddress: 1 });
  const line = stage.dialFrom("198.51.100.9");
  await line.write(headerOf(VISITOR));
  await line.say({ type: "ping" });
  assertStringIncludes((await line.rest()).join("\n"), "PROXY protocol");
  line.hangUp();
  await stage.deserted();
  const browser = stage.dialFrom("198.51.100.9");
  await BrowserEnd.open(browser, undefined, [`X-Forwarded-For: ${VISITOR}`, `Forwarded: for=${OTHER}`]);
  assertEquals(await refusal(stage.dialFrom("198.51.100.9")), "too_many_connections");
  assertEquals([peers(stage).length, logged(stage, "proxy noticed")], [2, []]);
});

Deno.test("a proxy on this machine that is not trusted is noticed once, with the option to add", async () => {
  await using stage = new Stage();
  const from = [{ remoteAddress: "127.0.0.1" }, { remoteAddress: "127.0.0.1" }, {}];
  for (const options of from) await request(stage.dial(options), `X-Forwarded-For: ${VISITOR}`);
  const hints = logged(stage, "proxy noticed").map(({ hint }) => String(hint));
  assertEquals(hints.length, 2);
  assertMatch(hints[0]!, /--proxy 127\.0\.0\.1,/);
  assertMatch(hints[1]!, /--proxy unix,/);
});

Deno.test("a trusted proxy that names no client is noticed once", async () => {
  await using stage = stageWith();
  for (let time = 0; time < 2; time++) await request(dialProxied(stage));
  assertEquals(logged(stage, "proxy noticed").length, 1);
  assertMatch(String(logged(stage, "proxy noticed")[0]!.hint), /X-Forwarded-For/);
});

Deno.test("a browser that reaches a private Unix socket through a proxy is no owner", async () => {
  await using stage = new Stage();
  const browser = await BrowserEnd.open(stage.dialAsOwner());
  await browser.say({ type: "join", name: "eve" });
  await browser.until("joined");
  await browser.say({ type: "lockdown", on: true });
  assertEquals((await browser.until("error")).code, "forbidden");
});

Deno.test("a refused host and a refused origin are in the log with the name to allow, and repeats are counted", async () => {
  await using stage = new Stage();
  const ask = async (...lines: readonly string[]) => {
    const guest = stage.dialFrom("198.51.100.9");
    await guest.write([...lines, "", ""].join("\r\n"));
    return (await guest.rest()).join("\n");
  };
  for (let time = 0; time < 3; time++) {
    const answer = await ask("GET / HTTP/1.1", "Host: Chat.example.org:8080");
    assertStringIncludes(answer, "403 Forbidden");
    assertStringIncludes(answer, "--origin chat.example.org");
  }
  const socket = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const answer = await ask("GET /ws HTTP/1.1", "Host: 127.0.0.1", "Origin: https://chat.example.org", ...socket, key);
  assertStringIncludes(answer, "let the proxy pass the Host header on");
  const hostile = await ask("GET / HTTP/1.1", "Host: <script>alert(1)</script>");
  assert(!hostile.includes("script"), hostile);
  const [host] = logged(stage, "host refused");
  assertEquals(host!.host, "Chat.example.org:8080");
  assertStringIncludes(String(host!.hint), "--origin chat.example.org");
  const [origin] = logged(stage, "origin refused");
  assertEquals([origin!.origin, origin!.host], ["https://chat.example.org", "127.0.0.1"]);
  assertStringIncludes(String(origin!.hint), "--origin chat.example.org");
  stage.pass(10_000);
  assertEquals(logged(stage, "host refused")[1]!.times, 3);
});
