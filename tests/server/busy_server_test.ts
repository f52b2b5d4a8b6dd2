import { assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { MemoryHistory } from "../../src/history/memory/memory_history.ts";
import { FIRST_BYTES_WAIT_MS } from "../../src/protocol/limits.ts";
import { Server } from "../../src/server/server.ts";
import { listenTcp } from "../../src/transports/tcp.ts";

/** A server with the system's timers and sockets. `connected` is called for each connection. */
function open(connected: () => void): { readonly server: Server; readonly port: number } {
  const server = new Server({
    title: "test",
    version: "0",
    rate: undefined,
    maxConnections: 10,
    connectionsPerAddress: 0,
    attemptsPerAddress: 0,
    history: new MemoryHistory(),
    newWords: () => "some-three-words",
    page: () => Promise.resolve({ html: "hello\n", policy: "" }),
    log: (_level, event) => event === "connected" && connected(),
  });
  const listener = listenTcp("127.0.0.1", 0);
  server.listen(listener);
  return { server, port: Number(listener.address.split(":").at(-1)) };
}

/** Keeps this thread busy, as a burst of work does. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("a request that arrives while the server is too busy to read is answered as HTTP", async () => {
  const connected = Promise.withResolvers<void>();
  const { server, port } = open(connected.resolve);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await connected.promise;
  // The server waits for the first bytes now.
  await new Promise<void>((resolve) => setImmediate(resolve));
  const writing = conn.write(
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
  );
  work(FIRST_BYTES_WAIT_MS + 20);
  await writing;
  const buffer = new Uint8Array(1_000);
  const text = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
  conn.close();
  await server.drain();
  assertEquals(text.slice(0, 15), "HTTP/1.1 200 OK");
});
