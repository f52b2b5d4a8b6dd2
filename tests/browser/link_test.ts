/** Further devices of a member: pages and a terminal, linked by QR code or by words. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { HAS_TMUX, serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { readQrCode } from "../helpers/read_qr_code.ts";
import { Tmux } from "../helpers/tmux.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, PHONE, say, Visitors, waitForMessage } from "./browser.ts";
import { linkWords, offerLink, typeLinkWords } from "./device_link.ts";
import { FolderProxy } from "./folder_proxy.ts";
import { scanQrCode } from "./qr_scan.ts";

const ignore = !HAS_CHROMIUM;
const FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0";
const PHONE_OPTIONS = { viewport: PHONE, isMobile: true, userAgent: FIREFOX };

/** Answers the question on the device of the member by keyboard. */
async function answer(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("button", { name }).focus();
  await page.keyboard.press("Enter");
}

async function idOf(zoe: Peer, page: Page, text: string): Promise<string> {
  await say(page, text);
  return (await zoe.next({ type: "message", text })).from.id;
}

async function roomsOf(page: Page): Promise<string[]> {
  const rooms = await page.locator("#rooms .conversation-title").allTextContents();
  return rooms.map((room) => room.trim()).toSorted();
}

Deno.test({
  name:
    "a phone that scans the code of a page in a proxy's folder is that member in the same rooms, also after a reload, until the page ends it",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0", "--password", "open sesame");
    await using proxy = new FolderProxy("/chat/", server.port);
    await using visitors = await Visitors.open();
    const laptop = await visitors.visit(`${proxy.url}r/build#.open%20sesame`);
    await joinAs(laptop, "ada");
    await say(laptop, "/join ops");
    await laptop.getByRole("textbox", { name: "Message to #ops" }).waitFor();
    await say(laptop, "from the laptop");
    await waitForMessage(laptop, "from the laptop");
    const address = await offerLink(laptop);
    assertMatch(address.slice(proxy.url.length), /^r\/ops#link\.[\w-]+\.[\w-]+$/);
    const phone = await visitors.visit(address, PHONE_OPTIONS);
    assertEquals(phone.url(), `${proxy.url}r/ops`);
    await phone.getByRole("heading", { name: "ada is asked to admit this device" }).waitFor();
    await laptop.getByRole("heading", { name: "Firefox on Android wants to be ada" }).waitFor();
    assertEquals(await laptop.locator("#link-words").innerText(), "");
    await laptop.getByRole("button", { name: "Yes, it is mine" }).click();
    await laptop.getByRole("heading", { name: "The device is linked" }).waitFor();
    await laptop.getByRole("button", { name: "Close", exact: true }).click();
    for (const again of [false, true]) {
      if (again) await phone.reload();
      await waitForMessage(phone, "from the laptop");
      const text = again ? "after a reload" : "from the phone";
      await say(phone, text);
      await waitForMessage(laptop, text);
      const own = laptop.locator("#messages .message", { hasText: text });
      assertEquals(await own.locator(".from").textContent(), "ada");
    }
    assertEquals(await roomsOf(phone), ["#build", "#ops"]);
    await say(laptop, "/sessions");
    await laptop.getByText(/1\..*Chrome on Linux/).waitFor();
    await laptop.getByText(/2\..*Firefox on Android/).waitFor();
    await say(laptop, "/sessions end 2");
    await phone.locator("#status[data-kind=closed]").waitFor();
    await server.stop();
  },
});

Deno.test({
  name: "a page becomes a terminal's member by its QR code, only in the rooms of that one (needs tmux)",
  ignore: ignore || !HAS_TMUX,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using zoe = await Peer.join(server.address, "zoe", "dev");
    await using terminal = await Tmux.open({ columns: 100, rows: 60 });
    await using visitors = await Visitors.open();
    await terminal.enter(`confab connect ${server.address} --name ada --room dev`);
    await terminal.until("Ctrl-D quits");
    const { member: { id } } = await zoe.next({ type: "join" });
    await terminal.enter("/link");
    const address = readQrCode(await terminal.until(/Its code in words[^]*>$/));
    const phone = await visitors.visit(address!, PHONE_OPTIONS);
    await terminal.until("Firefox on Android (page) wants to be you");
    await terminal.enter("/link yes");
    await terminal.until("The device is linked");
    assertEquals(await idOf(zoe, phone, "from the page"), id);
    assertEquals(await roomsOf(phone), ["#dev"]);
    await server.stop();
  },
});

