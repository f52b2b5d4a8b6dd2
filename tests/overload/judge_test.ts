import { assertEquals } from "@std/assert";
import type { CrowdReport } from "./crowd.ts";
import type { FloodReport } from "./flood.ts";
import type { FullReport } from "./full.ts";
import { judgeCrowds, judgeFlood, judgeFull, judgeStopped, MAX_GROWTH_BYTES } from "./judge.ts";
import { numberOf, Order } from "./order.ts";
import type { StoppedReport } from "./stopped.ts";

const SMALL = { nowBytes: 100e6, peakBytes: 100e6 };
const LARGE = { nowBytes: 100e6, peakBytes: 100e6 + MAX_GROWTH_BYTES + 1 };

const FLOOD: FloodReport = {
  seconds: 1,
  deliveriesPerSecond: 1,
  floodBytes: 1,
  cut: 0,
  sendersCut: 0,
  missing: 0,
  faults: 0,
  sameOrder: true,
  before: SMALL,
  after: SMALL,
};

const STOPPED: StoppedReport = {
  stopped: 10,
  cut: 10,
  cutSeconds: 1,
  readersCut: 0,
  missing: 0,
  faults: 0,
  sameOrder: true,
  p99Ms: { before: 1, filling: 900, stopped: 900, after: 1 },
  empty: SMALL,
  end: SMALL,
};

const CROWD: CrowdReport = {
  arrivalSeconds: 1,
  departureSeconds: 1,
  refused: 0,
  cut: 0,
  notices: { arrivals: 1, departures: 1 },
  descriptors: { before: 30, during: 1_030, after: 30 },
  memory: { before: SMALL, during: SMALL, after: SMALL },
};

const FULL: FullReport = {
  seconds: 1,
  inside: 1,
  told: 1,
  untold: 0,
  servedAgain: true,
  descriptors: 30,
  busyWhileFull: 0,
};

Deno.test("a run that kept all promises has no fault, whatever its times", () => {
  assertEquals(judgeFlood(FLOOD).faults, []);
  assertEquals(judgeStopped({ one: STOPPED, many: STOPPED }).faults, []);
  assertEquals(judgeCrowds([CROWD, CROWD]).faults, []);
  assertEquals(judgeFull({ bounded: FULL, short: FULL }).faults, []);
});

Deno.test("each broken promise is reported", () => {
  const flooded: Partial<FloodReport>[] = [
    { cut: 1 },
    { sendersCut: 1 },
    { missing: 1 },
    { faults: 1 },
    { sameOrder: false },
    { after: LARGE },
  ];
  for (const broken of flooded) assertEquals(judgeFlood({ ...FLOOD, ...broken }).faults.length, 1);
  const stopped: Partial<StoppedReport>[] = [{ cut: 9 }, { readersCut: 1 }, { missing: 1 }, { faults: 1 }, {
    end: LARGE,
  }];
  for (const broken of stopped) assertEquals(judgeStopped({ one: { ...STOPPED, ...broken } }).faults.length, 1);
  const leaked = { ...CROWD, descriptors: { before: 30, during: 1_030, after: 31 } };
  for (const broken of [{ ...CROWD, refused: 1 }, { ...CROWD, cut: 1 }, leaked]) {
    assertEquals(judgeCrowds([CROWD, broken]).faults.length, 1);
  }
  const full: Partial<FullReport>[] = [{ untold: 1 }, { servedAgain: false }, { busyWhileFull: 0.5 }];
  for (const broken of full) assertEquals(judgeFull({ bounded: { ...FULL, ...broken } }).faults.length, 1);
});

Deno.test("memory must return to within a tenth of its value after the crowd before", () => {
  const after = (megabytes: number) => ({
    ...CROWD,
    memory: { ...CROWD.memory, after: { nowBytes: megabytes * 1e6, peakBytes: 0 } },
  });
  assertEquals(judgeCrowds([after(100), after(109), after(119)]).faults, []);
  assertEquals(judgeCrowds([after(100), after(120), after(120)]).faults, ["Memory did not return in round 2"]);
});

Deno.test("duplicates, early messages and orders that differ between receivers are found", () => {
  const order = new Order(2, 2);
  const both = [numberOf(0, 0), numberOf(1, 0), numberOf(0, 1)];
  for (const number of both) for (const receiver of [0, 1]) order.got(receiver, number);
  assertEquals([order.received, order.faults, order.sameForAll], [6, 0, true]);
  order.got(0, numberOf(0, 1));
  assertEquals(order.faults, 1);
  order.got(0, numberOf(1, 2));
  assertEquals([order.faults, order.sameForAll], [2, false]);
});

Deno.test("two orders that are both right for each sender count as different", () => {
  const order = new Order(2, 2);
  for (const number of [numberOf(0, 0), numberOf(1, 0)]) order.got(0, number);
  for (const number of [numberOf(1, 0), numberOf(0, 0)]) order.got(1, number);
  assertEquals([order.faults, order.sameForAll], [0, false]);
});
