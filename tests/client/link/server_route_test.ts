import { assert, assertEquals, assertMatch } from "@std/assert";
import { Untrusted } from "../../../src/client/link/dial.ts";
import { ServerRoute, type ServerRouteOptions } from "../../../src/client/link/server_route.ts";
import { parseServers } from "../../../src/protocol/address/server_list.ts";
import {
  CONNECT_TIMEOUT_MS,
  MAX_SERVERS_KNOWN,
  RECONNECT_FIRST_MS,
  REPLACEABLE_ANSWER_MS,
  REPLACEABLE_CHECK_MS,
  REPLACEABLE_PING_MS,
  SERVER_TRY_MS,
} from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";
import { Random } from "../../helpers/random.ts";
import { ADA, Harness, type HarnessOptions, joined, roomMessage, welcome } from "../harness.ts";

/** The server that the user has dialed lists itself first. */
const SERVERS = ["192.0.2.1:5050", "192.0.2.2:5050", "192.0.2.3:5050"] as const;
const [, B, C] = SERVERS;

interface RouteStage {
  readonly harness: Harness;
  readonly route: ServerRoute;
  /** The lists that the route has passed to `changed`. */
  readonly kept: { readonly chat: string; readonly others: readonly string[] }[];
}

type StageOptions = HarnessOptions & Pick<ServerRouteOptions, "home"> & { others?: string[] };

function stage({ others = [], home, random = () => 0, ...options }: StageOptions = {}): RouteStage {
  const clock = new FakeClock();
  const kept: RouteStage["kept"] = [];
  const changed: ConstructorParameters<typeof ServerRoute>[0]["changed"] = (others, chat) => {
    kept.push({ chat, others: others.map(({ host, port }) => `${host}:${port}`).sort() });
  };
  const route = new ServerRoute({ clock, random, ...home && { home }, others: parseServers(others), changed });
  return { harness: new Harness({ clock, route, random, ...options }), route, kept };
}

/** Starts the client, and lets the first server that it dials admit it. */
async function online(options: StageOptions = {}, servers: readonly string[] = SERVERS) {
  const all = stage(options);
  all.harness.client.start();
  const server = await all.harness.dialed();
  await server.admit({ ...welcome(), servers: [...servers] });
  await all.harness.untilStatus("online");
  return { ...all, server };
}

Deno.test("after a loss the client is at another server at once, as the same member, and gets what it missed there", async () => {
  const { harness, server } = await online();
  server.send(roomMessage(1));
  harness.client.send({ room: "lobby" }, "pending");
  assertEquals((await server.commands()).length, 1);
  server.close();
  assert(await harness.waitOut() <= RECONNECT_FIRST_MS);
  const other = await harness.dialed();
  assertEquals(other.address, B);
  const join = await other.admit({ ...welcome(), servers: [B, ...SERVERS] }, joined("lobby", { seq: 2, missed: 1 }));
  assert(join?.type === "join");
  assertEquals({ token: join.token, after: join.after, name: join.name }, {
    ...{ token: "t-1", after: "id-lobby-1", name: ADA.name },
  });
  other.send(roomMessage(2));
  assertEquals(await other.refs(), ["ref-1"]);
  assertEquals(harness.received.flatMap((event) => event?.type === "message" ? [event.seq] : []), [1, 2]);
  await harness.finish(other);
});

Deno.test("a round dials each server once, the lost one last, and only then the waits grow", async () => {
  const { harness, server } = await online();
  harness.isDown = () => true;
  server.close();
  const waits: number[] = [];
  for (let count = 0; count < 7; count++) waits.push(await harness.waitOut());
  await harness.untilStatus("connecting");
  // The first dial of all, and then two rounds.
  assertEquals(harness.dials.slice(1, 4), [B, C, undefined]);
  assertEquals(harness.dials.slice(4, 7).toSorted(), [B, C, undefined].toSorted());
  assertEquals(waits, [0, 0, 0, 250, 0, 0, 500]);
  await harness.finish();
});

