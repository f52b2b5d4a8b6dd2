/** Direct conversations of members with several pages, and the menus of members. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import {
  HAS_CHROMIUM,
  joinAs,
  MESSAGE_FIELD,
  openPlace,
  PHONE,
  say,
  shownMessages,
  Visitors,
  waitForMessage,
  waitForTitle,
  waitUntilRead,
} from "./browser.ts";

const OLD_MESSAGES = 260;
/** More than the server lists by itself. */
const PARTNERS = 55;

/** Joins as the member of this peer, which leaves. */
async function enterAs(page: Page, peer: Peer): Promise<void> {
  const { you: { token, name } } = peer.joined;
  const { server: { id: serverId } } = peer.events.find(({ type }) => type === "welcome")!;
  await peer[Symbol.asyncDispose]();
  const memory = { serverId, token, name, lastSeqs: [], pending: [] };
  await page.evaluate((text) => localStorage.setItem("confab memory", text), JSON.stringify(memory));
  await page.reload();
  await joinAs(page, name);
}

/** Titles of the listed conversations. */
async function listed(page: Page): Promise<string[]> {
  return await page.locator("#directs .conversation-title").allTextContents();
}

/** Records the notifications of a page, which a browser without a screen does not show: the last one of each tag. */
function recordNotifications(): void {
  const shown = new Map<string, string>();
  class Recorded {
    static readonly permission = "granted";
    readonly close: () => void;
    constructor(title: string, { body, tag }: { readonly body: string; readonly tag: string }) {
      shown.set(tag, `${title}: ${body}`);
      this.close = () => shown.delete(tag);
    }
  }
  Object.assign(globalThis, { Notification: Recorded, shownNotifications: () => [...shown.values()] });
}

function notifications(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { shownNotifications(): string[] }).shownNotifications());
}

Deno.test({
  name: "a direct conversation is the same on all devices of both members: its messages, changes, marks and search",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    const url = `http://${server.address}/`;
    await using ada = await Peer.join(server.address, "ada");
    await using visitors = await Visitors.open();
    const bob = await visitors.visit(url);
    await joinAs(bob, "bob");
    const { member: { id: bobId } } = await ada.next({ type: "join" });
    const old = Array.from({ length: OLD_MESSAGES }, (_, nth) => ({ type: "message", to: bobId, text: `old ${nth}` }));
    await ada.send(...old, { type: "ping", ref: "old" });
    await ada.next({ type: "pong", ref: "old" });
    await openPlace(bob, /^ada/);
    await waitForMessage(bob, `old ${OLD_MESSAGES - 1}`);

    const phone = await visitors.openAgain(bob.context(), url);
    await phone.setViewportSize(PHONE);
    await joinAs(phone, "bob");
    assertEquals(await listed(phone), ["ada"]);
    await openPlace(phone, /^ada/);
    await waitForMessage(phone, `old ${OLD_MESSAGES - 1}`);
    await phone.waitForFunction(() => {
      document.getElementById("log")!.scrollTop = 0;
      return document.getElementById("log-start")!.textContent === "Only you and ada see this.";
    });
    assertEquals((await shownMessages(phone))[0], "ada: old 0");
    await phone.getByRole("button", { name: "Newest messages" }).click();

    await changeEverywhere({ ada, bob, phone, bobId });
    for (const page of [bob, phone]) {
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "ada" }).waitFor();
      await waitForMessage(page, "at one");
      assertEquals((await shownMessages(page)).slice(-3), EXPECTED);
    }
    await phone.getByRole("button", { name: "Search" }).click();
    await phone.getByRole("searchbox", { name: "Search this conversation" }).fill("from:ada one");
    await phone.keyboard.press("Enter");
    await phone.getByText("1 found in ada, newest first").waitFor();
    await phone.keyboard.press("Escape");

    await readOnOneDevice({ ada, bob, phone, bobId });
    await server.stop();
  },
});

interface Devices {
  readonly ada: Peer;
  readonly bob: Page;
  readonly phone: Page;
  readonly bobId: string;
}

const EXPECTED = ["bob: lunch? edited", "ada: at one", "ada: message deleted"];

async function changeEverywhere({ ada, bob, phone, bobId }: Devices): Promise<void> {
  await say(bob, "lunch");
  const { seq } = await ada.next({ type: "message", text: "lunch" });
  await waitForMessage(phone, "lunch");
  await say(phone, "/edit lunch?");
  await ada.next({ type: "edited", text: "lunch?" });
  await ada.send(
    { type: "message", to: bobId, text: "at one", reply: seq },
    { type: "message", to: bobId, text: "or two" },
    { type: "delete", to: bobId },
    { type: "react", to: bobId, of: seq, emoji: "👍" },
  );
  for (const page of [bob, phone]) {
    await page.locator("#messages .reaction").waitFor();
    assertEquals((await shownMessages(page)).slice(-3), EXPECTED);
    assertEquals(await page.locator("#messages .quote").textContent(), "In reply to bob: lunch?");
  }
}

