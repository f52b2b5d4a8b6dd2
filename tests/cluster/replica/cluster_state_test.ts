import { assertEquals } from "@std/assert";
import { ClusterState, EVICTION_ENTRIES } from "../../../src/cluster/replica/cluster_state.ts";
import { EntrySource, facts } from "./entries.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
const LEAVE = { op: "leave" } as const;

function threeServers(): EntrySource {
  const log = new EntrySource();
  for (const s of [1, 2, 3]) log.hello(s, { name: `server ${s}` });
  return log;
}

Deno.test("an entry counts if it is the next one of a live server", () => {
  const log = new EntrySource();
  assertEquals(log.add(1, [], 1), "not live");
  assertEquals(log.hello(1), undefined);
  assertEquals(log.add(1, [], 3), "gap");
  assertEquals(log.add(1, [], 1), "repeated");
  assertEquals(log.add(1, [], 2), undefined);
  assertEquals(log.add(1, [], 2), "repeated");
  assertEquals(log.add(1, [], 4), "gap");
  assertEquals(log.add(1, [], 3), undefined);
  assertEquals([log.state.record.index, log.state.record.skipped], [3, 5]);
});

Deno.test("a hello counts as the first and only op of an incarnation higher than all before", () => {
  const log = new EntrySource();
  const hello = { op: "hello", server: facts(), kept: 0 } as const;
  assertEquals(log.add(5, [hello], 2), "not live");
  assertEquals(log.add(5, [hello, LEAVE], 1), "not live");
  assertEquals(log.add(5, [LEAVE], 1), "not live");
  assertEquals(log.hello(5), undefined);
  assertEquals(log.hello(4), "old incarnation");
  assertEquals(log.hello(5), "repeated");
  log.add(5, [LEAVE]);
  assertEquals(log.hello(5), "old incarnation");
  assertEquals(log.hello(2 ** 21), "old incarnation");
  assertEquals(log.hello(6), undefined);
  assertEquals(log.live, [6]);
});

Deno.test("a replayed entry of a server that has ended changes nothing", () => {
  const log = threeServers();
  log.add(2, [LEAVE]);
  const before = JSON.stringify(log.state.record.servers);
  for (const n of [1, 2, 3]) assertEquals(log.add(2, [{ op: "remove", s: 1 }], n), "not live");
  assertEquals(JSON.stringify(log.state.record.servers), before);
});

Deno.test("a server ends when one other server has written five entries with its clock since its last entry", () => {
  const log = threeServers();
  for (let count = 1; count < EVICTION_ENTRIES; count++) {
    log.clock(1);
    log.clock(2);
  }
  assertEquals(log.ended, []);
  log.add(3, []);
  log.clock(1);
  for (let count = 1; count < EVICTION_ENTRIES; count++) log.clock(2);
  assertEquals(log.ended, []);
  log.add(1, []);
  log.clock(2);
  assertEquals(log.ended, [3]);
  assertEquals(log.live, [1, 2]);
});

Deno.test("entries without a clock evict nobody", () => {
  const log = threeServers();
  for (let count = 0; count < 100; count++) log.add(1, []);
  assertEquals(log.ended, []);
});

Deno.test("servers that one entry evicts end from the lowest incarnation on", () => {
  const log = threeServers();
  for (let count = 0; count < EVICTION_ENTRIES; count++) log.clock(2);
  assertEquals(log.ended, [1, 3]);
});

Deno.test("a server ends by its own wish, and by that of an operator", () => {
  const log = threeServers();
  log.add(3, [LEAVE]);
  log.add(1, [{ op: "remove", s: 2 }, { op: "remove", s: 9 }]);
  assertEquals([log.ended, log.live], [[3, 2], [1]]);
});

Deno.test("the time follows the clocks, and never goes back", () => {
  const log = threeServers();
  assertEquals(log.time, 0);
  log.now += 700;
  log.clock(1);
  assertEquals(log.time, 700);
  log.now -= 5_000;
  log.clock(2);
  assertEquals(log.time, 700);
});

Deno.test("a clock a year ahead moves the time by 10 s, one a year behind by nothing", () => {
  const log = threeServers();
  for (let second = 0; second < 4; second++) {
    log.now += 1_000;
    log.clock(1, log.now + YEAR_MS);
    log.clock(2);
    log.clock(3);
  }
  assertEquals(log.time, 13_000);
  log.clock(1, log.now - YEAR_MS);
  assertEquals(log.time, 13_000);
  log.now += 20_000;
  log.clock(2);
  log.clock(3);
  assertEquals(log.time, 24_000);
});

Deno.test("of two servers, the clock that is ahead does not decide", () => {
  const log = new EntrySource();
  log.hello(1);
  log.hello(2);
  log.clock(2, log.now + YEAR_MS);
  assertEquals(log.time, 10_000);
});

Deno.test("the time that a wrong clock has left a year ahead goes on at half speed, and never back", () => {
  const log = new EntrySource();
  log.hello(1);
  log.clock(1, log.now + YEAR_MS);
  log.hello(2);
  log.clock(1);
  assertEquals(log.time, YEAR_MS);
  for (let second = 0; second < 60; second++) {
    log.now += 1_000;
    log.clock(1);
    log.clock(2);
  }
  assertEquals(log.time, YEAR_MS + 30_000);
});

Deno.test("the time waits for clocks that are up to 10 s behind it", () => {
  const log = threeServers();
  log.clock(1, log.now + 9_000);
  for (let second = 0; second < 9; second++) {
    assertEquals(log.time, 9_000);
    log.now += 1_000;
    log.clock(2);
    log.clock(3);
  }
  log.now += 1_000;
  log.clock(2);
  assertEquals(log.time, 10_000);
});