Deno.test({
  name:
    "a page that types the words shows the same six words as the other one, and a refusal or a wrong code says what to do",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0", "--host", "0.0.0.0");
    await using zoe = await Peer.join(server.address, "zoe");
    await using visitors = await Visitors.open();
    // Over plain HTTP browsers have no Web Crypto, except on this machine's own names.
    const url = `http://${server.address}/`;
    const laptop = await visitors.visit(url, { viewport: DESKTOP });
    const other = await visitors.visit(url, PHONE_OPTIONS);
    const isLocal = server.address.startsWith("127.");
    assertEquals(await other.evaluate(() => typeof crypto.subtle), isLocal ? "object" : "undefined");
    await typeLinkWords(other, "otter lamp");
    await other.getByText("The code has 3 words, and you typed 2").waitFor();
    await other.getByLabel("Three words").fill("otter lamp crane");
    await other.keyboard.press("Enter");
    await other.getByText("Wrong code, or one that has expired: ask for a new one on the other device").waitFor();
    await joinAs(laptop, "ada");
    const id = await idOf(zoe, laptop, "first");
    for (const accepts of [false, true]) {
      await say(laptop, "/link");
      await scanQrCode(laptop);
      await typeLinkWords(other, (await linkWords(laptop)).toUpperCase());
      await other.getByRole("heading", { name: "ada is asked to admit this device" }).waitFor();
      await laptop.getByRole("heading", { name: "Firefox on Android wants to be ada" }).waitFor();
      const compared = await other.locator("#claim-words").innerText();
      assertEquals(compared.split(" ").length, 6);
      assertEquals(await laptop.locator("#link-words").innerText(), compared);
      if (!accepts) {
        await answer(laptop, /^No$/);
        await other.getByText("The other device refused this one, or the code has expired: ask for a new one there")
          .waitFor();
        assert(await other.getByLabel("Your name").isVisible());
        assertEquals(await other.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("key "))), []);
      } else {
        await answer(laptop, /^Yes/);
      }
      await laptop.getByRole("heading", { name: accepts ? "The device is linked" : "The device is not linked" })
        .waitFor();
      await laptop.keyboard.press("Escape");
    }
    assertEquals(await idOf(zoe, other, "second"), id);
    await other.reload();
    assertEquals(await idOf(zoe, other, "third"), id);
    await server.stop();
  },
});

Deno.test({
  name: "a page whose question is closed refuses the device, and one that gives up returns to the entry form",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    const laptop = await visitors.visit(`http://${server.address}/`);
    await joinAs(laptop, "ada");
    const phone = await visitors.visit(await offerLink(laptop), PHONE_OPTIONS);
    await laptop.getByRole("heading", { name: "wants to be ada" }).waitFor();
    await laptop.keyboard.press("Escape");
    await phone.getByText("The other device refused this one").waitFor();
    await laptop.getByRole("button", { name: "Close", exact: true }).click();
    // The fragment alone changes.
    const address = await offerLink(laptop);
    await phone.goto(address);
    await phone.getByRole("button", { name: "Cancel" }).click();
    await phone.getByLabel("Your name").waitFor();
    await laptop.getByRole("button", { name: "Yes, it is mine" }).click();
    await laptop.getByText("The other device has gone: begin again").waitFor();
    await server.stop();
  },
});

Deno.test({
  name: "a server that sends a code too long for a QR code leaves the words to type",
  ignore,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    await using visitors = await Visitors.open();
    const page = await visitors.visit("about:blank");
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const lying = (line: string) => line.replace(/"code":"[\w-]+"/, () => `"code":"${"x".repeat(5_000)}"`);
      socket.connectToServer().onMessage((line) => socket.send(String(line).split("\n").map(lying).join("\n")));
    });
    await page.goto(`http://${server.address}/`);
    await joinAs(page, "ada");
    await say(page, "/link");
    await page.getByText("Valid for one device").waitFor();
    assertEquals((await linkWords(page)).split(" ").length, 3);
    assertEquals(await page.locator("#link-qr svg").count(), 0);
    await server.stop();
  },
});
