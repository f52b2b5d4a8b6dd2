import { assert, assertEquals } from "@std/assert";
import { type AnnouncedService, announceNearby } from "../../src/nearby/announcement.ts";
import { findNearby, listNearby } from "../../src/nearby/discovery.ts";
import { chatsOf } from "../../src/nearby/nearby_chats.ts";
import type { NearbyServer } from "../../src/nearby/dns_records.ts";
import { SERVICE } from "../../src/nearby/dns_records.ts";
import { NEARBY_INTERFACES_INTERVAL_MS, NEARBY_TTL_SECONDS, NEARBY_WAIT_MS } from "../../src/protocol/limits.ts";
import { FakeLan, type FakeMachine, on, overV6 } from "./fake_network.ts";

const FINGERPRINT = `${"A".repeat(42)}A`;
const SERVICE_OF_ADA: AnnouncedService = {
  title: "Ada's",
  host: "0.0.0.0",
  port: 5050,
  tls: true,
  fingerprint: FINGERPRINT,
};

function announce(network: FakeMachine, service: Partial<AnnouncedService> = {}) {
  const stop = new AbortController();
  const titles: string[] = [];
  const errors: string[] = [];
  const ended = announceNearby({ ...SERVICE_OF_ADA, ...service }, {
    signal: stop.signal,
    onAnnounced: (title) => titles.push(title),
    onError: (error) => errors.push((error as Error).message),
    network,
  });
  return { titles, errors, ended, stop: () => stop.abort() };
}

function find(network: FakeMachine) {
  const stop = new AbortController();
  const there = new Map<string, NearbyServer>();
  const log: string[] = [];
  const errors: string[] = [];
  const ended = findNearby({
    signal: stop.signal,
    onFound: (server) => {
      log.push(`+ ${server.title}`);
      there.set(server.title, server);
    },
    onGone: (server) => {
      log.push(`- ${server.title}`);
      there.delete(server.title);
    },
    onError: (error) => errors.push((error as Error).message),
    network,
  });
  return { there, log, errors, ended, stop: () => stop.abort() };
}

Deno.test("a server is found with all its attributes, at its address on the finder's network", () => {
  const lan = new FakeLan();
  const ada = announce(lan.machine(on("10.1.2.3"), on("10.9.9.9", "eth1")));
  lan.advance(1_000);
  const near = find(lan.machine(on("10.1.2.4")));
  const far = find(lan.machine(on("10.9.9.4")));
  lan.advance(1_200);
  const expected = { title: "Ada's", port: 5050, tls: true, fingerprint: FINGERPRINT };
  assertEquals([...near.there.values()], [{ ...expected, host: "10.1.2.3" }]);
  assertEquals([...far.there.values()], [{ ...expected, host: "10.9.9.9" }]);
  assertEquals(ada.titles, ["Ada's"]);
});

Deno.test("servers that announce one chat and one certificate are one chat, under the title without a number", () => {
  const lan = new FakeLan();
  const chat = "01a1fc07-b55d-7000-8eb7-9182220cae53";
  const stays = { chat, title: "Tea" };
  announce(lan.machine(on("10.1.2.3")), stays);
  lan.advance(1_500);
  announce(lan.machine(on("10.1.2.5")), stays);
  lan.advance(1_500);
  announce(lan.machine(on("10.1.2.6")), { ...stays, tls: false, fingerprint: undefined });
  announce(lan.machine(on("10.1.2.7")), { title: "Cake", chat: "no\nid" });
  lan.advance(3_000);
  const near = find(lan.machine(on("10.1.2.4")));
  lan.advance(1_200);
  const servers = [...near.there.values()].toSorted((a, b) => a.host.localeCompare(b.host));
  assertEquals(chatsOf(servers).map(({ title, servers }) => [title, servers.map(({ host }) => host)]), [
    ["Tea", ["10.1.2.3", "10.1.2.5"]],
    ["Tea (3)", ["10.1.2.6"]],
    ["Cake", ["10.1.2.7"]],
  ]);
  assertEquals(servers.map((server) => server.chat), [chat, chat, chat, undefined]);
});

