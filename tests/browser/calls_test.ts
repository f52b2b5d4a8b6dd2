/** Calls between pages: they ring, see and hear each other, and end. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { CuttingProxy } from "../helpers/cutting_proxy.ts";
import { serve } from "../helpers/e2e.ts";
import { axeFindingsInAllColours } from "./axe_findings.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, say, waitForMessage } from "./browser.ts";
import {
  button,
  hearTone,
  listen,
  marked,
  MAX_CELL_ERROR,
  nextPicture,
  note,
  pictureError,
  SHOWN_PICTURE,
  visitorsWithCamera,
} from "./call_pages.ts";

Deno.test({
  name: "two pages in a call see and hear each other, beside the chat, until one hangs up",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    const url = `http://${server.address}/`;
    const [ada, bob] = [await visitors.visit(url), await visitors.visit(url)];
    for (const page of [ada, bob]) await listen(page);
    await joinAs(ada, "ada");
    assert(await button(ada, "Call").isHidden(), "nobody can be called");
    await joinAs(bob, "bob");
    await bob.locator("#text").fill("half a sen");
    await button(ada, "Call").click();
    await note(ada, "You are calling the others");
    const ring = bob.getByRole("dialog");
    await ring.getByText("ada is calling you in #lobby").waitFor();
    assertEquals(await bob.evaluate(() => document.activeElement?.id), "text");
    await ring.getByRole("button", { name: "Answer" }).click();
    await ring.waitFor({ state: "detached" });
    await note(ada, "bob has entered the call");
    for (const [sender, receiver] of [[ada, bob], [bob, ada]] as const) {
      const error = await pictureError(sender, receiver);
      assert(error < MAX_CELL_ERROR, `mean error of ${error}`);
      await hearTone(receiver);
      await receiver.locator(".call-others [data-speaks]").waitFor();
    }
    await ada.getByRole("status").filter({ hasText: "bob speaks" }).waitFor({ state: "attached" });

    assertEquals(await bob.locator("#text").inputValue(), "half a sen");
    await say(bob, "it works");
    await waitForMessage(ada, "it works");
    await button(bob, "Microphone").click();
    await marked(ada, "muted");
    await button(bob, "Camera").click();
    await ada.locator(SHOWN_PICTURE).waitFor({ state: "detached" });
    await button(bob, "Camera").click();
    await ada.locator(SHOWN_PICTURE).waitFor();
    await button(ada, "Hang up").click();
    await note(bob, "The call is over");
    for (const page of [ada, bob]) assertEquals(await page.locator("#call-strip").count(), 0);
    assertEquals(await ada.evaluate(() => document.activeElement?.id), "title");
    await server.stop();
  },
});

Deno.test({
  name: "axe finds no problem in a ring and a call, on a wide page and on a narrow one, in light or dark colours",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    const url = `http://${server.address}/`;
    // The page's policy would not allow the script of axe.
    const [wide, narrow] = [DESKTOP, { width: 320, height: 640 }];
    const pages: Page[] = [];
    for (const viewport of [wide, narrow, wide]) {
      const page = await visitors.visit(url, { viewport, colorScheme: "light", bypassCSP: true });
      await joinAs(page, `member${pages.length}`);
      pages.push(page);
    }
    const [ada, bob, mia] = pages as [Page, Page, Page];
    const found: string[] = [];
    await button(ada, "Call").click();
    for (const page of [bob, mia]) {
      await page.getByRole("dialog").waitFor();
      found.push(...await axeFindingsInAllColours(page));
    }
    await mia.getByRole("button", { name: "Decline" }).click();
    await bob.getByRole("button", { name: "Without camera" }).click();
    await mia.getByText("A call is on: member0, member1").waitFor();
    await bob.locator(SHOWN_PICTURE).waitFor();
    for (const page of pages) found.push(...await axeFindingsInAllColours(page));
    await mia.getByRole("button", { name: "Enter the call" }).press("Enter");
    await ada.locator(".call-others li:nth-child(2)").waitFor();
    for (const page of pages) {
      found.push(...await axeFindingsInAllColours(page));
      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      if (isTooWide) found.push("the page is too wide");
    }
    assertEquals(found, []);
    await button(bob, "Hang up").press("Enter");
    await note(ada, "member1 has left the call");
    assertEquals(await ada.locator(".call-others li").count(), 1);
    await server.stop();
  },
});

Deno.test({
  name: "a call goes on after its connection, and after the chat's, was lost",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    await using proxy = new CuttingProxy(server.address);
    const ada = await visitors.visit(`http://${server.address}/`);
    const bob = await visitors.visit(`http://${proxy.address}/`);
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    await button(bob, "Call").click();
    await button(ada, "Answer").click();
    await bob.locator(SHOWN_PICTURE).waitFor();
    for (const path of ["/call", "/ws"]) {
      proxy.cutWebSockets(path);
      await bob.locator(path === "/ws" ? "#status:not(:empty)" : ".call-status:not(:empty)").waitFor();
      await bob.locator("#status:empty").waitFor({ state: "attached" });
      await bob.locator(".call-status:empty").waitFor({ state: "attached" });
      for (const page of [ada, bob]) await nextPicture(page);
    }
    await server.stop();
  },
});

/** The frequencies of the tones that the page has played, and the titles of its notifications. */
interface Alarms {
  readonly tones: number[];
  readonly notifications: string[];
}

