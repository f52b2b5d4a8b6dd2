import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { newFolder } from "../helpers/e2e_home.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { axeFindingsInAllColours } from "./axe_findings.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

const ADMIN_PASSWORD = "correct horse";

/** Panels with the buttons that open each. */
const PANELS = [
  ["More about ada", "Who is this?"],
  ["More about ada", "Ban…"],
  ["About this room"],
  ["Account and settings", "Invites…"],
  ["Account and settings", "The whole server…"],
  ["Account and settings", "My devices"],
  ["Account and settings", "Settings"],
] as const;

/** Findings in each panel, as the owner sees it. */
async function findingsInPanels(page: Page): Promise<string[]> {
  const found: string[] = [];
  await say(page, "/login");
  await page.getByRole("textbox", { name: "Password" }).fill(ADMIN_PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("You are the owner of this server now").last().waitFor();
  for (const buttons of PANELS) {
    const drawer = buttons[0] === "Account and settings" ? /^Conversations/ : /show who/;
    const isShown = await page.getByRole("button", { name: buttons[0] }).isVisible();
    if (!isShown) await page.getByRole("button", { name: drawer }).click();
    for (const name of buttons) await page.getByRole("button", { name, exact: true }).click();
    const panel = page.locator("dialog.panel");
    await panel.locator("p:visible, li, label").first().waitFor();
    found.push(...await axeFindingsInAllColours(page, "dialog.panel"));
    const isTooWide = await panel.evaluate((dialog) => dialog.scrollWidth > dialog.clientWidth);
    if (isTooWide) found.push(`the panel ${buttons.join(", ")} is too wide`);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    // Closes the drawer below, where there is one.
    await page.keyboard.press("Escape");
    if (page.viewportSize()!.width === NARROW.width) await page.locator("#sidebar").waitFor({ state: "hidden" });
  }
  return found;
}

/** Findings in the states of two devices, of which one admits the other. */
async function findingsInLinking(page: Page, openOther: () => Promise<Page>): Promise<string[]> {
  const found: string[] = [];
  await say(page, "/link");
  await page.getByRole("img", { name: "QR code of the address" }).waitFor();
  found.push(...await axeFindingsInAllColours(page));
  const words = await page.locator("#link-code").innerText();
  const other = await openOther();
  await other.getByRole("button", { name: "I have a code from another device" }).click();
  found.push(...await axeFindingsInAllColours(other));
  await other.getByLabel("Three words").fill(words);
  await other.keyboard.press("Enter");
  await other.getByRole("heading", { name: "is asked to admit this device" }).waitFor();
  await page.getByRole("heading", { name: "wants to be" }).waitFor();
  found.push(...await axeFindingsInAllColours(other), ...await axeFindingsInAllColours(page));
  await page.getByRole("button", { name: "No", exact: true }).click();
  await page.getByRole("heading", { name: "The device is not linked" }).waitFor();
  found.push(...await axeFindingsInAllColours(page));
  await page.keyboard.press("Escape");
  const isTooWide = await other.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (isTooWide) found.push("the cards of a new device are too wide");
  return found;
}

/** The width of a desktop page at a zoom of 400 % (WCAG 2.2, 1.4.10). */
const NARROW = { width: 320, height: 640 };

/** Each kind of block and part. */
const MARKUP = [
  "**a** *b* ~~c~~ `d` [e](https://example.org)",
  ...["> f", "- g", "  - h", "1. i", "```js", "j", "```", "```", ..."k".repeat(20), "```"],
].join("\n");

for (const [width, viewport] of [["wide", DESKTOP], ["narrow", NARROW]] as const) {
  Deno.test({
    name: `axe finds no problem in any part of the ${width} page, in light or dark colours`,
    ignore: !HAS_CHROMIUM,
    async fn() {
      const file = `${newFolder()}/admin`;
      await Deno.writeTextFile(file, ADMIN_PASSWORD, { mode: 0o600 });
      await using server = await serve("--memory", "--rate", "0", "--admin-password-file", file);
      await using ada = await Peer.join(server.address, "ada");
      await using visitors = await Visitors.open();
      // The page's policy would not allow the script of axe.
      const options = { viewport, colorScheme: "light" as const, bypassCSP: true };
      const open = () => visitors.visit(`http://${server.address}/`, options);
      const page = await open();
      const found: string[] = await axeFindingsInAllColours(page);
      const name = `zoe${viewport.width}`;
      await joinAs(page, name);
      await say(page, `is anybody here? see https://example.org`);
      await ada.send({ type: "message", room: "lobby", text: `${name}: I am` }, {
        type: "message",
        to: name,
        text: "psst",
      });
      await waitForMessage(page, "I am");
      await ada.send(
        { type: "message", room: "lobby", text: MARKUP },
        { type: "message", room: "lobby", text: "and you?", reply: name },
        { type: "edit", room: "lobby", text: "and who are you?" },
        { type: "react", room: "lobby", emoji: "👍" },
        { type: "message", room: "lobby", text: "oops" },
        { type: "delete", room: "lobby" },
      );
      await waitForMessage(page, "message deleted");
      await page.locator("#log").press("Enter");
      found.push(...await axeFindingsInAllColours(page));
      await page.keyboard.press("Escape");
      await say(page, "/msg nobody hello");
      await page.getByText("Not sent:").waitFor();
      await say(page, "/help");
      found.push(...await axeFindingsInAllColours(page));
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByRole("searchbox").fill("anybody");
      await page.keyboard.press("Enter");
      await page.locator("#found .text").first().waitFor();
      found.push(...await axeFindingsInAllColours(page));
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /show who/ }).click();
      found.push(...await axeFindingsInAllColours(page));
      await page.getByRole("button", { name: "More about ada" }).click();
      found.push(...await axeFindingsInAllColours(page));
      await page.keyboard.press("Escape");
      if (viewport === NARROW) {
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: /^Conversations/ }).click();
        found.push(...await axeFindingsInAllColours(page));
      }
      await page.getByRole("button", { name: "Account and settings" }).click();
      await page.getByRole("button", { name: "Show the address" }).click();
      found.push(...await axeFindingsInAllColours(page));
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      found.push(...await findingsInPanels(page));
      found.push(...await findingsInLinking(page, open));
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assertEquals([found, tooWide], [[], false]);
      await server.stop();
    },
  });
}