Deno.test("a list is complete in time and sorted by title, even just after an answer to another finder", async () => {
  const lan = new FakeLan();
  announce(lan.machine(on("10.1.2.3")), { title: "b" });
  announce(lan.machine(on("10.1.2.5")), { title: "a" });
  lan.advance(1_000);
  find(lan.machine(on("10.1.2.6")));
  lan.advance(130);
  const listing = listNearby(1_500, { network: lan.machine(on("10.1.2.4")) });
  lan.advance(1_500);
  assertEquals((await listing).map(({ title, host }) => [title, host]), [["a", "10.1.2.5"], ["b", "10.1.2.3"]]);
});

Deno.test("a search finds a server that has just appeared even if its first answer is lost", async () => {
  for (let after = 0; after <= 800; after += 100) {
    const lan = new FakeLan();
    announce(lan.machine(on("10.1.2.3")));
    lan.advance(900 + after);
    const seeker = lan.machine(on("10.1.2.4"));
    const listing = listNearby(NEARBY_WAIT_MS, { network: seeker });
    seeker.deafTo = 1;
    lan.advance(NEARBY_WAIT_MS);
    assertEquals((await listing).map(({ title }) => title), ["Ada's"], `${after} ms after the announcement`);
  }
});

Deno.test("a goodbye removes a server at once, but not a goodbye from another host", async () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  const ada = announce(machine);
  const finder = find(lan.machine(on("10.1.2.4")));
  lan.advance(2_000);
  const goodbye = { name: SERVICE, type: "PTR", ttl: 0, data: `Ada's.${SERVICE}` };
  lan.carry({ type: "response", answers: [goodbye] }, "10.1.2", "10.1.2.66");
  lan.advance(5);
  assertEquals([...finder.there.keys()], ["Ada's"]);
  ada.stop();
  await ada.ended;
  lan.advance(5);
  assertEquals(finder.log, ["+ Ada's", "- Ada's"]);
  assertEquals(machine.links.size, 0);
});

Deno.test("a silent server is removed when its advertisement expires, and not before", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  announce(machine);
  const finder = find(lan.machine(on("10.1.2.4")));
  lan.advance(10 * NEARBY_TTL_SECONDS * 1_000);
  assertEquals(finder.log, ["+ Ada's"]);
  machine.links.clear();
  machine.open = () => ({ send() {}, close: () => Promise.resolve() });
  lan.advance(NEARBY_TTL_SECONDS * 1_000);
  assertEquals(finder.log, ["+ Ada's", "- Ada's"]);
});

Deno.test("later servers with a taken title get numbers, also if they start at the same time", () => {
  const lan = new FakeLan();
  const first = announce(lan.machine(on("10.1.2.3")), { title: "Confab" });
  lan.advance(3_000);
  const second = announce(lan.machine(on("10.1.2.4")), { title: "Confab" });
  const third = announce(lan.machine(on("10.1.2.5")), { title: "confab" });
  lan.advance(5_000);
  assertEquals(first.titles, ["Confab"]);
  assertEquals([second.titles.at(-1), third.titles.at(-1)].map((title) => title!.toLowerCase()).sort(), [
    "confab (2)",
    "confab (3)",
  ]);
  const finder = find(lan.machine(on("10.1.2.9")));
  lan.advance(1_200);
  assertEquals(finder.there.size, 3);
});

