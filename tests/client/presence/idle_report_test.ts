import { assertEquals } from "@std/assert";
import { IdleReport } from "../../../src/client/presence/idle_report.ts";
import { IDLE_AFTER_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const IDLE = { type: "away", idle: true } as const;
const IN_USE = { ...IDLE, off: true } as const;

/** A user who has just pressed a key, and what was reported of them. */
function user() {
  const clock = new FakeClock();
  const life = new AbortController();
  const self = { clock, life, sent: [] as object[], online: true, shared: true };
  const report = new IdleReport({
    clock,
    send: (command) => {
      if (self.online) self.sent.push(command);
      return self.online;
    },
    isShared: () => self.shared,
    signal: life.signal,
  });
  return Object.assign(self, { report });
}

Deno.test("a device without a key for IDLE_AFTER_MS is idle, and in use with the next key", () => {
  const { clock, report, sent } = user();
  clock.advance(IDLE_AFTER_MS - 1);
  assertEquals(sent, []);
  report.keyPressed();
  clock.advance(IDLE_AFTER_MS - 1);
  assertEquals(sent, []);
  clock.advance(1);
  assertEquals(sent, [IDLE]);
  clock.advance(5 * IDLE_AFTER_MS);
  assertEquals(sent, [IDLE]);
  for (let key = 0; key < 3; key++) report.keyPressed();
  assertEquals(sent, [IDLE, IN_USE]);
  clock.advance(IDLE_AFTER_MS);
  assertEquals(sent, [IDLE, IN_USE, IDLE]);
});

Deno.test("many keys keep one timer, and the end of the report keeps none", () => {
  const { clock, report, life } = user();
  for (let key = 0; key < 1_000; key++) {
    clock.advance(1_000);
    report.keyPressed();
  }
  assertEquals(clock.timers, 1);
  life.abort();
  assertEquals(clock.timers, 0);
});

Deno.test("a new session learns at once that its user is idle, also if that began without a connection", () => {
  const self = user();
  const { clock, report, sent } = self;
  report.connected();
  assertEquals(sent, []);
  self.online = false;
  clock.advance(IDLE_AFTER_MS);
  self.online = true;
  report.connected();
  report.connected();
  assertEquals(sent, [IDLE, IDLE]);
  report.keyPressed();
  report.connected();
  assertEquals(sent, [IDLE, IDLE, IN_USE]);
});

Deno.test("a user who does not share it is never reported, neither idle nor in use", () => {
  const self = user();
  self.shared = false;
  self.clock.advance(3 * IDLE_AFTER_MS);
  self.report.connected();
  self.report.keyPressed();
  assertEquals(self.sent, []);
});