Deno.test("pruning goes by the lowest clock of a live server", () => {
  const log = threeServers();
  log.clock(2, log.now - YEAR_MS);
  log.clock(3, log.now + YEAR_MS);
  assertEquals(log.state.lowestClock, log.now - YEAR_MS);
  log.add(2, [LEAVE]);
  assertEquals(log.state.lowestClock, log.now);
});

Deno.test("the hub ticks once when a second has passed by the chat's time", () => {
  const log = threeServers();
  assertEquals([log.state.takeTick(), log.state.takeTick()], [true, false]);
  log.now += 999;
  log.clock(1);
  assertEquals(log.state.takeTick(), false);
  log.now += 1;
  log.clock(1);
  assertEquals([log.state.takeTick(), log.state.takeTick()], [true, false]);
  log.now += 60_000;
  log.clock(1);
  log.clock(2);
  assertEquals([log.state.takeTick(), log.state.takeTick()], [true, false]);
});

Deno.test("a server whose settings differ from those of the live servers is refused", () => {
  const log = threeServers();
  assertEquals(log.hello(4, { settings: "other" }), "settings");
  assertEquals(log.hello(4), "old incarnation");
  assertEquals(log.hello(5), undefined);
});

Deno.test("without a live server the settings of the first one count", () => {
  const log = new EntrySource();
  log.hello(1);
  log.add(1, [LEAVE]);
  assertEquals(log.hello(2, { settings: "other" }), undefined);
  assertEquals(log.hello(3), "settings");
});

Deno.test("servers that do not write end after five attempts of newcomers with other settings", () => {
  const log = threeServers();
  for (let s = 4; s < 8; s++) assertEquals(log.hello(s, { settings: "other" }), "settings");
  log.add(3, []);
  assertEquals(log.hello(8, { settings: "other" }), "settings");
  assertEquals([log.ended, log.live], [[1, 2], [3]]);
  for (let s = 9; s < 13; s++) log.hello(s, { settings: "other" });
  assertEquals(log.live, []);
  assertEquals(log.hello(13, { settings: "other" }), undefined);
});

Deno.test("a server with a lower level is refused, and the level rises when all live servers have it", () => {
  const log = new EntrySource();
  log.hello(1);
  log.hello(2, { level: 2 });
  log.add(2, [{ op: "level", level: 2 }]);
  assertEquals([log.state.record.level, log.state.commonLevel], [1, 1]);
  log.add(1, [LEAVE]);
  log.add(2, [{ op: "level", level: 3 }]);
  assertEquals([log.state.record.level, log.state.commonLevel], [1, 2]);
  log.add(2, [{ op: "level", level: 2 }]);
  assertEquals(log.state.record.level, 2);
  assertEquals(log.hello(3), "level");
  log.add(2, [LEAVE]);
  assertEquals(log.hello(4), "level");
  assertEquals(log.hello(5, { level: 2 }), undefined);
});

Deno.test("the state is checked every 1,000 entries, more seldom if the hub weighs more", () => {
  const log = threeServers();
  const checked: number[] = [];
  for (let entry = 4; entry <= 9_000; entry++) {
    log.now += 100;
    log.clock(1 + entry % 3);
    if (log.state.takeCheck(entry < 2_500 ? 2_000 : 2_001)) checked.push(log.state.record.index);
  }
  assertEquals(checked, [1_000, 2_000, 3_000, 5_000, 7_000, 9_000]);
});

Deno.test("the state is checked at most every 10 s, so that all servers can tell their results", () => {
  const log = threeServers();
  const checked: number[] = [];
  for (let entry = 4; entry <= 40_000; entry++) {
    log.now += 1;
    log.clock(1 + entry % 3);
    if (log.state.takeCheck(0)) checked.push(log.time);
  }
  assertEquals(checked.map((time) => time >= 10_000), checked.map((_, nth) => nth > 0));
  assertEquals(checked.length, 4);
});

Deno.test("the state survives a way through JSON in the middle of everything", () => {
  const log = threeServers();
  log.clock(1, log.now, { index: 3, hash: "a" });
  log.clock(2, log.now + 3, { index: 3, hash: "b" });
  const copy = new ClusterState(JSON.parse(JSON.stringify(log.state.record)));
  assertEquals(copy.record, log.state.record);
  assertEquals([copy.outvoted, copy.first, copy.keptByAll], [[], 1, 0]);
});

Deno.test("a server whose state differs from that of the majority is outvoted, and of two the later one", () => {
  const log = threeServers();
  const check = (s: number, hash: string, index = 3) => log.clock(s, log.now, { index, hash });
  check(1, "bad");
  check(2, "good");
  assertEquals(log.state.outvoted, []);
  check(3, "good");
  assertEquals(log.state.outvoted, [1]);
  check(3, "late", 2);
  assertEquals(log.state.outvoted, [1]);
  check(3, "good", 9);
  assertEquals(log.state.outvoted, []);
  log.add(2, [LEAVE]);
  check(1, "other", 9);
  assertEquals(log.state.outvoted, [3]);
});

Deno.test("a server that joined after a check has no vote in it, and versions are compared among themselves", () => {
  const log = new EntrySource();
  log.hello(1);
  log.hello(2, { version: "2.0" });
  log.hello(3);
  const check = (s: number, hash: string, index = 3) => log.clock(s, log.now, { index, hash });
  check(1, "old form");
  check(3, "old form");
  check(2, "new form");
  assertEquals(log.state.outvoted, []);
  check(3, "bad");
  assertEquals(log.state.outvoted, [3]);
  log.hello(4);
  check(4, "anything");
  assertEquals(log.state.outvoted, [3]);
});
