import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import type { AckEvent, DirectMessage, RoomMessage } from "../../src/protocol/messages/messages.ts";
import { Random } from "../helpers/random.ts";
import { judge } from "./judge.ts";
import { Ledger } from "./ledger.ts";
import { fitSlope } from "./slope.ts";
import { runSoak, type SoakReport } from "./soak.ts";

const GATE_MS = 2_000;
const AT = "2026-11-21T12:00:00.000Z";

Deno.test("no message is lost while clients join, leave, are cut, read slowly and request much", async () => {
  const seed = Number(Deno.env.get("SOAK_SEED") ?? Date.now() % 1_000_000);
  console.log(`SOAK_SEED=${seed} repeats this run`);
  const folder = await Deno.makeTempDir({ prefix: "confab-soak-" });
  try {
    const report = await runSoak({ seed, durationMs: GATE_MS, folder });
    assertEquals(judge(report, GATE_MS / 60_000).failures, []);
    assertGreater(report.acknowledged, 10);
    assertGreater(report.counts.joins, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Samples, once a second, of a server with 100 MB that grows by `growth` MB an hour, with noise of 3 MB. */
function report(seconds: number, growth: number): SoakReport {
  const random = new Random(1);
  const samples = Array.from({ length: seconds }, (_, second) => ({
    seconds: second,
    memoryBytes: 100e6 + (growth * 1e6 * second) / 3_600 + (random.next() - 0.5) * 6e6,
    descriptors: 30,
    cpuSeconds: 0,
  }));
  const [before, after] = [samples[0]!, samples.at(-1)!];
  return { samples, before, after, acknowledged: 1, directs: 1, cut: 1, counts: {}, faults: [] };
}

Deno.test("the slope of even growth is found within its standard error", () => {
  const { megabytesPerHour, standardError, means } = fitSlope(report(1_800, 12).samples);
  assertAlmostEquals(megabytesPerHour, 12, 3 * standardError);
  assertLess(standardError, 1);
  assertEquals(means.length, 20);
  assertThrows(() => fitSlope(report(19, 12).samples), Error, "20 samples");
});

Deno.test("a server passes if it does not grow, or grows less than the noise shows", () => {
  assertEquals(judge(report(1_800, 0), 30).failures, []);
  assertEquals(judge(report(1_800, 1), 30).failures, []);
  assertEquals(judge(report(1_800, -50), 30).failures, []);
});

Deno.test("a server fails if it grows, leaks descriptors, or loses a message", () => {
  const failures = (more: Partial<SoakReport>) => judge({ ...report(1_800, 0), ...more }, 30).failures.join();
  assert(judge(report(1_800, 12), 30).failures[0]!.startsWith("Memory grows by 1"));
  const { before } = report(1_800, 0);
  assertEquals(
    failures({ after: { ...before, descriptors: 31 } }),
    "1 more descriptors are open than before the first client",
  );
  assertEquals(failures({ faults: ["lost"] }), "lost");
});

Deno.test("a short run, or one on a system without figures, says that it proves nothing about the slope", () => {
  const short = judge(report(600, 100), 10);
  assertEquals([short.failures, short.aboutSlope], [[], "Less than 20 minutes prove nothing about the slope"]);
  const { samples, ...rest } = report(1_800, 100);
  const untold = judge({ ...rest, samples: samples.map((sample) => ({ ...sample, memoryBytes: 0 })) }, 30);
  assertEquals([untold.failures, untold.slope], [[], undefined]);
});

Deno.test("a lost, duplicate or unacknowledged direct message is a fault", () => {
  const ledger = new Ledger();
  const texts = ["ada", "bob", "cy", "dan"].map((name) => ledger.newDirect(name)) as [string, string, string, string];
  const show = (text: string) => ledger.shownDirect({ text } as DirectMessage);
  for (const text of [...texts].slice(0, 3)) ledger.acknowledged(text, { id: "i", at: AT } as AckEvent);
  for (const text of [texts[0], texts[1], texts[1], texts[3]]) show(text);
  assertEquals(ledger.directsShown, false);
  assertEquals(ledger.directFaults(), [
    `${texts[1]} was acknowledged and shown 2 times`,
    `${texts[2]} was acknowledged and shown 0 times`,
    `${texts[3]} was not acknowledged and shown 1 times`,
  ]);
});

Deno.test("equal messages of two receivers are stored once, and different ones as each showed them", () => {
  const ledger = new Ledger();
  const message: RoomMessage = {
    type: "message",
    id: "1",
    room: "soak",
    seq: 7,
    from: { id: "m", name: "ada" },
    text: "hi",
    at: AT,
  };
  const other = { ...message, id: "2" };
  assertEquals([ledger.intern(message), ledger.intern({ ...message }), ledger.intern(other)], [
    message,
    message,
    other,
  ]);
});
