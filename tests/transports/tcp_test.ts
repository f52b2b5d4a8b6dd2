import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { dialTcp, formatTcp, listenTcp } from "../../src/transports/tcp.ts";
import type { Listener } from "../../src/transports/connection.ts";
import { connectionContract, type Transport } from "../contracts/connection_contract.ts";
import { inTime } from "../helpers/process_lines.ts";
import { crowdContract, listenerContract } from "../contracts/listener_contract.ts";

const HOST = "127.0.0.1";

const TCP: Transport = {
  listen: () => listenTcp(HOST, 0),
  dial: (listener) => dialTcp(HOST, portOf(listener)),
  dialRaw: (listener) => Deno.connect({ hostname: HOST, port: portOf(listener) }),
};

function portOf(listener: Listener): number {
  return Number(listener.address.split(":").at(-1));
}

connectionContract("TCP", TCP);
listenerContract("TCP", TCP);
crowdContract("TCP", () => listenTcp(HOST, 0));

Deno.test("TCP: the address has the port that the system chose, and each end knows the other", async () => {
  const listener = listenTcp(HOST, 0);
  assertMatch(listener.address, /^127\.0\.0\.1:[1-9]\d*$/);
  const [there, here] = await Promise.all([listener.accept(), dialTcp(HOST, portOf(listener))]);
  assertEquals(here.peer, listener.address);
  assertMatch(there!.peer, /^127\.0\.0\.1:\d+$/);
  for (const end of [here, there!, listener]) end.close();
});

Deno.test("TCP: a dial that is given up at any moment rejects with the reason, and its connection is closed", async () => {
  const dials = 1_000;
  const listener = listenTcp(HOST, 0);
  const reason = new Error("given up");
  const ended = async () => {
    for (let count = 0; count < dials; count++) {
      const there = (await listener.accept())!;
      const { done } = await there.frames.getReader().read();
      assertEquals(done, true);
      there.close();
    }
  };
  const dial = async (ms: number) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(reason), ms);
    try {
      (await dialTcp(HOST, portOf(listener), controller.signal)).close();
    } catch (error) {
      return error;
    } finally {
      clearTimeout(timer);
    }
  };
  const all = ended();
  const outcomes: unknown[] = [];
  for (let index = 0; index < dials; index += 10) {
    // Some signals are aborted between the moment in which a connection opens and that in which the program gets it.
    outcomes.push(...await Promise.all(Array.from({ length: 10 }, (_, nth) => dial(((index + 7 * nth) % 30) / 10))));
  }
  assertEquals(outcomes.filter((outcome) => outcome !== undefined && outcome !== reason), []);
  assert(outcomes.includes(reason));
  await inTime(all, () => "the end of each accepted connection");
  listener.close();
  await assertRejects(() => dialTcp(HOST, 1, AbortSignal.abort(reason)), Error, "given up");
});

Deno.test("TCP: an address of IPv6 is in brackets", () => {
  assertEquals(formatTcp("::1", 5050), "[::1]:5050");
  assertEquals(formatTcp("localhost", 1), "localhost:1");
});

Deno.test("TCP: a port in use cannot be listened on", () => {
  const listener = listenTcp(HOST, 0);
  assertThrows(() => listenTcp(HOST, portOf(listener)), Deno.errors.AddrInUse);
  listener.close();
});

Deno.test("TCP: where nobody listens, dialing is refused", async () => {
  const listener = listenTcp(HOST, 0);
  listener.close();
  await assertRejects(() => dialTcp(HOST, portOf(listener)), Deno.errors.ConnectionRefused);
});

Deno.test("TCP: dialing gives up with its signal", async () => {
  const listener = listenTcp(HOST, 0);
  await assertRejects(() => dialTcp(HOST, portOf(listener), AbortSignal.abort(new Error("enough"))));
  listener.close();
});

Deno.test("TCP: an accepted connection has an address without a port, and is not privileged", async () => {
  const listener = listenTcp(HOST, 0);
  const [there, here] = await Promise.all([listener.accept(), dialTcp(HOST, portOf(listener))]);
  assertEquals([there!.remoteAddress, there!.privileged], [HOST, false]);
  for (const end of [here, there!, listener]) end.close();
});
