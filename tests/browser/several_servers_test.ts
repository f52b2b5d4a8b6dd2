import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { buildPage } from "../../src/page/page.ts";
import { ChatDoors } from "../helpers/chat_doors.ts";
import { runConfab, type Served } from "../helpers/e2e.ts";
import { Cluster } from "../helpers/e2e_cluster.ts";
import { type Json, Peer } from "../helpers/e2e_peer.ts";
import { HAS_ETCD } from "../helpers/etcd.ts";
import { HAS_CADDY, type RealProxy, startBalancer } from "../helpers/real_proxies.ts";
import { HAS_CHROMIUM, joinAs, say, shownMessages, Visitors, waitForMessage } from "./browser.ts";

/** 2 s are promised; a machine that runs other tests as well is slower. */
const MOVE_MS = 5_000;

const page = () => buildPage({ title: "Doors" });

/** Opens the page. `server` is the address of the server that has greeted it last. */
async function openThrough(balancer: RealProxy, visitors: Visitors): Promise<{ page: Page; server: () => string }> {
  let server = "";
  const page = await visitors.visit("about:blank");
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const event = JSON.parse(String(payload));
      if (event.type === "welcome") server = event.servers[0];
    }));
  await page.goto(`http://127.0.0.1:${balancer.port}/`);
  return { page, server: () => server };
}

Deno.test({
  name:
    "behind the manual's balancer a page whose server is killed is at another one at once, with nothing missed or doubled",
  ignore: !HAS_CHROMIUM || !HAS_CADDY || !HAS_ETCD,
  async fn() {
    await using cluster = await Cluster.start();
    const servers: Served[] = [];
    while (servers.length < 3) servers.push(await cluster.serve("--proxy", "127.0.0.1"));
    await using balancer = await startBalancer(servers.map(({ address }) => address));
    await using visitors = await Visitors.open();
    const { page: zoe, server } = await openThrough(balancer, visitors);
    await joinAs(zoe, "zoe");
    for (let round = 1; round <= 2; round++) {
      const own = servers.findIndex(({ address }) => address === server());
      const [lost] = servers.splice(own, 1);
      const start = performance.now();
      lost!.program.kill("SIGKILL");
      await runConfab(["send", servers[0]!.address, "--name", `ada${round}`, `missed ${round}`]);
      await say(zoe, `after loss ${round}`);
      for (const text of [`missed ${round}`, `after loss ${round}`]) await waitForMessage(zoe, text);
      const tookMs = Math.round(performance.now() - start);
      console.log(`The page was at another server after ${tookMs} ms`);
      assert(tookMs < MOVE_MS, `${tookMs} ms`);
    }
    assertEquals(server(), servers[0]!.address);
    const shown = await shownMessages(zoe);
    assertEquals(shown.toSorted(), ["ada1: missed 1", "ada2: missed 2", "zoe: after loss 1", "zoe: after loss 2"]);
    await using bob = await Peer.join(server(), "bob");
    await bob.send({ type: "history", room: "lobby", limit: 10 });
    const { messages } = await bob.next({ type: "history" });
    const isZoe = ({ from }: Json) => from.name === "zoe";
    assertEquals(messages.map(({ from, text }: Json) => `${from.name}: ${text}`), shown);
    assertEquals(new Set(messages.filter(isZoe).map(({ from }: Json) => from.id)).size, 1);
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
