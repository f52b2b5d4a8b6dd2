import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { SCRIPTS_PATH } from "../../src/protocol/address/page_paths.ts";
import { confab, HAS_NC, serve, serveAgain, type Served, WINDOWS } from "../helpers/e2e.ts";
import { Browser, request } from "../helpers/e2e_browser.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { Program } from "../helpers/process.ts";
import { clientFrame } from "../helpers/websocket_frames.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function upgradeRequest(host: string, origin: string): string {
  return [
    "GET /ws HTTP/1.1",
    `Host: ${host}`,
    `Origin: ${origin}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${KEY}`,
    "",
    "",
  ].join("\r\n");
}

async function ask(server: Served, text: string): Promise<string> {
  return await request(await Deno.connect({ hostname: server.host, port: server.port }), text);
}

/** The page that a server gives out, with one of the scripts that it loads on demand. */
async function pageOf(address: string): Promise<readonly (string | null)[]> {
  const page = await fetch(`http://${address}/`);
  const html = await page.text();
  const [part] = /[\da-f]{16}\/\d+\.js/.exec(html)!;
  const script = await fetch(`http://${address}${SCRIPTS_PATH}${part}`);
  assertEquals([page.status, script.status], [200, 200]);
  return [html, page.headers.get("content-security-policy"), await script.text()];
}

Deno.test("servers of tests give out the page that the program packs", async () => {
  await using shared = await serve("--memory");
  await using program = confab(["serve", "--memory", "--port", "0"]);
  const line = await program.stdout.next("Listening on ");
  assertEquals(await pageOf(shared.address), await pageOf(line.slice("Listening on ".length)));
});

Deno.test("a browser joins, sends, receives, and reconnects for missed messages, also after a server restart", async () => {
  await using server = await serve();
  const ada = await Browser.join(server.address, "ada");
  ada.send({ type: "message", room: "lobby", text: "hé\n😀", ref: "1" });
  assertEquals((await ada.next({ type: "ack", ref: "1" })).seq, 1);
  const first = await ada.next({ type: "message" });
  assertEquals(first.text, "hé\n😀");
  await ada.close();
  await using bob = await Peer.join(server.address, "bob");
  for (const text of ["two", "three"]) await bob.send({ type: "message", room: "lobby", text });
  await bob.next({ type: "message", text: "three" });
  const { token } = ada.joined.you;
  await using back = await Browser.join(server.address, "ada", { token, after: first.id });
  assertEquals(back.joined.missed, 2);
  const caughtUp = [await back.next({ type: "message" }), await back.next({ type: "message" })];
  const [{ id: second }] = caughtUp as [{ id: string }, unknown];
  assertEquals(caughtUp.map(({ seq, text }) => [seq, text]), [[2, "two"], [3, "three"]]);
  // Windows has no SIGTERM: the server just ends there. Wine may keep the connections of a killed program open for ever,
  // so that a browser would wait in vain for their end.
  if (WINDOWS) await back.close();
  await server.stop();
  if (!WINDOWS) {
    await back.next({ type: "goodbye", reason: "shutdown" });
    assertEquals(await back.closed(), 1000);
  }
  await using again = await serveAgain(server);
  await using later = await Browser.join(again.address, "ada", { token, after: second });
  assertEquals([later.joined.you.id, later.joined.missed], [ada.joined.you.id, 1]);
  await later.close();
  await again.stop();
});