async function readOnOneDevice({ ada, bob, phone, bobId }: Devices): Promise<void> {
  await bob.addInitScript(recordNotifications);
  await bob.evaluate(() => localStorage.setItem("confab notify", "true"));
  await bob.reload();
  for (const page of [bob, phone]) await openPlace(page, /^#lobby/);
  for (const text of ["psst", "still there?"]) await ada.send({ type: "message", to: bobId, text });
  for (const page of [bob, phone]) await waitForTitle(page, /^\(2\) /);
  assertEquals(await notifications(bob), ["ada: still there?"]);
  await openPlace(phone, /^ada/);
  await phone.locator(".row", { has: phone.locator(".new-line") }).getByText("psst").waitFor();
  const before = performance.now();
  await waitForTitle(bob, /^#lobby/);
  assert(performance.now() - before < 5_000);
  assertEquals(await notifications(bob), []);
  await waitUntilRead(bob);
  await waitForTitle(phone, /^ada/);
}

Deno.test({
  name: "older conversations are listed on request, a closed one stays hidden until its next message, and names follow",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0");
    const url = `http://${server.address}/`;
    await using visitors = await Visitors.open();
    const zoe = await Peer.join(server.address, "zoe");
    const others: Peer[] = [];
    for (let nth = 10; nth < 10 + PARTNERS; nth++) {
      const kim = await Peer.join(server.address, `kim${nth}`);
      await kim.send({ type: "message", to: "zoe", text: `hello ${nth}` });
      const { id, from } = await zoe.next({ type: "message" });
      await zoe.send({ type: "read", to: from.id, id });
      others.push(kim);
    }
    const page = await visitors.visit(url, { viewport: PHONE });
    await enterAs(page, zoe);
    const newestFirst = others.map((_, index) => `kim${9 + PARTNERS - index}`);
    const list = page.getByRole("button", { name: /^Conversations/ });
    await list.click();
    const more = page.getByRole("button", { name: "Older conversations" });
    await more.waitFor();
    const first = await listed(page);
    assertEquals(first, newestFirst.slice(0, first.length));
    await more.click();
    await more.waitFor({ state: "hidden" });
    assertEquals(await listed(page), newestFirst);
    await page.keyboard.press("Escape");

    await openPlace(page, /^kim40/);
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.reload();
    await page.getByRole("textbox", MESSAGE_FIELD).waitFor();
    await list.click();
    await page.locator("#directs .conversation-title", { hasText: "kim41" }).waitFor();
    assert(!(await listed(page)).includes("kim40"));
    const kim = others[30]!;
    await kim.send({ type: "rename", name: "kimberly" }, { type: "message", to: "zoe", text: "I am kimberly now" });
    await page.locator("#directs .conversation-title", { hasText: "kimberly" }).waitFor();
    assertEquals((await listed(page))[0], "kimberly");
    await page.keyboard.press("Escape");
    await openPlace(page, /^kimberly/);
    await waitForMessage(page, "hello 40");
    await kim.send({ type: "leave" });
    await say(page, "still there?");
    await page.getByText("kimberly is not connected and gets your message later").waitFor();
    await say(page, "/msg ZOE buy milk");
    await page.getByText("Only you see this", { exact: true }).waitFor();
    await waitForMessage(page, "buy milk");
    for (const peer of others) await peer[Symbol.asyncDispose]();
    await server.stop();
  },
});

Deno.test({
  name: "the menus of a member and of the user ignore, moderate, protect the name, and show an invite as a QR code",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory", "--rate", "0", "--title", "Tea & <cake>");
    const url = `http://${server.address}/`;
    await using visitors = await Visitors.open();
    const page = await visitors.visit(url);
    await page.getByRole("heading", { name: "Tea & <cake>" }).waitFor();
    assertEquals(await page.title(), "Tea & <cake>");
    await joinAs(page, "zoe");
    await using ada = await Peer.join(server.address, "ada");
    const text = (text: string) => ({ type: "message", room: "lobby", text });
    await ada.send(text("noise"));
    await waitForMessage(page, "noise");
    const choose = async (menu: string, item: string) => {
      await page.getByRole("button", { name: menu }).click();
      await page.getByRole("dialog").getByRole("button", { name: item }).click();
    };
    await choose("More about ada", "Ignore");
    await page.getByText("You no longer see messages of ada").waitFor();
    await ada.send(text("more noise"), { type: "message", to: "zoe", text: "psst" }, { type: "ping", ref: "1" });
    await ada.next({ type: "pong", ref: "1" });
    assertEquals([await shownMessages(page), await listed(page)], [[], []]);
    await choose("More about ada", "Show messages again");
    await waitForMessage(page, "more noise");
    await choose("More about ada", "Mute…");
    await page.getByRole("dialog", { name: "Mute ada" }).getByRole("button", { name: "Mute" }).click();
    await page.getByText("You muted ada in #lobby").waitFor();

    await choose("Account and settings", "Protect my name");
    for (let times = 0; times < 2; times++) {
      await page.getByRole("textbox", { name: "Password" }).fill("correct horse");
      await page.keyboard.press("Enter");
    }
    await page.getByText("The name zoe is yours").waitFor();
    await choose("Account and settings", "Show the address");
    await page.getByRole("img", { name: "QR code of the address" }).waitFor();
    assertEquals(await page.getByRole("textbox", { name: "Address" }).inputValue(), url);
    await server.stop();
  },
});
