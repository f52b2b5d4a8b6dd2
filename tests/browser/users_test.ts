import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

const ignore = !HAS_CHROMIUM;

async function leave(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await page.getByLabel("Your name").waitFor();
}

Deno.test({
  name: "people who take turns in one tab each get the messages that waited for them, until one lets the device forget",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    await joinAs(page, "lena");
    await leave(page);
    await joinAs(page, "maxi");
    await ada.send({ type: "message", to: "lena", text: "for lena alone", ref: "1" });
    await ada.next({ type: "ack", ref: "1" });
    await say(page, "maxi is here");
    await waitForMessage(page, "maxi is here");
    await leave(page);
    await joinAs(page, "Lena");
    await page.locator("#directs button", { hasText: "1 unread" }).click();
    await waitForMessage(page, "for lena alone");

    await leave(page);
    await page.getByText("This browser remembers Lena").waitFor();
    await page.getByRole("button", { name: "Forget me on this device" }).click();
    await page.getByText(/has forgotten lena/i).waitFor();
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    assertEquals([/lena/i.test(stored), /maxi/.test(stored)], [false, true]);
    await page.getByLabel("Your name").fill("maxi");
    await page.getByText("This browser remembers maxi").waitFor();
    await server.stop();
  },
});

Deno.test({
  name:
    "in another browser the name of one who has left is refused, with a way to link this one and a name that is free",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    const url = `http://${server.address}/`;
    const lena = await visitors.visit(url);
    await joinAs(lena, "lena");
    await leave(lena);
    const other = await visitors.visit(url);
    await other.getByLabel("Your name").fill("lena");
    await other.getByRole("button", { name: "Join", exact: true }).click();
    const alert = other.getByRole("alert").filter({ hasText: /belongs to a member with a key: link this device/ });
    await alert.filter({ hasText: '"lena2" is free' }).waitFor();
    await other.getByRole("button", { name: "I have a code from another device" }).waitFor();
    await joinAs(other, "lena2");
    await joinAs(lena, "lena");
    await server.stop();
  },
});

Deno.test({
  name: "two tabs with two names survive a reload as the same members, and two tabs of one name are one member",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const url = `http://${server.address}/`;
    const lena = await visitors.visit(url);
    const maxi = await visitors.openAgain(lena.context(), url);
    const ids: Record<string, string> = {};
    for (const [page, name] of [[lena, "lena"], [maxi, "maxi"]] as const) {
      await joinAs(page, name);
      await say(page, `first of ${name}`);
      ids[name] = (await ada.next({ type: "message", text: `first of ${name}` })).from.id;
    }
    for (const [page, name] of [[lena, "lena"], [maxi, "maxi"]] as const) {
      await page.reload();
      await page.getByRole("textbox", { name: /^Message to/ }).waitFor();
      await say(page, `second of ${name}`);
      assertEquals((await ada.next({ type: "message", text: `second of ${name}` })).from.id, ids[name]);
    }
    const again = await visitors.openAgain(lena.context(), url);
    await joinAs(again, "lena");
    await waitForMessage(again, "second of lena");
    for (const [page, text] of [[again, "third of lena"], [lena, "fourth of lena"]] as const) {
      await say(page, text);
      assertEquals((await ada.next({ type: "message", text })).from.id, ids["lena"]);
      for (const tab of [lena, again]) await waitForMessage(tab, text);
    }
    await server.stop();
  },
});

Deno.test({
  name: "the stored data of an earlier version keeps the member the same",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using ada = await Peer.join(server.address, "ada");
    await using zoe = await Peer.join(server.address, "zoe");
    const { you } = zoe.joined;
    const { server: { id: serverId } } = zoe.events.find(({ type }) => type === "welcome")!;
    await zoe.send({ type: "leave" });
    await using visitors = await Visitors.open();
    const page = await visitors.visit(`http://${server.address}/`);
    // Earlier versions had one memory for all names, and a token instead of a key.
    const memory = { serverId, token: you.token, name: "zoe", lastSeqs: [], pending: [] };
    await page.evaluate((text) => localStorage.setItem("confab memory", text), JSON.stringify(memory));
    await page.reload();
    await joinAs(page, "zoe");
    for (const text of ["first", "after a reload"]) {
      await say(page, text);
      assertEquals((await ada.next({ type: "message", text })).from.id, you.id);
      await waitForMessage(page, text);
      await page.reload();
    }
    await server.stop();
  },
});
