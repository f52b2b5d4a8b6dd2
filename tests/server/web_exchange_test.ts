import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { MAX_HTTP_HEAD_BYTES } from "../../src/protocol/limits.ts";
import { HttpExchange, type HttpExchangeOptions } from "../../src/server/web_exchange.ts";

const POLICY = "default-src 'none'; connect-src 'self'";
const HTML = `<!doctype html>\n${"<p>ü".repeat(1_000)}\n`;
const PAGE = { html: HTML, policy: POLICY };

/** The key and its accept value of RFC 6455, section 1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const SOCKET = {
  "Host": "10.0.0.1:5050",
  "Origin": "http://10.0.0.1:5050",
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": KEY,
};

interface Answered {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly upgraded: string | undefined;
}

function webWith(options: Partial<HttpExchangeOptions> = {}): HttpExchange {
  return new HttpExchange({ page: () => Promise.resolve(PAGE), ...options });
}

async function ask(line: string, headers: Record<string, string> = {}, web = webWith()): Promise<Answered> {
  const head = [`${line} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join("\n");
  const { chunk, upgraded } = await web.reply(head);
  const end = String.fromCharCode(...chunk.subarray(0, 2_000)).indexOf("\r\n\r\n");
  const [first, ...fields] = new TextDecoder().decode(chunk.subarray(0, end)).split("\r\n");
  const [, status] = /^HTTP\/1\.1 (\d{3}) [A-Z]/.exec(first!)!;
  const parsed = fields.map((field) => /^([\w-]+): (.*)$/.exec(field)!).map(([, name, value]) =>
    [name!, value!] as const
  );
  const body = Uint8Array.from(chunk.subarray(end + 4));
  return { status: Number(status), headers: new Map(parsed), body, upgraded };
}

function textOf({ body }: Answered): string {
  return new TextDecoder().decode(body);
}

Deno.test("the page is served with its policy, its length and all security headers", async () => {
  const answer = await ask("GET /?x", { Host: "localhost:5050" });
  assertEquals([answer.status, textOf(answer), answer.upgraded], [200, HTML, undefined]);
  assertMatch(answer.headers.get("ETag")!, /^"[\w-]{22}-identity"$/);
  assertEquals(Object.fromEntries(answer.headers), {
    "Cache-Control": "no-cache",
    "Vary": "Accept-Encoding",
    "ETag": answer.headers.get("ETag")!,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Connection": "close",
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Content-Length": String(answer.body.length),
  });
});

Deno.test("HEAD gets the same headers without the body", async () => {
  for (const path of ["/", "/none", "/r/none", "/metrics"]) {
    const [get, head] = [
      await ask(`GET ${path}`, { Host: "[::1]:5050" }),
      await ask(`HEAD ${path}`, { Host: "[::1]:5050" }),
    ];
    assertEquals([head.status, head.headers, head.body.length], [get.status, get.headers, 0]);
  }
});

Deno.test("the page is sent in the form that the client prefers, and not again to a client that has it", async () => {
  const web = webWith({ compress: (coding) => Promise.resolve(new TextEncoder().encode(`${coding}!`)) });
  const forms = { "br, gzip;q=0.5": "br", "deflate, gzip": "gzip" };
  for (const [accept, coding] of Object.entries(forms)) {
    const headers = { "Host": "localhost", "Accept-Encoding": accept };
    await ask("GET /", headers, web);
    const answer = await ask("GET /r/room", headers, web);
    assertEquals([answer.headers.get("Content-Encoding"), textOf(answer)], [coding, `${coding}!`]);
    const again = await ask("GET /", { ...headers, "If-None-Match": answer.headers.get("ETag")! }, web);
    assertEquals([again.status, again.body.length], [304, 0]);
  }
  assertEquals((await ask("GET /", { "Host": "localhost", "Accept-Encoding": "*;q=0" }, web)).status, 406);
  await web.settled();
});

Deno.test("the page's scripts are served below their folder, and no other file is", async () => {
  const scripts = new Map([["0123abcd/1.js", "export const one = 1;\n"]]);
  let builds = 0;
  const web = webWith({
    page: () => {
      builds++;
      return Promise.resolve({ ...PAGE, scripts });
    },
  });
  const script = await ask("GET /scripts/0123abcd/1.js", { Host: "localhost" }, web);
  assertEquals([script.status, textOf(script)], [200, scripts.get("0123abcd/1.js")]);
  assertEquals(script.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  for (const path of ["0123abcd/2.js", "other/1.js", "1.js", "../web.ts", "0123abcd/1.js/", "%30123abcd/1.js", ""]) {
    assertEquals((await ask(`GET /scripts/${path}`, { Host: "localhost" }, web)).status, 404, path);
  }
  assertEquals((await ask("GET /scripts/0123abcd/1.js", { Host: "other.example" }, web)).status, 403);
  assertEquals(builds, 1);
});

Deno.test("the page is built once, at its first request", async () => {
  let made = 0;
  const web = webWith({ page: () => Promise.resolve(PAGE).finally(() => made++) });
  await ask("GET /no/room", { Host: "localhost" }, web);
  await ask("GET /ws", SOCKET, web);
  assertEquals(made, 0);
  await Promise.all([ask("GET /", { Host: "localhost" }, web), ask("GET /r/room", { Host: "localhost" }, web)]);
  assertEquals(made, 1);
});

Deno.test("a page that could not be built is built again at the next request", async () => {
  let attempts = 0;
  const build = () => ++attempts === 1 ? Promise.reject(new Error("Too many open files")) : Promise.resolve(PAGE);
  for (const path of ["/", "/help"]) {
    attempts = 0;
    const web = webWith({ page: build, manual: build });
    await assertRejects(() => ask(`GET ${path}`, { Host: "localhost" }, web), Error, "Too many open files");
    assertEquals((await ask(`GET ${path}`, { Host: "localhost" }, web)).status, 200);
  }
});

Deno.test("the manual's pages are built once each, at their first request, and other topics get 404", async () => {
  const asked: string[] = [];
  const manual = (topic: string) => {
    asked.push(topic);
    const html = `<h1>${topic}</h1>`;
    return Promise.resolve(topic === "nosuch" ? undefined : { html, policy: `style-src '${topic}'` });
  };
  const web = webWith({ manual });
  await Promise.all([ask("GET /help", { Host: "localhost" }, web), ask("GET /help?x", { Host: "localhost" }, web)]);
  for (const [path, topic] of [["/help", ""], ["/help?x", ""], ["/help/guide", "guide"], ["/help/guide?x", "guide"]]) {
    const answer = await ask(`GET ${path}`, { Host: "localhost" }, web);
    assertEquals([answer.status, textOf(answer)], [200, `<h1>${topic}</h1>`]);
    assertEquals(answer.headers.get("Content-Security-Policy"), `style-src '${topic}'`);
    assertEquals(answer.headers.get("Cache-Control"), "no-cache");
    const known = { "Host": "localhost", "If-None-Match": answer.headers.get("ETag")! };
    assertEquals((await ask(`GET ${path}`, known, web)).status, 304);
  }
  assertEquals(asked, ["", "guide"]);
  for (const path of ["/help/nosuch", "/help/guide/", "/help/../guide", "/help/a.b", "/Help"]) {
    assertEquals((await ask(`GET ${path}`, { Host: "localhost" }, web)).status, 404, path);
  }
  assertEquals((await ask("GET /help/guide", { Host: "evil.example" }, web)).status, 403);
  assertEquals((await ask("POST /help/guide", { Host: "localhost" }, web)).status, 405);
  assertEquals((await ask("GET /help", { Host: "localhost" })).status, 404);
});

Deno.test("an old link leads to the new path, relative to it, with its query, and to no other host", async () => {
  const cases: [string, string][] = [
    ["/build", "r/build"],
    ["/Build?x=%0d%0aSet-Cookie:a", "r/Build?x=%0d%0aSet-Cookie:a"],
    ["/caf%C3%A9", "r/caf%C3%A9"],
    ["/caf\xc3\xa9", "r/caf%C3%A9"],
    ["/\\evil.example", "r/\\evil.example"],
    ["/helper", "r/helper"],
    ["/help/", "../help"],
    ["/help/?x", "../help?x"],
  ];
  for (const [path, location] of cases) {
    const answer = await ask(`GET ${path}`, { Host: "localhost" });
    assertEquals([answer.status, answer.headers.get("Location")], [308, location]);
    assertEquals(answer.headers.get("Cache-Control"), "no-store");
  }
});

Deno.test("only requests for an IP address or an own host name are answered", async () => {
  const web = webWith({ webHosts: ["Chat.example.org", "ada.local"] });
  const ours = ["127.0.0.1", "10.1.2.3:5050", "[::1]", "[fe80::1]:80", "localhost:1", "LOCALHOST", "Ada.local:5050"];
  for (const Host of [...ours, "chat.example.org", "chat.EXAMPLE.org:443"]) {
    assertEquals((await ask("GET /", { Host }, web)).status, 200, Host);
  }
  const foreign = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "x.chat.example.org",
    "evil-local",
    "anything.local",
  ];
  const broken = ["", "a b", "ada@localhost", "localhost:x", "[::1", "localhost, localhost", "http://localhost"];
  for (const Host of [...foreign, ...broken]) {
    const answer = await ask("GET /", { Host }, web);
    assertEquals([answer.status, answer.headers.has("Content-Security-Policy")], [403, false], Host);
    assertStringIncludes(textOf(answer), "--origin");
  }
});

Deno.test("refused requests get a status and one line of text", async () => {
  const cases: [status: number, line: string, headers: Record<string, string>][] = [
    [400, "GET /", {}],
    [400, "GET /", { "Host": "localhost", " folded": "x" }],
    [403, "GET /ws", { ...SOCKET, Host: "evil.example", Origin: "http://evil.example" }],
    [404, "GET /favicon.ico", { Host: "localhost" }],
    [404, "GET //", { Host: "localhost" }],
    [404, "GET /r", { Host: "localhost" }],
    [404, "GET /R", { Host: "localhost" }],
    [404, "GET /r/a/b", { Host: "localhost" }],
    [404, "GET /api", { Host: "localhost" }],
    [405, "POST /build", { Host: "localhost" }],
    [403, "GET /build", { Host: "evil.example" }],
    [404, "GET http://localhost/", { Host: "localhost" }],
    [404, "OPTIONS *", { Host: "localhost" }],
    [405, "POST /", { Host: "localhost" }],
    [405, "DELETE /ws", SOCKET],
    [405, "POST /ws", { Host: "localhost", Origin: "https://LOCALHOST" }],
    [403, "POST /ws", { Host: "localhost", Origin: "https://chat.example.org" }],
    [405, "PATCH /", { Host: "localhost" }],
    [501, "patch /", { Host: "localhost" }],
    [501, "M-SEARCH *", { Host: "evil.example" }],
    [426, "GET /ws", { Host: "localhost", Origin: "http://localhost" }],
    [426, "HEAD /ws", SOCKET],
    [426, "GET /ws", { ...SOCKET, "Sec-WebSocket-Version": "8" }],
    [400, "GET /ws", { ...SOCKET, "Sec-WebSocket-Key": "short" }],
    [431, "GET /", { Host: "localhost", X: "x".repeat(MAX_HTTP_HEAD_BYTES) }],
  ];
  for (const [status, line, headers] of cases) {
    const answer = await ask(line, headers);
    assertEquals([answer.status, answer.upgraded], [status, undefined], line);
    assertEquals(answer.headers.get("Content-Type"), "text/plain; charset=utf-8");
    if (!line.startsWith("HEAD")) assertMatch(textOf(answer), /^[^\n]{20,}\n$/);
  }
  assertEquals((await ask("POST /", { Host: "localhost" })).headers.get("Allow"), "GET, HEAD");
  for (const version of ["0.9", "2.0", "3", "11.1"]) {
    const { chunk } = await webWith().reply(`GET / HTTP/${version}\nHost: localhost`);
    assertMatch(new TextDecoder().decode(chunk), /^HTTP\/1\.1 505 HTTP Version Not Supported\r\n/);
  }
  const { headers } = await ask("GET /ws", { Host: "localhost" });
  assertEquals([headers.get("Upgrade"), headers.get("Sec-WebSocket-Version")], ["websocket", "13"]);
});

Deno.test("a WebSocket of the server's own page is accepted with the matching key", async () => {
  const { status, headers, body, upgraded } = await ask("GET /ws?x", SOCKET);
  assertEquals([status, body.length, upgraded], [101, 0, "chat"]);
  assertEquals(Object.fromEntries(headers), {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Accept": ACCEPT,
  });
  const tls = await ask("GET /ws", { ...SOCKET, Host: "Localhost", Origin: "https://localhost" });
  assertEquals(tls.status, 101);
});

Deno.test("a WebSocket of another origin, or without an origin, is refused", async () => {
  const origins = [
    ...[
      "http://evil.example",
      "http://10.0.0.1",
      "http://10.0.0.1:80",
      "http://10.0.0.1:5050.evil.example",
      "null",
      "",
    ],
    ...["10.0.0.1:5050", "file://10.0.0.1:5050", "http://10.0.0.1:5050/", "http://10.0.0.1:5050, http://evil.example"],
    "http://evil@10.0.0.1:5050",
  ];
  for (const Origin of origins) assertEquals((await ask("GET /ws", { ...SOCKET, Origin })).status, 403, Origin);
  const { Origin: _, ...without } = SOCKET;
  assertEquals((await ask("GET /ws", without)).status, 403);
});
