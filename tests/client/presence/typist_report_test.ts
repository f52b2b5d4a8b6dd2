import { assertEquals } from "@std/assert";
import { TypistReport } from "../../../src/client/presence/typist_report.ts";
import { TYPING_INTERVAL_MS, TYPING_LAPSE_MS, TYPING_REPORT_MS } from "../../../src/protocol/limits.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

Deno.test("a user who types all the time is reported once in TYPING_REPORT_MS, before the others take them for done", () => {
  const clock = new FakeClock();
  const sent: object[] = [];
  const report = new TypistReport({ clock, send: (command) => sent.push(command) > 0, isShared: () => true });
  for (let ms = 0; ms < 4 * TYPING_REPORT_MS; ms += 50) {
    report.typed(ms < 2 * TYPING_REPORT_MS ? { room: "lobby" } : { to: "bob" });
    clock.advance(50);
  }
  const [room, direct] = [{ type: "typing", room: "lobby" }, { type: "typing", to: "bob" }];
  assertEquals(sent, [room, room, direct, direct]);
  assertEquals(TYPING_INTERVAL_MS < TYPING_REPORT_MS && TYPING_REPORT_MS < TYPING_LAPSE_MS, true);
});

Deno.test("typing is not reported for a user who does not share it, and is tried again after a lost connection", () => {
  const clock = new FakeClock();
  const sent: object[] = [];
  let [shared, online] = [false, false];
  const send = (command: object) => online && sent.push(command) > 0;
  const report = new TypistReport({ clock, send, isShared: () => shared });
  report.typed({ room: "lobby" });
  shared = true;
  report.typed({ room: "lobby" });
  assertEquals(sent, []);
  online = true;
  report.typed({ room: "lobby" });
  assertEquals(sent.length, 1);
});
