import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

/** Chromium counts the head of each response as 300 bytes. */
const HEAD_BYTES = 300;

async function transferOf(page: Page): Promise<{ readonly bytes: number; readonly body: number }> {
  return await page.evaluate(() => {
    const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    return { bytes: entry!.transferSize, body: entry!.encodedBodySize };
  });
}

Deno.test({
  name: "the page and the manual come compressed, and at the next load no byte of them comes again",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    for (const path of ["/", "/r/build", "/help", "/help/protocol"]) {
      const url = `http://${server.address}${path}`;
      const page = await visitors.visit(url);
      const first = await transferOf(page);
      assertEquals(first.bytes, first.body + HEAD_BYTES);
      assert(first.body > 0 && first.body < (await page.content()).length / 2, `${path} has ${first.body} bytes`);
      await page.reload();
      assertEquals((await transferOf(page)).bytes, HEAD_BYTES, `${path}, reloaded`);
      const next = await visitors.openAgain(page.context(), url);
      assertEquals((await transferOf(next)).bytes, HEAD_BYTES, `${path}, opened again`);
    }
    await server.stop();
  },
});

Deno.test({
  name: "a page from the browser's cache runs, with its policy",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open({ allowErrors: true });
    const first = await visitors.visit(`http://${server.address}/`);
    const page = await visitors.openAgain(first.context(), `http://${server.address}/`);
    await joinAs(page, "ada");
    await say(page, "from the cache");
    await waitForMessage(page, "from the cache");
    assertEquals((await transferOf(page)).bytes, HEAD_BYTES);
    const refused = await page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
      return getComputedStyle(document.body).display !== "none";
    }).catch(String);
    assertEquals(refused, true);
    await server.stop();
  },
});
