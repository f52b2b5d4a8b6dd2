/** A direct conversation of two members, each on two devices with their own keys. */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import {
  HAS_CHROMIUM,
  joinAs,
  openPlace,
  PHONE,
  say,
  shownMessages,
  Visitors,
  waitForMessage,
  waitForTitle,
  waitUntilRead,
} from "./browser.ts";
import { linkDevice } from "./device_link.ts";

interface Devices {
  readonly laptop: Page;
  readonly phone: Page;
}

/** Opens both devices of a new member. */
async function enter(visitors: Visitors, url: string, name: string): Promise<Devices> {
  const laptop = await visitors.visit(url);
  const phone = await visitors.visit(url, { viewport: PHONE });
  await joinAs(laptop, name);
  await linkDevice(laptop, phone);
  return { laptop, phone };
}

Deno.test({
  name: "a conversation of two members with two devices each is the same on all four, and is read on both of a member",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    const url = `http://${server.address}/`;
    const ada = await enter(visitors, url, "ada");
    const bob = await enter(visitors, url, "bob");
    const pages = [ada.laptop, ada.phone, bob.laptop, bob.phone];
    await say(ada.laptop, "/msg bob lunch");
    await openPlace(ada.phone, /^bob/);
    for (const page of [bob.laptop, bob.phone]) await openPlace(page, /^ada/);
    for (const page of pages) await waitForMessage(page, "lunch");
    await say(bob.phone, "when");
    for (const page of pages) await waitForMessage(page, "when");
    // Written on the other device.
    await say(ada.phone, "/edit lunch?");
    await say(bob.laptop, "/edit when?");
    await bob.laptop.locator("#messages .text", { hasText: "lunch?" }).hover();
    await bob.laptop.getByRole("button", { name: "React with 👍" }).click();
    for (const again of [false, true]) {
      for (const page of pages) {
        if (again) await page.reload();
        await waitForMessage(page, "when?");
        const reaction = page.locator("#messages .message", { hasText: "lunch?" }).locator(".reaction");
        assertEquals(await reaction.innerText(), "👍 1");
        assertEquals(await shownMessages(page), ["ada: lunch? edited", "bob: when? edited"]);
      }
    }
    await readOnPhone(ada, bob, "ada");
    await readOnPhone(bob, ada, "bob");
    await server.stop();
  },
});

/** The author, who has this name, writes on the laptop; the reader sees it on both devices and opens it on the phone. */
async function readOnPhone(author: Devices, reader: Devices, name: string): Promise<void> {
  for (const page of [reader.laptop, reader.phone]) await openPlace(page, /^#lobby/);
  await say(author.laptop, `psst from ${name}`);
  for (const page of [reader.laptop, reader.phone]) await waitForTitle(page, /^\(1\) /);
  await openPlace(reader.phone, new RegExp(`^${name}`));
  await waitForMessage(reader.phone, `psst from ${name}`);
  await waitForTitle(reader.laptop, /^#lobby/);
  await waitUntilRead(reader.laptop);
  await openPlace(reader.laptop, new RegExp(`^${name}`));
  for (const page of [author.phone, reader.phone, reader.laptop]) {
    const expected = (await shownMessages(author.laptop)).slice(-3);
    assertEquals((await shownMessages(page)).slice(-3), expected);
  }
}
