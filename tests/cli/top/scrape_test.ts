import { assert, assertEquals, assertRejects } from "@std/assert";
import { scrape } from "../../../src/cli/top/scrape.ts";
import { MAX_METRICS_BYTES } from "../../../src/protocol/limits.ts";

const CONFAB = "confab_start_time_seconds 5\n";

/** Answers every request with this response. */
function answering(body: () => BodyInit, status = 200) {
  const ended = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: ended.signal, onListen: () => {} };
  const server = Deno.serve(options, () => new Response(body(), { status }));
  return {
    target: { host: "127.0.0.1", port: server.addr.port },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await server.finished;
    },
  };
}

Deno.test("metrics up to the limit are read, and longer replies are refused without reading on", async () => {
  const filler = "#".repeat(MAX_METRICS_BYTES - CONFAB.length - 1_000);
  await using fitting = answering(() => CONFAB + filler);
  assertEquals((await scrape(fitting.target)).samples.get("confab_start_time_seconds"), 5);
  let sent = 0;
  const chunk = new TextEncoder().encode(CONFAB.repeat(1_000));
  const endless = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
  await using flooding = answering(endless);
  await assertRejects(() => scrape(flooding.target), Error, "too long for metrics");
  assert(sent > MAX_METRICS_BYTES);
});

Deno.test("a reply that is not from Confab is refused", async () => {
  await using other = answering(() => "<html>Welcome</html>");
  await assertRejects(() => scrape(other.target), Error, "not from Confab metrics");
});

Deno.test("a server that refuses the host name is reported with the next step", async () => {
  await using strict = answering(() => "no\n", 403);
  await assertRejects(() => scrape(strict.target), Error, "start it with --origin NAME");
});

Deno.test("a server that hangs up after the request is refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const target = { host: "127.0.0.1", port: listener.addr.port };
  const asking = assertRejects(() => scrape(target), Error, "not from Confab metrics");
  const conn = await listener.accept();
  await conn.read(new Uint8Array(1_000));
  conn.close();
  await asking;
});