Deno.test("two servers that use the same title before they meet get different titles", () => {
  const lan = new FakeLan();
  const [one, other] = [lan.machine(), lan.machine()];
  const titles = [announce(one).titles, announce(other).titles];
  lan.advance(3_000);
  one.interfacesNow = [on("10.1.2.3")];
  other.interfacesNow = [on("10.1.2.4")];
  lan.advance(2 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(titles.map((list) => list.at(-1)).sort(), ["Ada's", "Ada's (2)"]);
});

Deno.test("a host that claims every name cannot rename a server forever", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  const thief = lan.machine(on("10.1.2.66"));
  const { open } = thief;
  let thefts = 0;
  thief.open = (where, options) => {
    const link = open.call(thief, where, {
      ...options,
      receive(packet) {
        const name = packet.questions?.[0]?.name;
        if (packet.type !== "query" || packet.questions![0]!.type !== "ANY" || ++thefts > 1_000) return;
        const data = { target: "zzz.local", port: 65_535 };
        link.send({ type: "response", answers: [{ name: name!, type: "SRV", ttl: 120, data }] });
      },
    });
    return link;
  };
  find(thief);
  const ada = announce(machine);
  lan.advance(60_000);
  assertEquals(ada.titles, ["Ada's (21)"]);
  assert(thefts < 100, `${thefts}`);
});

Deno.test("repeated queries get at most one answer per second, and none if the answer is known", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  announce(machine);
  lan.advance(5_000);
  machine.sent.length = 0;
  const questions = [{ name: SERVICE.toUpperCase(), type: "PTR" }];
  for (let count = 0; count < 1_000; count++) {
    lan.carry({ type: "query", questions }, "10.1.2", "10.1.2.4");
    lan.advance(5);
  }
  assert(machine.sent.length >= 4 && machine.sent.length <= 6, `${machine.sent.length}`);
  lan.advance(5_000);
  machine.sent.length = 0;
  const known = { name: SERVICE, type: "PTR", ttl: NEARBY_TTL_SECONDS, data: `Ada's.${SERVICE}` };
  lan.carry({ type: "query", questions, answers: [known] }, "10.1.2", "10.1.2.4");
  lan.advance(2_000);
  assertEquals(machine.sent, []);
  lan.carry({ type: "query", questions, answers: [{ ...known, ttl: 20 }] }, "10.1.2", "10.1.2.4");
  lan.advance(2_000);
  assertEquals(machine.sent.length, 1);
});

Deno.test("queries about other services are not answered", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  announce(machine);
  lan.advance(5_000);
  machine.sent.length = 0;
  for (const name of ["_ipp._tcp.local", `Other.${SERVICE}`, "printer.local", ""]) {
    lan.carry({ type: "query", questions: [{ name, type: "ANY" }] }, "10.1.2", "10.1.2.4");
  }
  lan.carry({ type: "query", questions: [{ name: SERVICE, type: "TXT" }] }, "10.1.2", "10.1.2.4");
  lan.advance(2_000);
  assertEquals(machine.sent, []);
});

Deno.test("new interfaces are used, and removed ones are closed", () => {
  const lan = new FakeLan();
  const server = lan.machine();
  const client = lan.machine(on("10.1.2.4"));
  const ada = announce(server);
  const finder = find(client);
  lan.advance(1_000);
  assertEquals(ada.errors, ["This machine is in no network: check its connection"]);
  server.interfacesNow = [on("10.1.2.3")];
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(finder.log, ["+ Ada's"]);
  server.interfacesNow = [on("10.7.7.7")];
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals([...server.links.keys()].map(({ v4 }) => v4[0]!.address), ["10.7.7.7"]);
});

