import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type MetricsServer, serveMetrics } from "../../src/metrics/metrics_server.ts";
import { MAX_HTTP_HEAD_BYTES } from "../../src/protocol/limits.ts";
import type { Snapshot } from "../../src/server/monitor/statistics.ts";
import { listenTcp } from "../../src/transports/tcp.ts";
import { request } from "../helpers/e2e_browser.ts";
import { sampleReading, SINCE } from "./sample_reading.ts";

interface Served extends AsyncDisposable {
  readonly http: MetricsServer;
  readonly port: number;
  readonly url: string;
  readonly faults: unknown[];
}

function serve(snapshot: () => Snapshot = () => sampleReading().snapshot): Served {
  const faults: unknown[] = [];
  const failed = (error: unknown) => faults.push(error);
  const now = () => SINCE + 12_500;
  const isOwnHost = (host: string) => host.startsWith("127.0.0.1:") || host === "ours";
  const listener = listenTcp("127.0.0.1", 0);
  const port = Number(listener.address.slice("127.0.0.1:".length));
  const options = { version: "1.2.3", isOwnHost, snapshot, now, failed, acceptFailed: failed };
  const http = serveMetrics({ listener, ...options });
  return { http, port, url: `http://${listener.address}`, faults, [Symbol.asyncDispose]: () => http.close() };
}

async function ask(url: string, method = "GET"): Promise<{ status: number; type: string | null; body: string }> {
  const response = await fetch(url, { method });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.text() };
}

Deno.test("GET /metrics returns Prometheus' text, whatever query follows", async () => {
  await using served = serve();
  for (const path of ["/metrics", "/metrics?name[]=up"]) {
    const { status, type, body } = await ask(served.url + path);
    assertEquals([status, type], [200, "text/plain; version=0.0.4; charset=utf-8"]);
    assertStringIncludes(body, "\nconfab_connections 5\n");
    assert(body.endsWith("\n"));
  }
});

Deno.test("GET /health reports the server's state, and 503 when it waits or is about to end", async () => {
  let state: Snapshot["state"] = "ok";
  await using served = serve(() => ({ ...sampleReading().snapshot, state }));
  const seen: unknown[] = [];
  for (state of ["ok", "waiting", "draining", "failed"] as const) {
    const { status, type, body } = await ask(`${served.url}/health`);
    assertEquals(type, "application/json");
    seen.push([status, JSON.parse(body)]);
  }
  const rest = { uptime: 12.5, connections: 5, version: "1.2.3" };
  assertEquals(seen, [
    [200, { status: "ok", ...rest }],
    [503, { status: "waiting", ...rest }],
    [503, { status: "draining", ...rest }],
    [503, { status: "failed", ...rest }],
  ]);
});

Deno.test("other paths and methods are refused", async () => {
  await using served = serve();
  for (const path of ["/", "/metrics/", "/Metrics", "/__proto__", "/constructor", "/health/x"]) {
    assertEquals((await ask(served.url + path)).status, 404, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    assertEquals((await ask(`${served.url}/metrics`, method)).status, 405, method);
  }
  assertEquals(await ask(`${served.url}/health`, "HEAD"), { status: 200, type: "application/json", body: "" });
  assertEquals(served.faults, []);
});

Deno.test("a request whose Host is not the server's own is refused, and one without a Host is answered, whatever it asks for", async () => {
  await using served = serve();
  const statusWith = async (path: string, host: string) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
    const [first] = (await request(conn, `GET ${path} HTTP/1.0\r\n${host}\r\n`)).split("\r\n");
    return first!.split(" ")[1];
  };
  for (const path of ["/metrics", "/health", "http://ours/metrics"]) {
    assertEquals(await statusWith(path, "Host: ours\r\n"), "200");
    assertEquals(await statusWith(path, "Host: evil.example\r\n"), "403");
    assertEquals(await statusWith(path, ""), "200", path);
  }
  assertEquals(await statusWith("/none", "Host: evil.example\r\n"), "403");
});

Deno.test("other requests get an error that says what is wrong, and open no WebSocket", async () => {
  await using served = serve();
  const longest = "x".repeat(MAX_HTTP_HEAD_BYTES);
  const webSocket = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const wrong: [status: number, head: string][] = [
    [400, "nonsense\r\n"],
    [400, "GET /metrics\r\n"],
    [400, '{"type":"join","name":"ada"}\n'],
    [400, "GET /metrics HTTP/1.1\r\nHost : ours\r\n\r\n"],
    [400, "\x16\x03\x01"],
    [403, "GET /metrics HTTP/1.1\r\nHost: ours\r\nHost: evil.example\r\n\r\n"],
    [404, `GET /ws HTTP/1.1\r\nHost: ours\r\n${webSocket}\r\n`],
    [405, "POST /metrics HTTP/1.1\r\nHost: ours\r\nContent-Length: 5\r\n\r\nhello"],
    [405, "X1 /metrics HTTP/1.1\r\nHost: ours\r\n\r\n"],
    [431, `GET /metrics HTTP/1.1\r\nHost: ours\r\nX: ${longest}\r\n\r\n`],
    [431, `GET /${longest} HTTP/1.1\r\n`],
    [505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ];
  for (const [status, head] of wrong) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
    assertEquals((await request(conn, head)).split(" ")[1], String(status), head.slice(0, 60));
  }
  assertEquals(served.faults, []);
});

Deno.test("a client that does not speak HTTP, or disconnects, affects no other", async () => {
  await using served = serve();
  const { port } = served;
  for (
    const text of [
      "",
      "nonsense\r\n\r\n",
      "GET /metrics HTTP/1.1\r\n",
      "GET //[ HTTP/1.1\r\nHost: [\r\n\r\n",
      "\x16\x03\x01",
    ]
  ) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode(text));
    conn.close();
  }
  assertEquals((await ask(`${served.url}/metrics`)).status, 200);
});

Deno.test("an internal error is a 500 without details, and is reported to the operator", async () => {
  const fault = new Error("a secret");
  await using served = serve(() => {
    throw fault;
  });
  for (const path of ["/metrics", "/health"]) {
    const { status, body } = await ask(served.url + path);
    assertEquals([status, body.includes("secret")], [500, false]);
  }
  assertEquals(served.faults, [fault, fault]);
});

Deno.test("closing ends all connections at once and frees the port", async () => {
  const served = serve();
  const { port } = served;
  using idle = await Deno.connect({ hostname: "127.0.0.1", port });
  await idle.write(new TextEncoder().encode("GET /met"));
  await served.http.close();
  assertEquals(await idle.read(new Uint8Array(1)).catch(() => null), null);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("the port is in use until the server is closed", async () => {
  await using served = serve();
  assertThrows(() => listenTcp("127.0.0.1", served.port), Deno.errors.AddrInUse);
});
