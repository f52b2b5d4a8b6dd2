/** Loads beyond the server's limits. `deno task overload` runs the same at full size, and measures. */

import { assert, assertEquals } from "@std/assert";
import { serve, serveWithDescriptors, WINDOWS } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { crowd } from "../overload/crowd.ts";
import { flood } from "../overload/flood.ts";
import { MAX_GROWTH_BYTES } from "../overload/judge.ts";
import { stopReading } from "../overload/stopped.ts";

/** Descriptor limit: enough for Deno, the reserve and a few dozen connections. */
const DESCRIPTORS = 160;

/**
 * Connects and joins with its first line. Returns `undefined` if the server is full. In a crowd, the server soon ends the
 * connection of a client that has not read its refusal, which then tries again, up to `tries` times.
 */
async function arrive(address: string, name: string, tries = 20): Promise<Peer | undefined> {
  const peer = (await Peer.dial(address, name)).read();
  await peer.send({ type: "join", name });
  const line = await peer.lines.first(/"type":"joined"|"code":"server_full"/).catch((error) => {
    if (peer.lines.ended && tries > 1) return undefined;
    throw error;
  });
  if (line === undefined) return await arrive(address, name, tries - 1);
  if (line.includes('"joined"')) return peer;
  assert(JSON.parse(line).retryAfter > 0);
  await peer.ended();
  return undefined;
}

Deno.test({
  name: "past the descriptor limit each client gets server_full, and a place is free after one leaves (not on Windows)",
  ignore: WINDOWS,
  async fn() {
    await using server = await serveWithDescriptors(DESCRIPTORS);
    await using stack = new AsyncDisposableStack();
    const all = await Promise.all(Array.from({ length: 300 }, (_, n) => arrive(server.address, `peer${n}`)));
    const inside = all.filter((peer) => peer !== undefined);
    for (const peer of inside) stack.use(peer);
    assert(inside.length > 0 && inside.length < DESCRIPTORS, `${inside.length} are in`);
    const [ada, bob] = inside as [Peer, Peer];
    await ada.send({ type: "message", ref: "r", text: "all well" });
    await bob.next({ type: "message", text: "all well" });
    await bob.send({ type: "leave" });
    await bob.ended();
    await server.program.stderr.first("disconnected");
    stack.use((await arrive(server.address, "eve"))!);
    assertEquals(await arrive(server.address, "late"), undefined);
    await server.stop();
    // Each kind of line once, and once more with the number of repetitions.
    const warnings = server.program.stderr.all.filter((line) => line.includes("warn"));
    assert(warnings.some((line) => line.includes("descriptor limit")));
    assert(warnings.length <= 6, warnings.join("\n"));
  },
});

/** Runs on a server of its own, and stops it at the end. */
async function overload<T>(work: (server: { readonly port: number; readonly pid: number }) => Promise<T>): Promise<T> {
  await using server = await serve("--memory", "--rate", "0");
  const report = await work({ port: server.port, pid: server.program.pid });
  await server.stop();
  return report;
}

Deno.test("endless senders are received in order by all that keep up, and cost little memory", async () => {
  const options = { senders: 4, receivers: 30, messages: 3_000, textBytes: 1_000 };
  const report = await overload((server) => flood({ ...server, ...options }));
  const { cut, sendersCut, missing, faults, before, after } = report;
  assertEquals(faults, 0);
  assertEquals(missing > 0, cut + sendersCut > 0, JSON.stringify(report));
  assert(after.peakBytes - before.nowBytes < MAX_GROWTH_BYTES, `${before.nowBytes} bytes, then ${after.peakBytes}`);
});

Deno.test("each receiver that stops reading is closed, and costs the others nothing and little memory", async () => {
  const messages = { before: 10, filling: 0, stopped: 1_500, after: 10 };
  const options = { stopped: 30, readers: 10, textBytes: 8_000, everyMs: 0, messages };
  const { cut, readersCut, missing, faults, sameOrder, empty, end } = await overload((server) =>
    stopReading({ ...server, ...options })
  );
  assertEquals({ cut, readersCut, missing, faults, sameOrder }, {
    cut: 30,
    readersCut: 0,
    missing: 0,
    faults: 0,
    sameOrder: true,
  });
  assert(end.peakBytes - empty.nowBytes < MAX_GROWTH_BYTES, `${empty.nowBytes} bytes, then ${end.peakBytes}`);
});

Deno.test("500 clients that join and leave at once leak no descriptor, and others get few lines about them", async () => {
  const options = { connections: 500, hosts: 0, leave: true, settleMs: 0 };
  const { refused, cut, notices, descriptors } = await overload((server) => crowd({ ...server, ...options }));
  assertEquals([refused, cut, descriptors.after], [0, 0, descriptors.before]);
  // Events come one by one up to 200 members, and once a second beyond.
  assert(notices.arrivals < 220 && notices.departures < 220, JSON.stringify(notices));
});