Deno.test("the clients of a dead server spread over the others, within half a second", async () => {
  const counts = new Map<string | undefined, number>();
  const generator = new Random(7);
  const random = () => generator.next();
  for (let client = 0; client < 300; client++) {
    const { harness, server } = await online({ random });
    server.close();
    assert(await harness.waitOut() <= RECONNECT_FIRST_MS);
    const other = await harness.dialed();
    counts.set(other.address, (counts.get(other.address) ?? 0) + 1);
    await harness.finish(other);
  }
  assertEquals([...counts.keys()].toSorted(), [B, C]);
  for (const count of counts.values()) assert(count > 110, `${count} of 300 clients`);
});

Deno.test("a start goes on at a remembered server when that of the user's address is down", async () => {
  const { harness } = stage({ others: [B], chat: "s-1" });
  harness.isDown = (server) => server === undefined;
  harness.client.start();
  await harness.waitOut();
  const other = await harness.dialed();
  assertEquals(other.address, B);
  await other.admit();
  await harness.untilStatus("online");
  await harness.finish(other);
});

Deno.test("when no server answers at the start, the reason is that of the user's address, and how many others were tried", async () => {
  const { harness } = stage({ others: [B, C] });
  harness.isDown = () => true;
  harness.client.start();
  for (let count = 0; count < 2; count++) await harness.waitOut();
  assertEquals(await harness.client.closed, {
    kind: "closed",
    cause: "unreachable",
    reason: "Connection refused; 2 other servers of the chat do not answer either",
  });
  assertEquals(harness.dials.length, 3);
  assertEquals(harness.clock.timers, 0);
});

Deno.test("a false certificate at the user's address is what a start ends with, unless another server answers", async () => {
  for (const isAlone of [false, true]) {
    const { harness } = stage({ others: [B] });
    harness.isDown = (server) => {
      if (server === undefined) throw new Untrusted("The certificate has changed");
      return isAlone;
    };
    harness.client.start();
    await harness.waitOut();
    if (isAlone) {
      const { cause, reason } = await harness.client.closed;
      assertEquals([cause, reason], ["untrusted", "The certificate has changed"]);
    } else {
      const other = await harness.dialed();
      await other.admit();
      await harness.untilStatus("online");
      await harness.finish(other);
    }
  }
});

Deno.test("a start ends when each server has had the longest time, and none has answered", async () => {
  const { harness } = stage({ others: [B] });
  harness.client.start();
  let dials = 0;
  for (let ms = SERVER_TRY_MS; ms <= CONNECT_TIMEOUT_MS; ms *= 2) {
    for (let count = 0; count < 2; count++) {
      if (dials++ > 0) await harness.waitOut();
      await (await harness.dialed()).next();
      harness.clock.advance(ms);
    }
  }
  const { cause, reason } = await harness.client.closed;
  assertEquals([cause, dials], ["unreachable", 8]);
  assertMatch(reason, /^No welcome within 10 s.*; the other server of the chat does not answer either$/);
});

Deno.test("servers that admit the client and close at once are dialed at growing intervals", async () => {
  const { harness, server } = await online({ random: () => 0.5 });
  server.close();
  const waits: number[] = [];
  for (let count = 0; count < 15; count++) {
    waits.push(await harness.waitOut());
    const next = await harness.dialed();
    await next.admit({ ...welcome(), servers: [...SERVERS] });
    await harness.untilStatus("online");
    next.close();
  }
  // After three quick losses each round dials every server once, and the pause before the next round doubles.
  assertEquals(waits.filter((ms) => ms > RECONNECT_FIRST_MS / 2).slice(0, 3), [375, 750, 1_500]);
  await harness.finish();
});

Deno.test("the server at the user's address is not dialed twice when the others list it", async () => {
  const home = { host: "192.0.2.1", port: 5050 };
  const { harness, server, route } = await online({ home });
  server.close();
  await harness.waitOut();
  const other = await harness.dialed();
  await other.admit({ ...welcome(), servers: [B, C, SERVERS[0]] });
  await harness.untilStatus("online");
  assertEquals(route.others.map(({ host }) => host).toSorted(), ["192.0.2.2", "192.0.2.3"]);
  await harness.finish(other);
});

Deno.test("a server that keeps silent is given up in a moment while others are left, and gets more time in the next round", async () => {
  const { harness, server } = await online();
  server.close();
  for (const ms of [SERVER_TRY_MS, SERVER_TRY_MS, SERVER_TRY_MS, 2 * SERVER_TRY_MS]) {
    await harness.waitOut();
    const silent = await harness.dialed();
    assertEquals(await silent.next(), { type: "ping" });
    harness.clock.advance(ms - 1);
    assertEquals(harness.statuses.at(-1)!.kind, "connecting");
    harness.clock.advance(1);
    assertEquals(await silent.next(), undefined);
  }
  await harness.waitOut();
  await harness.dialed();
  await harness.finish();
});

