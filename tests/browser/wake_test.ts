import type { WebSocket } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

const isPing = ({ payload }: { payload: string | Uint8Array }) => String(payload).includes('"type":"ping"');
const isPong = ({ payload }: { payload: string | Uint8Array }) => String(payload).includes('"type":"pong"');

Deno.test({
  name: "a page that is shown again, or whose network is back, asks the server at once",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    const page = await visitors.visit("about:blank");
    const opened: Promise<WebSocket> = page.waitForEvent("websocket");
    await page.goto(`http://${server.address}/`);
    await joinAs(page, "zoe");
    await say(page, "hello");
    await waitForMessage(page, "hello");
    const socket = await opened;
    // Without these events, the page would not ask before `PING_INTERVAL_MS` of silence, longer than this test waits.
    for (const type of ["online", "pageshow", "visibilitychange"]) {
      const asked = socket.waitForEvent("framesent", { predicate: isPing, timeout: 5_000 });
      const answered = socket.waitForEvent("framereceived", { predicate: isPong, timeout: 5_000 });
      await page.evaluate((type) => document.dispatchEvent(new Event(type, { bubbles: true })), type);
      await Promise.all([asked, answered]);
    }
    await server.stop();
  },
});
