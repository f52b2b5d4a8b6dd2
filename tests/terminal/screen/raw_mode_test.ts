import { assertEquals } from "@std/assert";
import { pollSize } from "../../../src/terminal/screen/raw_mode.ts";
import { FakeTimers } from "../../helpers/fake_timers.ts";

Deno.test("without a resize signal the window size is polled four times a second until the end", () => {
  using timers = new FakeTimers();
  let size = "80x24";
  let resized = 0;
  {
    using _poll = pollSize(() => size, () => resized++);
    timers.advance(1_000);
    assertEquals(resized, 0);
    size = "40x24";
    timers.advance(250);
    assertEquals(resized, 1);
    timers.advance(1_000);
    assertEquals(resized, 1);
  }
  assertEquals(timers.pending, 0);
});