Deno.test("servers that cannot be reached, as behind a firewall, come last at the next loss", async () => {
  const { harness, server } = await online();
  server.close();
  for (let count = 0; count < 2; count++) {
    await harness.waitOut();
    await harness.dialed();
    harness.clock.advance(SERVER_TRY_MS);
  }
  await harness.waitOut();
  const home = await harness.dialed();
  assertEquals(home.address, undefined);
  await home.admit({ ...welcome(), servers: [...SERVERS] });
  await harness.untilStatus("online");
  home.close();
  await harness.waitOut();
  assertEquals((await harness.dialed()).address, undefined);
  await harness.finish();
});

Deno.test("a server that asks for a wait is left alone, and the others are dialed", async () => {
  const { harness, server } = await online();
  server.send({ type: "goodbye", reason: "shutdown", retryAfter: 60 });
  await harness.waitOut();
  const other = await harness.dialed();
  other.send({ type: "error", code: "server_full", message: "full", retryAfter: 30 });
  other.close();
  await harness.waitOut();
  const third = await harness.dialed();
  assertEquals([other.address, third.address].toSorted(), [B, C]);
  third.close();
  // The round is over: only the third one did not ask for a wait.
  assert(await harness.waitOut() <= RECONNECT_FIRST_MS);
  assertEquals((await harness.dialed()).address, third.address);
  await harness.finish();
});

Deno.test("a server of another chat is not used: it gets nothing but a ping, nobody sees its events, and it is forgotten", async () => {
  const { harness, server, route } = await online();
  server.close();
  await harness.waitOut();
  const stranger = await harness.dialed();
  assertEquals(await stranger.next(), { type: "ping" });
  const events = harness.received.length;
  stranger.send({ ...welcome("s-9"), servers: ["203.0.113.1:22"] });
  assertEquals(await stranger.next(), undefined);
  assertEquals(harness.received.length, events);
  await harness.waitOut();
  const other = await harness.dialed();
  assertEquals([stranger.address, other.address], [B, C]);
  assertEquals(route.others, parseServers([C]));
  await other.admit({ ...welcome(), servers: [C, SERVERS[0]] });
  await harness.untilStatus("online");
  await harness.finish(other);
});

Deno.test("another chat at the user's address is not used while the chat has other servers", async () => {
  const { harness, server } = await online({}, [SERVERS[0], B]);
  harness.isDown = (address) => address === B;
  server.close();
  for (let count = 0; count < 2; count++) await harness.waitOut();
  const home = await harness.dialed();
  assertEquals(home.address, undefined);
  home.send(welcome("s-9"));
  assertEquals([await home.next(), await home.next()], [{ type: "ping" }, undefined]);
  harness.isDown = () => false;
  await harness.waitOut();
  await harness.finish();
});

Deno.test("a server with a false certificate is skipped, and not dialed again", async () => {
  let isLost = false;
  const all = stage();
  const { harness } = all;
  const inner = harness.isDown;
  harness.isDown = (address) => {
    if (isLost && address === B) throw new Untrusted("The certificate differs");
    return inner(address);
  };
  harness.client.start();
  const server = await harness.dialed();
  await server.admit({ ...welcome(), servers: [...SERVERS] });
  isLost = true;
  server.close();
  await harness.waitOut();
  await harness.waitOut();
  assertEquals((await harness.dialed()).address, C);
  assertEquals(all.route.others, parseServers([C]));
  await harness.finish();
});

Deno.test("a silent server is given up soon if there are others, also if the client is told of them later", async () => {
  for (const servers of [SERVERS, SERVERS.slice(0, 1)]) {
    const { harness, server } = await online({}, servers);
    harness.clock.advance(REPLACEABLE_PING_MS - 1);
    server.send({ type: "servers", servers: [...SERVERS] });
    assertEquals(await server.commands(), []);
    harness.clock.advance(REPLACEABLE_PING_MS);
    assertEquals(await server.next(), { type: "ping" });
    harness.clock.advance(REPLACEABLE_CHECK_MS);
    assertEquals((await harness.untilStatus("waiting")).reason, "No data from the server for 3 s");
    await harness.finish();
  }
});

