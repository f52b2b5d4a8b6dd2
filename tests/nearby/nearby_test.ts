import { assert, assertEquals } from "@std/assert";
import { announceNearby, type Service } from "../../src/nearby/announcement.ts";
import { findNearby, listNearby, type Nearby } from "../../src/nearby/nearby.ts";
import { SERVICE } from "../../src/nearby/dns_records.ts";
import { NEARBY_INTERFACES_INTERVAL_MS, NEARBY_TTL_SECONDS } from "../../src/protocol/limits.ts";
import { FakeLan, type FakeMachine, on } from "./fake_network.ts";

const FINGERPRINT = `${"A".repeat(42)}A`;
const SERVICE_OF_ADA: Service = { title: "Ada's", host: "0.0.0.0", port: 5050, tls: true, fingerprint: FINGERPRINT };

function announce(network: FakeMachine, service: Partial<Service> = {}) {
  const stop = new AbortController();
  const titles: string[] = [];
  const troubles: string[] = [];
  const ended = announceNearby({ ...SERVICE_OF_ADA, ...service }, {
    signal: stop.signal,
    onAnnounced: (title) => titles.push(title),
    onTrouble: (error) => troubles.push((error as Error).message),
    network,
  });
  return { titles, troubles, ended, stop: () => stop.abort() };
}

function find(network: FakeMachine) {
  const stop = new AbortController();
  const there = new Map<string, Nearby>();
  const log: string[] = [];
  const troubles: string[] = [];
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
    onTrouble: (error) => troubles.push((error as Error).message),
    network,
  });
  return { there, log, troubles, ended, stop: () => stop.abort() };
}

Deno.test("a server is found with all that it says, at its address on the network of whoever looks", () => {
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

Deno.test("a list is ready in time, by title, even where an answer has just been given to somebody else", async () => {
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

Deno.test("a goodbye removes a server at once, and nobody else's goodbye does", async () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  const ada = announce(machine);
  const looking = find(lan.machine(on("10.1.2.4")));
  lan.advance(2_000);
  const goodbye = { name: SERVICE, type: "PTR", ttl: 0, data: `Ada's.${SERVICE}` };
  lan.carry({ type: "response", answers: [goodbye] }, "10.1.2", "10.1.2.66");
  lan.advance(5);
  assertEquals([...looking.there.keys()], ["Ada's"]);
  ada.stop();
  await ada.ended;
  lan.advance(5);
  assertEquals(looking.log, ["+ Ada's", "- Ada's"]);
  assertEquals(machine.links.size, 0);
});

Deno.test("a server that falls silent is forgotten when its time is over, and not before", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  announce(machine);
  const looking = find(lan.machine(on("10.1.2.4")));
  lan.advance(10 * NEARBY_TTL_SECONDS * 1_000);
  assertEquals(looking.log, ["+ Ada's"]);
  machine.links.clear();
  machine.open = () => ({ send() {}, close: () => Promise.resolve() });
  lan.advance(NEARBY_TTL_SECONDS * 1_000);
  assertEquals(looking.log, ["+ Ada's", "- Ada's"]);
});

Deno.test("whoever comes later takes a number where the title is taken, and so do those who come at the same time", () => {
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
  const looking = find(lan.machine(on("10.1.2.9")));
  lan.advance(1_200);
  assertEquals(looking.there.size, 3);
});

Deno.test("two that met only after both had the title are told apart again", () => {
  const lan = new FakeLan();
  const [one, other] = [lan.machine(), lan.machine()];
  const titles = [announce(one).titles, announce(other).titles];
  lan.advance(3_000);
  one.interfacesNow = [on("10.1.2.3")];
  other.interfacesNow = [on("10.1.2.4")];
  lan.advance(2 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(titles.map((list) => list.at(-1)).sort(), ["Ada's", "Ada's (2)"]);
});

Deno.test("somebody who takes every name there is makes no server change its own for ever", () => {
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

Deno.test("an answer comes once a second however often it is asked for, and not where it is known", () => {
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

Deno.test("questions about somebody else are not answered", () => {
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

Deno.test("an interface that comes later is announced on and looked on, and one that goes is left", () => {
  const lan = new FakeLan();
  const server = lan.machine();
  const client = lan.machine(on("10.1.2.4"));
  const ada = announce(server);
  const looking = find(client);
  lan.advance(1_000);
  assertEquals(ada.troubles, ["This machine is on no network with IPv4"]);
  server.interfacesNow = [on("10.1.2.3")];
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(looking.log, ["+ Ada's"]);
  server.interfacesNow = [on("10.7.7.7")];
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals([...server.links.keys()].map(({ v4 }) => v4[0]!.address), ["10.7.7.7"]);
});

Deno.test("what goes wrong is told once and ends nothing", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"));
  machine.fault = new Error("not allowed");
  const ada = announce(machine);
  lan.advance(10 * NEARBY_INTERFACES_INTERVAL_MS);
  assertEquals(ada.troubles, ["not allowed"]);
  machine.fault = undefined;
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  const [link] = [...machine.links.values()];
  link!.failed(new Error("the socket is gone"));
  assertEquals([machine.links.size, ada.troubles.length], [0, 2]);
  lan.advance(NEARBY_INTERFACES_INTERVAL_MS);
  const looking = find(lan.machine(on("10.1.2.4")));
  lan.advance(1_200);
  assertEquals([machine.links.size, [...looking.there.keys()]], [1, ["Ada's"]]);
});

Deno.test("a server on one address alone is announced where it is, and nowhere else", () => {
  const lan = new FakeLan();
  const machine = lan.machine(on("10.1.2.3"), on("10.9.9.9", "eth1", ["fd00::9"]));
  announce(machine, { host: "10.9.9.9" });
  lan.advance(2_000);
  const [near, far] = [find(lan.machine(on("10.1.2.4"))), find(lan.machine(on("10.9.9.4")))];
  lan.advance(1_200);
  assertEquals([near.there.size, far.there.size], [0, 1]);
});

Deno.test("a server on IPv6 alone is found at that address", () => {
  const lan = new FakeLan();
  announce(lan.machine(on("10.9.9.9", "eth1", ["fd00::9"])), { host: "fd00::9" });
  lan.advance(2_000);
  const looking = find(lan.machine(on("10.9.9.4")));
  lan.advance(1_200);
  assertEquals([...looking.there.values()].map(({ host }) => host), ["fd00::9"]);
});

Deno.test("nothing is left running after the end, whenever that comes", async () => {
  for (const ms of [0, 100, 800, 1_100, 3_000]) {
    const lan = new FakeLan();
    const ada = announce(lan.machine(on("10.1.2.3")));
    const looking = find(lan.machine(on("10.1.2.4")));
    lan.advance(ms);
    ada.stop();
    looking.stop();
    await Promise.all([ada.ended, looking.ended]);
    lan.advance(5);
    assertEquals(lan.timers, 0, `after ${ms} ms`);
  }
});
