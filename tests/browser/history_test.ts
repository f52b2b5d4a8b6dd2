import { assert, assertEquals } from "@std/assert";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { comeIn, HAS_CHROMIUM, hears, PHONE, Visitors } from "./browser.ts";

const MESSAGES = 10_000;
/** Others may have the processor just then. */
const ATTEMPTS = 3;
const LONG_TASK_MS = 50;

interface Scrolled {
  readonly longTasks: number[];
  readonly rows: number;
  readonly jumps: number;
}

/** Scrolls up to the beginning, a screen a frame, and notes what took long and how often what was seen jumped. */
function scrollUp(): Promise<Scrolled> {
  const log = document.getElementById("log")!;
  const rows = document.getElementById("messages")!;
  const result = { longTasks: [] as number[], rows: 0, jumps: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) result.longTasks.push(duration);
  });
  observer.observe({ type: "longtask" });
  const inSight = () => {
    const { top } = log.getBoundingClientRect();
    const row = Array.from(rows.children).find((row) => row.getBoundingClientRect().bottom > top + 1);
    return row && { row, top: row.getBoundingClientRect().top };
  };
  return new Promise((resolve) => {
    let before: ReturnType<typeof inSight>;
    const step = () => {
      result.rows = Math.max(result.rows, rows.childElementCount);
      // What stood there after the last step has to stand there still, whatever was added above it.
      if (before?.row.isConnected && Math.abs(before.row.getBoundingClientRect().top - before.top) > 2) result.jumps++;
      if (log.textContent!.includes("This is where #lobby begins") && log.scrollTop <= 0) {
        observer.disconnect();
        return resolve(result);
      }
      log.scrollTop -= log.clientHeight;
      before = inSight();
      requestAnimationFrame(() => setTimeout(step));
    };
    step();
  });
}

Deno.test({
  name: `${MESSAGES} messages are scrolled through without a jump and without a task of more than ${LONG_TASK_MS} ms`,
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using peer = await Peer.join(server.address, "ada");
    const texts = Array.from({ length: MESSAGES }, (_, nth) => `${nth} ${"lorem ipsum ".repeat(nth % 12)}`);
    await peer.send(...texts.map((text) => ({ type: "message", room: "lobby", text })), { type: "ping", ref: "done" });
    await peer.next({ type: "pong", ref: "done" });
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`, { viewport: PHONE });
    await comeIn(page, "zoe");
    await hears(page, String(MESSAGES - 1));
    const attempts: Scrolled[] = [];
    do {
      if (attempts.length > 0) await page.getByRole("button", { name: "Newest messages" }).click();
      attempts.push(await page.evaluate(scrollUp));
      assertEquals(await page.locator("#messages .text").first().textContent(), texts[0]);
    } while (attempts.at(-1)!.longTasks.length > 0 && attempts.length < ATTEMPTS);
    assertEquals(attempts.at(-1)!.longTasks, []);
    assertEquals(attempts.map(({ jumps }) => jumps), attempts.map(() => 0));
    assert(attempts.every(({ rows }) => rows < 300), "The document holds more than what is seen and its surroundings");
    await page.getByRole("button", { name: "Newest messages" }).click();
    await peer.send({ type: "message", room: "lobby", text: "the very last" });
    await hears(page, "the very last");
    await server.stop();
  },
});