Deno.test("a server that has others is pinged after 5 seconds of silence, and given up 3 seconds later", async () => {
  const { harness, server } = await online();
  harness.clock.advance(REPLACEABLE_PING_MS);
  assertEquals(await server.next(), { type: "ping" });
  harness.clock.advance(REPLACEABLE_CHECK_MS);
  assertEquals((await harness.untilStatus("waiting")).reason, "No data from the server for 3 s");
  await harness.finish();
});

Deno.test("a server that freezes right after an answer is checked for the next message as well", async () => {
  const { harness, server } = await online();
  harness.client.send({ room: "lobby" }, "hello");
  assertEquals(await server.refs(), ["ref-1"]);
  harness.clock.advance(1);
  harness.client.send({ room: "lobby" }, "anybody?");
  assertEquals((await server.next())?.type, "message");
  harness.clock.advance(REPLACEABLE_ANSWER_MS);
  assertEquals(await server.next(), { type: "ping" });
  harness.clock.advance(REPLACEABLE_CHECK_MS);
  assertEquals((await harness.untilStatus("waiting")).reason, "No data from the server for 3 s");
  await harness.finish();
});

Deno.test("a server that leaves a message without an answer is checked soon, and one that answers is kept", async () => {
  const { harness, server } = await online();
  harness.client.send({ room: "lobby" }, "hello");
  assertEquals(await server.refs(), ["ref-1"]);
  harness.clock.advance(REPLACEABLE_ANSWER_MS);
  harness.client.send({ room: "lobby" }, "anybody?");
  harness.clock.advance(REPLACEABLE_ANSWER_MS);
  assertEquals((await server.next())?.type, "message");
  assertEquals(await server.next(), { type: "ping" });
  harness.clock.advance(REPLACEABLE_CHECK_MS);
  assertEquals((await harness.untilStatus("waiting")).reason, "No data from the server for 3 s");
  await harness.finish();
});

Deno.test("changes of the list are taken over and remembered, with the id of the chat", async () => {
  const { harness, server, kept } = await online();
  server.send({ type: "servers", servers: ["192.0.2.1:5050", C, "192.0.2.4:5050"] });
  server.send({ type: "servers", servers: ["192.0.2.1:5050", "192.0.2.4:5050", C] });
  await server.commands();
  assertEquals(harness.state.servers.length, 3);
  assertEquals(kept, [{ chat: "s-1", others: [B, C] }, { chat: "s-1", others: [C, "192.0.2.4:5050"] }]);
  await harness.finish(server);
});

Deno.test("of a long list a few servers are kept, by chance", async () => {
  const long = Array.from({ length: 5_000 }, (_, index) => `198.51.100.${index % 256}:${1_000 + index}`);
  const seen = new Set<number>();
  const generator = new Random(3);
  const random = () => generator.next();
  for (let time = 0; time < 20; time++) {
    const { harness, server, route } = await online({ random }, long);
    assertEquals(route.others.length, MAX_SERVERS_KNOWN);
    for (const { port } of route.others) seen.add(port);
    await harness.finish(server);
  }
  assert(seen.size > 40 && [...seen].every((port) => port < 1_064), "only from the first 64");
});

Deno.test("addresses that are not valid, or reach less far than the server that lists them, are not dialed", async () => {
  const hostile = [
    "127.0.0.1:22",
    "localhost:22",
    "10.0.0.5:22",
    "[::1]:80",
    "0.0.0.0:1",
    "[fe80::1%eth0]:1",
    "http://x/",
    "x y:1",
  ];
  const { harness, server, route } = await online({}, [
    SERVERS[0],
    ...hostile,
    "a:0",
    "unix:/run/x",
    B,
    B.toUpperCase(),
  ]);
  assertEquals(route.others, parseServers([B]));
  await harness.finish(server);
});

Deno.test("a client without a route stays with its address", async () => {
  const { harness, server } = await Harness.online({}, { ...welcome(), servers: [...SERVERS] });
  const next = await harness.redial(server);
  assertEquals(next.address, undefined);
  await next.admit();
  await harness.finish(next);
});
