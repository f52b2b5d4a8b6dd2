/** Attacks on the port of `serve --metrics` by any host that reaches it. */

import { assert, assertMatch, assertStringIncludes } from "@std/assert";
import { MAX_METRICS_CONNECTIONS } from "../../src/protocol/limits.ts";
import { serve, type Served, serveWithDescriptors, WINDOWS } from "../helpers/e2e.ts";
import { request } from "../helpers/e2e_browser.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { inTime } from "../helpers/process_lines.ts";

/** Descriptor limit: enough for Deno, the server's reserve and about 150 connections. */
const DESCRIPTORS = 256;
/** More connections than that limit allows. */
const HALF_OPEN = 300;

/** Enough for Deno itself and some connections. */
const TOO_FEW_FOR_A_RESERVE = 64;

/** Pattern of the log line about failed accepts on a port. */
function failedAt(port: number): RegExp {
  return new RegExp(`accept failed .*127\\.0\\.0\\.1:${port}\\b`);
}

async function metricsPort({ program }: Served): Promise<number> {
  const line = await program.stdout.first("Metrics on ");
  return Number(/:(\d+)\/metrics$/.exec(line)![1]);
}

async function ask(port: number, head: string): Promise<string> {
  const conn = await inTime(Deno.connect({ hostname: "127.0.0.1", port }), () => "a connection to the metrics");
  return await request(conn, head);
}

/** Connections that each send half of a request head. */
class HalfOpen implements Disposable {
  readonly #conns: Deno.Conn[] = [];
  readonly #ends: Promise<void>[] = [];

  static async open(port: number, count: number): Promise<HalfOpen> {
    const all = new HalfOpen();
    for (let n = 0; n < count; n++) await all.#add(port);
    return all;
  }

  /** Resolves when the server has closed the first `count` of them. */
  async ended(count: number): Promise<void> {
    const first = Promise.all(this.#ends.slice(0, count));
    await inTime(first, () => `the end of ${count} half-open connections`);
  }

  async #add(port: number): Promise<void> {
    const conn = await inTime(Deno.connect({ hostname: "127.0.0.1", port }), () => "a half-open connection");
    this.#conns.push(conn);
    await conn.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: 127")).catch(() => {});
    this.#ends.push(conn.read(new Uint8Array(1)).then(() => {}, () => {}));
  }

  [Symbol.dispose](): void {
    for (const conn of this.#conns) conn.close();
  }
}

async function chat(ada: Peer, bob: Peer, text: string): Promise<void> {
  await ada.send({ type: "message", room: "lobby", text });
  await bob.next({ type: "message", text });
}

Deno.test({
  name: "half-sent requests for metrics neither end the chat nor block other readers of the metrics (not on Windows)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serveWithDescriptors(DESCRIPTORS, "--metrics", "0");
    const port = await metricsPort(server);
    await using ada = await Peer.join(server.address, "ada");
    await using bob = await Peer.join(server.address, "bob");
    {
      using halfOpen = await HalfOpen.open(port, HALF_OPEN);
      await chat(ada, bob, "while they are open");
      assertMatch(await ask(port, "GET /health HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
      await halfOpen.ended(HALF_OPEN - MAX_METRICS_CONNECTIONS);
      await using _eve = await Peer.join(server.address, "eve");
    }
    assertStringIncludes(await ask(port, "GET /metrics HTTP/1.0\r\n\r\n"), "\nconfab_members 2\n");
    await chat(ada, bob, "afterwards");
    await server.stop();
  },
});

Deno.test({
  name: "a server without free descriptors still serves its metrics and keeps running (not on Windows)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serveWithDescriptors(160, "--metrics", "0");
    const port = await metricsPort(server);
    await using stack = new AsyncDisposableStack();
    const ada = stack.use(await Peer.join(server.address, "ada"));
    const bob = stack.use(await Peer.join(server.address, "bob"));
    const crowd = await Promise.all(Array.from({ length: 200 }, () => Peer.dial(server.address)));
    for (const peer of crowd) stack.use(peer);
    await server.program.stderr.first("descriptor limit");
    using _halfOpen = await HalfOpen.open(port, HALF_OPEN);
    await chat(ada, bob, "all well");
    assertMatch(await ask(port, "GET /health HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
    await server.stop();
  },
});

Deno.test({
  name: "readers that wait for a free descriptor are answered once there is one (not on Windows)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serveWithDescriptors(TOO_FEW_FOR_A_RESERVE, "--metrics", "0");
    const port = await metricsPort(server);
    const crowd = await Promise.all(Array.from({ length: TOO_FEW_FOR_A_RESERVE }, () => Peer.dial(server.address)));
    await server.program.stderr.first(failedAt(server.port));
    const hangUp = async () => {
      await server.program.stderr.first(failedAt(port));
      for (const peer of crowd) peer.close();
    };
    const [answer] = await Promise.all([ask(port, "GET /health HTTP/1.0\r\n\r\n"), hangUp()]);
    assertMatch(answer, /^HTTP\/1\.1 200 OK\r\n/);
    await server.stop();
    const warnings = server.program.stderr.all.filter((line) => failedAt(port).test(line));
    assert(warnings.length <= 2, warnings.join("\n"));
  },
});

Deno.test("metrics responses forbid type sniffing, caching and use by other sites", async () => {
  await using server = await serve("--memory", "--metrics", "0");
  const port = await metricsPort(server);
  for (const path of ["/metrics", "/health", "/none"]) {
    const answer = await ask(port, `GET ${path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n`);
    const [head] = answer.split("\r\n\r\n");
    for (
      const line of [
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
      ]
    ) {
      assert(head!.toLowerCase().split("\r\n").includes(line), `${path}: ${head}`);
    }
  }
  await server.stop();
});