Deno.test({
  name: "a browser, a program, a pipe and a user on nc share one room (needs nc)",
  ignore: !HAS_NC,
  async fn() {
    await using server = await serve();
    await using web = await Browser.join(server.address, "web");
    await using json = await Peer.join(server.address, "json");
    await using nc = new Program("nc", { args: [server.host, String(server.port)] });
    await nc.type("plain\n");
    await nc.stdout.next("You are plain");
    await using pipe = confab(["connect", server.address, "--name", "pipe"]);
    await pipe.stdout.next("You are pipe");
    await web.next({ type: "join" });
    const heard = async (name: string, text: string) => {
      assertEquals((await web.next({ type: "message", text })).from.name, name);
      assertEquals((await json.next({ type: "message", text })).from.name, name);
      if (name !== "plain") await nc.stdout.next(`${name}: ${text}`);
      await pipe.stdout.next(`${name}: ${text}`);
    };
    web.send({ type: "message", room: "lobby", text: "from the web" });
    await heard("web", "from the web");
    await json.send({ type: "message", room: "lobby", text: "from JSON" });
    await heard("json", "from JSON");
    await nc.type("from nc\n");
    await heard("plain", "from nc");
    await pipe.type("from the pipe\n");
    await heard("pipe", "from the pipe");
    const same = (lines: readonly string[]) => lines.filter((line) => line.includes('"type":"message"'));
    assertEquals(same(web.lines.all), same(json.lines.all));
    await pipe.endInput();
    await pipe.exit();
    await server.stop();
  },
});

Deno.test("a browser that sends binary data or too much gets an error and the matching close code", async () => {
  await using server = await serve();
  const cases: [data: string | Uint8Array<ArrayBuffer>, code: string, closeCode: number][] = [
    [new Uint8Array(3), "not_text", 1003],
    ["x".repeat(65_537), "line_too_long", 1009],
  ];
  for (const [data, code, closeCode] of cases) {
    await using browser = await Browser.open(server.address);
    browser.sendBytes(data);
    await browser.next({ type: "error", code });
    await browser.next({ type: "goodbye", reason: "refused" });
    assertEquals(await browser.closed(), closeCode);
  }
  await server.stop();
});

Deno.test("other sites get neither a WebSocket nor the page, only the reason", async () => {
  await using server = await serve("--origin", "chat.example.org");
  const { address } = server;
  const page = (host: string) => ask(server, `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const socket = (host: string, origin: string) => ask(server, upgradeRequest(host, origin));
  assertMatch(await page("chat.example.org"), /^HTTP\/1\.1 200 /);
  assertMatch(await page("evil.example"), /^HTTP\/1\.1 403 .*--origin evil\.example\n$/s);
  assertMatch(await socket(address, "http://evil.example"), /^HTTP\/1\.1 403 .*Origin/s);
  assertMatch(await socket("evil.example", "http://evil.example"), /^HTTP\/1\.1 403 /);
  assertMatch(await ask(server, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nx"), /^HTTP\/1\.1 405 /);
  assertMatch(await ask(server, `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  await server.stop();
});

Deno.test("with TLS the page and its WebSocket work, and plain connections cost other clients nothing", async () => {
  await using server = await serve("--tls");
  const cert = await Deno.readTextFile(`${server.folder}/cert.pem`);
  const connect = () => Deno.connectTls({ hostname: "localhost", port: server.port, caCerts: [cert] });
  const host = `localhost:${server.port}`;
  assertMatch(await request(await connect(), `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`), /<!doctype html>/i);
  await assertRejects(() => fetch(`http://${server.address}/`).then((response) => response.text()));
  const frames = [{ payload: '{"type":"join","name":"ada"}' }, { kind: "close" as const }].map(clientFrame);
  const behind = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  const said = await request(await connect(), upgradeRequest(host, `https://${host}`), behind);
  for (const part of [ACCEPT, '"type":"welcome"', '"type":"joined"']) assertStringIncludes(said, part);
  await server.stop();
});

Deno.test("an invite-only server serves the page without secrets and rejects a join without an invite", async () => {
  await using server = await serve("--password", "tangerine");
  const page = await ask(server, `GET / HTTP/1.1\r\nHost: ${server.address}\r\n\r\n`);
  assertMatch(page, /^HTTP\/1\.1 200 /);
  assert(!page.includes("tangerine"));
  await using browser = await Browser.open(server.address);
  browser.send({ type: "join", name: "ada" });
  await browser.next({ type: "error", code: "wrong_password" });
  browser.send({ type: "join", name: "ada", password: "tangerine" });
  await browser.next({ type: "joined" });
});
