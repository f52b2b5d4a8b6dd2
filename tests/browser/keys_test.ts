import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors } from "./browser.ts";

const ignore = !HAS_CHROMIUM;

/** All that the page stores as text. */
async function stored(page: Page): Promise<string> {
  return await page.evaluate(() => JSON.stringify({ ...localStorage }));
}

/** The id of the member who says this on the page, as the other member sees it. */
async function idOf(ada: Peer, page: Page, text: string): Promise<string> {
  await say(page, text);
  return (await ada.next({ type: "message", text })).from.id;
}

Deno.test({
  name: "a page keeps a key that no script can read, and comes back with it as the same member",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const url = `http://127.0.0.1:${server.port}/`;
    const page = await visitors.visit(url);
    await joinAs(page, "lena");
    const id = await idOf(ada, page, "first");
    assertFalse(/"token|ed25519/.test(await stored(page)), await stored(page));
    const names = await page.evaluate(async () => {
      const opening = indexedDB.open("confab", 1);
      await new Promise((resolve) => opening.onsuccess = resolve);
      const reading = opening.result.transaction("keys").objectStore("keys").getAll();
      await new Promise((resolve) => reading.onsuccess = resolve);
      opening.result.close();
      return (reading.result as Record<string, CryptoKeyPair>[]).flatMap((pairs) =>
        Object.values(pairs).map(({ privateKey }) => `${privateKey.algorithm.name} ${privateKey.extractable}`)
      );
    });
    assertEquals(names.sort(), ["Ed25519 false", "X25519 false"]);
    await page.reload();
    assertEquals(await idOf(ada, page, "second"), id);
    const tab = await visitors.openAgain(page.context(), url);
    await joinAs(tab, "lena");
    assertEquals(await idOf(ada, tab, "third"), id);
    await server.stop();
  },
});

Deno.test({
  name: "a page over plain HTTP, which has no Web Crypto, keeps its key in the local storage",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0", "--host", "0.0.0.0");
    // This machine has no network, and on its own addresses browsers have Web Crypto.
    if (server.address.startsWith("127.")) return await server.stop();
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "lena");
    const id = await idOf(ada, page, "first");
    assertEquals(await page.evaluate(() => typeof crypto.subtle), "undefined");
    assert(/ed25519/.test(await stored(page)));
    assertFalse(/\\"token|"token/.test(await stored(page)));
    await page.reload();
    assertEquals(await idOf(ada, page, "second"), id);
    await server.stop();
  },
});
