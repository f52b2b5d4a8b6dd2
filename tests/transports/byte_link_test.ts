import { assertEquals, assertRejects } from "@std/assert";
import { ByteLink } from "../../src/transports/byte_link.ts";
import { InProcessListener } from "../../src/transports/in_process.ts";
import { dialTcp, listenTcp } from "../../src/transports/tcp.ts";
import type { Listener } from "../../src/transports/connection.ts";
import type { StreamConnection } from "../../src/transports/stream_connection.ts";

const BYTES = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);

async function readWhole(link: ByteLink, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) at += (await link.read(bytes.subarray(at)))!;
  return bytes;
}

const WAYS: readonly (readonly [string, () => { listener: Listener; dial: () => Promise<StreamConnection> }])[] = [
  ["TCP", () => {
    const listener = listenTcp("127.0.0.1", 0);
    return { listener, dial: () => dialTcp("127.0.0.1", Number(listener.address.split(":")[1])) };
  }],
  ["a link inside the process", () => {
    const listener = new InProcessListener();
    return { listener, dial: () => listener.dial() };
  }],
];

for (const [name, open] of WAYS) {
  Deno.test(`${name} carries bytes as they are, and closing ends a read that waits`, async () => {
    const { listener, dial } = open();
    const link = new ByteLink(await dial());
    const server = (await listener.accept())!;
    await server.write(BYTES);
    assertEquals(await readWhole(link, BYTES.length), BYTES);
    await link.write(new TextEncoder().encode("line\n"));
    const reader = server.frames.getReader();
    assertEquals((await reader.read()).value, ["line"]);
    const waiting = link.read(new Uint8Array(1)).catch(() => null);
    link.close();
    link.close();
    assertEquals(await waiting, null);
    await assertRejects(() => link.write(BYTES));
    server.close();
    listener.close();
  });
}

Deno.test("a TCP connection knows the address and the port that were dialed", async () => {
  const listener = listenTcp("127.0.0.1", 0);
  const client = await dialTcp("127.0.0.1", Number(listener.address.split(":")[1]));
  const server = (await listener.accept())!;
  assertEquals(`${server.localAddress}:${server.localPort}`, listener.address);
  for (const end of [client, server, listener]) end.close();
});