declare const alarms: Alarms;

/** Records what the page plays and notifies, as if it were hidden. */
async function watchAlarms(page: Page): Promise<void> {
  await page.evaluate(() => {
    const alarms: Alarms = { tones: [], notifications: [] };
    Object.assign(globalThis, {
      alarms,
      OscillatorNode: class extends OscillatorNode {
        constructor(audio: AudioContext, options: OscillatorOptions) {
          super(audio, options);
          alarms.tones.push(options.frequency!);
        }
      },
      Notification: class {
        static permission = "granted";
        static requestPermission(): Promise<string> {
          return Promise.resolve("granted");
        }
        readonly close = () => alarms.notifications.push("closed");
        constructor(title: string) {
          alarms.notifications.push(title);
        }
      },
    });
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  });
}

Deno.test({
  name:
    "a call rings with a tone and a notification until it is answered or declined, and typed commands do all that buttons do",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await visitorsWithCamera();
    const url = `http://${server.address}/`;
    const [ada, bob] = [await visitors.visit(url), await visitors.visit(url)];
    await joinAs(ada, "ada");
    await joinAs(bob, "bob");
    await button(bob, "Account and settings").click();
    await button(bob, "Settings").click();
    await watchAlarms(bob);
    await bob.getByRole("checkbox", { name: /[Nn]otif/ }).first().check();
    await bob.keyboard.press("Escape");
    await say(ada, "/call bob -audio");
    await bob.getByText("ada is calling you, without pictures").waitFor();
    assertEquals(await bob.evaluate(() => alarms), { tones: [440, 554], notifications: ["ada is calling you"] });
    await say(bob, "/decline");
    await bob.getByRole("dialog").waitFor({ state: "detached" });
    await bob.waitForFunction(() => alarms.notifications.at(-1) === "closed");
    await note(ada, "bob has declined the call. The call is over");

    await say(bob, "/call ada");
    await ada.getByText("bob is calling you").first().waitFor();
    await say(ada, "/answer -audio");
    await note(bob, "ada has entered the call");
    await ada.locator(SHOWN_PICTURE).waitFor();
    assertEquals(await bob.locator(SHOWN_PICTURE).count(), 0);
    await say(ada, "/camera on");
    await bob.locator(".call-others .call-tile").waitFor();
    assertEquals(await bob.locator(SHOWN_PICTURE).count(), 0, "a hidden page asks for no pictures");
    await bob.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "visible" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await bob.locator(SHOWN_PICTURE).waitFor();
    await say(ada, "/mic off");
    await marked(bob, "muted");
    await say(bob, "/hangup");
    await note(ada, "The call is over");
    for (const line of ["/hangup", "/mic on", "/camera off", "/answer", "/decline"]) {
      await say(ada, line);
      await note(ada, /answer|decline/.test(line) ? "Nobody is calling you" : "You are in no call: /call begins one");
    }
    await server.stop();
  },
});
