import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, PHONE, Visitors, waitForMessage } from "./browser.ts";

const MESSAGES = 10_000;
const LONG_TASK_MS = 50;
/** A step with too much work is long in each of these. One that the machine delayed is not. */
const MAX_PASSES = 4;
/** Faster than users scroll: each step goes beyond the loaded rows. */
const SCREENS_A_STEP = 4;

interface Scrolled {
  readonly rows: number;
  readonly jumps: number;
}

interface TraceEvent {
  readonly name: string;
  /** Microseconds: the start, the duration, and the processor time. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
}

const STEP = "step ";

/**
 * Returns the steps whose tasks blocked the page for longer than `LONG_TASK_MS`, with their milliseconds. It counts only the
 * page's own processor time, unlike a PerformanceObserver, which counts waiting for other programs too.
 */
async function longSteps(page: Page, run: () => Promise<void>): Promise<Map<number, number>> {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on("Tracing.dataCollected", ({ value }) => events.push(...value as unknown as TraceEvent[]));
  await devtools.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["disabled-by-default-devtools.timeline", "blink.user_timing"] },
  });
  await run();
  const complete = new Promise((resolve) => devtools.once("Tracing.tracingComplete", resolve));
  await devtools.send("Tracing.end");
  await complete;
  await devtools.detach();
  const tasks = events.filter(({ name }) => name === "RunTask");
  const steps = events.filter(({ name }) => name.startsWith(STEP)).sort((a, b) => a.ts - b.ts);
  assert(tasks.length > 100 && steps.length > 100, "The trace has no tasks");
  return new Map(
    tasks.filter(({ tdur = 0 }) => tdur > 1_000 * LONG_TASK_MS).map(({ ts, dur = 0, tdur = 0 }) => {
      const step = steps.findLast((step) => step.ts < ts + dur)?.name.slice(STEP.length);
      return [Number(step ?? 0), tdur / 1_000];
    }),
  );
}

/** Scrolls up to the beginning, one step a frame, and counts how often the visible rows jumped. */
function scrollUp(screens: number): Promise<Scrolled> {
  const log = document.getElementById("log")!;
  const rows = document.getElementById("messages")!;
  const result = { rows: 0, jumps: 0 };
  let steps = 0;
  const inSight = () => {
    const { top } = log.getBoundingClientRect();
    const row = Array.from(rows.children).find((row) => row.getBoundingClientRect().bottom > top + 1);
    return row && { row, top: row.getBoundingClientRect().top };
  };
  return new Promise((resolve) => {
    let before: ReturnType<typeof inSight>;
    const step = () => {
      performance.mark(`step ${++steps}`);
      result.rows = Math.max(result.rows, rows.childElementCount);
      // The visible row must stay in place when rows are added above it.
      if (before?.row.isConnected && Math.abs(before.row.getBoundingClientRect().top - before.top) > 2) result.jumps++;
      if (log.textContent!.includes("This is where #lobby begins") && log.scrollTop <= 0) {
        return resolve(result);
      }
      log.scrollTop -= screens * log.clientHeight;
      before = inSight();
      requestAnimationFrame(() => setTimeout(step));
    };
    step();
  });
}

Deno.test({
  name: `scrolling through ${MESSAGES} messages causes no jump and no task of more than ${LONG_TASK_MS} ms`,
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using peer = await Peer.join(server.address, "ada");
    const texts = Array.from({ length: MESSAGES }, (_, nth) => `${nth} ${"lorem ipsum ".repeat(nth % 12)}`);
    await peer.send(...texts.map((text) => ({ type: "message", room: "lobby", text })), { type: "ping", ref: "done" });
    await peer.next({ type: "pong", ref: "done" });
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`, { viewport: PHONE });
    await joinAs(page, "zoe");
    let long: Map<number, number> | undefined;
    for (let pass = 0; pass < MAX_PASSES && long?.size !== 0; pass++) {
      if (pass > 0) await page.reload();
      await waitForMessage(page, String(MESSAGES - 1));
      let scrolled: Scrolled = { rows: 0, jumps: 0 };
      const found = await longSteps(page, async () => void (scrolled = await page.evaluate(scrollUp, SCREENS_A_STEP)));
      assertEquals(await page.locator("#messages .text").first().textContent(), texts[0]);
      assertEquals(scrolled.jumps, 0);
      assert(scrolled.rows < 300, "The document holds more than what is seen and its surroundings");
      long = new Map([...long ?? found].filter(([step]) => found.has(step)));
    }
    assertEquals(long, new Map());
    await page.getByRole("button", { name: "Newest messages" }).click();
    await peer.send({ type: "message", room: "lobby", text: "the very last" });
    await waitForMessage(page, "the very last");
    await server.stop();
  },
});

Deno.test({
  name: "the first view of a room shows its newest message at the end, wide or narrow",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using peer = await Peer.join(server.address, "ada");
    const texts = Array.from({ length: 200 }, (_, nth) => `message ${nth + 1}`);
    await peer.send(...texts.map((text) => ({ type: "message", room: "lobby", text })), { type: "ping", ref: "done" });
    await peer.next({ type: "pong", ref: "done" });
    await using visitors = await Visitors.open();
    for (const [name, viewport] of [["wanda", DESKTOP], ["nora", PHONE]] as const) {
      const page = await visitors.visit(`http://${server.address}/`, { viewport });
      await joinAs(page, name);
      // Enough messages that no more are needed above the visible part.
      await page.waitForFunction(() => document.querySelectorAll("#messages .message").length >= 60);
      const below = await page.locator("#log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
      assert(below < 2, `${below} px are below the visible part`);
      assertEquals(await page.locator("#newest").isVisible(), false);
    }
    await server.stop();
  },
});