Deno.test("a server is reported as announced once it is on a network, and not while it is on none", () => {
  const lan = new FakeLan();
  const offline = lan.machine();
  const blocked = lan.machine(on("10.1.2.5"));
  const { open } = blocked;
  blocked.open = (_, { failed }) => ({ send: () => failed(new Error("no route")), close: () => Promise.resolve() });
  const servers = [announce(offline), announce(blocked, { title: "Bob's" })];
  const local = announce(lan.machine(on("10.1.2.6")), { title: "Eve's", host: "127.0.0.1" });
  lan.advance(2 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(servers.map(({ titles }) => titles), [[], []]);
  assertEquals(servers.map(({ errors }) => errors.length), [1, 1]);
  offline.interfacesNow = [on("10.1.2.3")];
  blocked.open = open;
  lan.advance(2 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(servers.map(({ titles }) => titles), [["Ada's"], ["Bob's"]]);
  assertEquals(servers.map(({ errors }) => errors.length), [1, 1]);
  assertEquals(local.titles, []);
});

Deno.test("each error is reported once, and the announcement continues", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  machine.error = new Error("not allowed");
  const ada = announce(machine);
  lan.advance(10 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(ada.errors, ["not allowed"]);
  machine.error = undefined;
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  const [link] = [...machine.links.values()];
  link!.failed(new Error("the socket is gone"));
  assertEquals([machine.links.size, ada.errors.length], [0, 2]);
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  const finder = find(lan.machine(on("10.1.2.4")));
  lan.advance(1_200);
  assertEquals([machine.links.size, [...finder.there.keys()]], [1, ["Ada's"]]);
});

Deno.test("a server on one address is announced only on the network of that address", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"), on("10.9.9.9", "eth1", ["fd00::9"]));
  announce(machine, { host: "10.9.9.9" });
  lan.advance(2_000);
  const [near, far] = [find(lan.machine(on("10.1.2.4"))), find(lan.machine(on("10.9.9.4")))];
  lan.advance(1_200);
  assertEquals([near.there.size, far.there.size], [0, 1]);
});

Deno.test("a server that listens only on IPv6 is found at that address", () => {
  const lan = new FakeLan();
  announce(lan.machine(on("10.9.9.9", "eth1", ["fd00::9"])), { host: "fd00::9" });
  lan.advance(2_000);
  const finder = find(lan.machine(on("10.9.9.4")));
  lan.advance(1_200);
  assertEquals([...finder.there.values()].map(({ host }) => host), ["fd00::9"]);
});

Deno.test("a server on a machine without IPv4 is found over IPv6, also by a machine that has both", () => {
  const lan = new FakeLan();
  const [ada, both] = [{ name: "eth0", v4: [], v6: ["fd00::3"] }, on("10.1.2.4", "eth0", ["fd00::4"])];
  const server = announce(lan.machine(overV6(ada)), { host: "::" });
  const alone = lan.machine(overV6({ ...ada, v6: ["fd00::5"] }));
  const finders = [alone, lan.machine(both, overV6(both))].map(find);
  lan.advance(2_000);
  assertEquals([server.titles, server.errors], [["Ada's"], []]);
  assertEquals(finders.map(({ there }) => there.get("Ada's")?.host), ["fd00::3", "fd00::3"]);
  server.stop();
  lan.advance(5);
  assertEquals(finders.map(({ there }) => there.size), [0, 0]);
});

Deno.test("machines with IPv4 and IPv6 meet at their IPv4 addresses, also if IPv6 fails", () => {
  for (const fails of [false, true]) {
    const lan = new FakeLan();
    const [one, other] = [on("10.1.2.3", "eth0", ["fd00::3"]), on("10.1.2.4", "eth0", ["fd00::4"])];
    const machine = lan.machine(one, overV6(one));
    const { open } = machine;
    machine.open = (where, options) => {
      if (fails && where.zone !== undefined) throw new Error("no IPv6");
      return open.call(machine, where, options);
    };
    const server = announce(machine);
    const finder = find(lan.machine(overV6(other), other));
    lan.advance(10_000);
    assertEquals([finder.there.get("Ada's")?.host, finder.log], ["10.1.2.3", ["+ Ada's"]]);
    assertEquals([server.titles, server.errors], [["Ada's"], []]);
  }
});

Deno.test("no timer is left after the end, whenever it comes", async () => {
  for (const ms of [0, 100, 800, 1_100, 3_000]) {
    const lan = new FakeLan();
    const ada = announce(lan.machine(on("10.1.2.3")));
    const finder = find(lan.machine(on("10.1.2.4")));
    lan.advance(ms);
    ada.stop();
    finder.stop();
    await Promise.all([ada.ended, finder.ended]);
    lan.advance(5);
    assertEquals(lan.timers, 0, `after ${ms} ms`);
  }
});
