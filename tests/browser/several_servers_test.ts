import { assert, assertEquals } from "@std/assert";
import { buildPage } from "../../src/page/page.ts";
import { ChatDoors } from "../helpers/chat_doors.ts";
import { HAS_CADDY, startBalancer } from "../helpers/real_proxies.ts";
import { poll } from "../helpers/process_lines.ts";
import { HAS_CHROMIUM, joinAs, say, shownMessages, Visitors, waitForMessage } from "./browser.ts";

/** 2 s are promised; a machine that runs other tests as well is slower. */
const MOVE_MS = 5_000;

/** All tests share one page, which takes a second to pack. */
let packed: ReturnType<typeof buildPage> | undefined;
const page = () => packed ??= buildPage({ title: "Doors" });

Deno.test({
  name:
    "behind the manual's balancer a page whose server dies is at another one at once, with nothing missed or doubled",
  ignore: !HAS_CHROMIUM || !HAS_CADDY,
  async fn() {
    await using chat = new ChatDoors(3, undefined, page);
    await using balancer = await startBalancer(chat.doors.map(({ address }) => address));
    await using visitors = await Visitors.open();
    const zoe = await visitors.visit(`http://127.0.0.1:${balancer.port}/`);
    await joinAs(zoe, "zoe");
    for (let round = 0; round < 2; round++) {
      const inUse = () => chat.doors.filter(({ open }) => open > 0);
      await poll(() => Promise.resolve(inUse().length === 1 && inUse()[0]!.open === 1), () => "one connection");
      const [door] = inUse();
      assertEquals(chat.doors.filter(({ accepted }) => accepted > 0).length, round + 1, "All its requests go there");
      const start = performance.now();
      door!.die();
      await say(zoe, `after loss ${round}`);
      await zoe.locator("#messages .message .text", { hasText: `after loss ${round}` }).waitFor();
      const tookMs = Math.round(performance.now() - start);
      console.log(`The page was at another server after ${tookMs} ms`);
      assert(tookMs < MOVE_MS, `${tookMs} ms`);
    }
    assertEquals(await shownMessages(zoe), ["zoe: after loss 0", "zoe: after loss 1"]);
    assertEquals(chat.server.statistics.messages, 2);
  },
});

Deno.test({
  name: "a page of a server itself offers the room at the other servers when its own does not come back",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using chat = new ChatDoors(2, undefined, page);
    const [first, second] = chat.doors;
    await using visitors = await Visitors.open();
    const zoe = await visitors.visit(`http://${first!.address}/r/ops`);
    await joinAs(zoe, "zoe");
    await say(zoe, "hello");
    await waitForMessage(zoe, "hello");
    first!.die();
    await zoe.getByText("Reconnecting; messages that you write are sent later.").waitFor();
    assertEquals(await zoe.getByRole("link", { name: second!.address }).count(), 0);
    await zoe.getByRole("link", { name: second!.address }).click();
    await joinAs(zoe, "zoe2");
    assertEquals(zoe.url(), `http://${second!.address}/r/ops`);
    await waitForMessage(zoe, "hello");
  },
});
