import { assertEquals } from "@std/assert";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { serve } from "../helpers/e2e.ts";
import { Peer } from "../helpers/e2e_peer.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, say, Visitors, waitForMessage } from "./browser.ts";

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function findingsIn(page: Page): Promise<string[]> {
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } };
    return (await axe.run()).violations;
  });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Findings in the states of two devices, of which one admits the other. */
async function findingsInLinking(page: Page, openOther: () => Promise<Page>): Promise<string[]> {
  const found: string[] = [];
  await say(page, "/link");
  await page.getByRole("img", { name: "QR code of the address" }).waitFor();
  found.push(...await findingsIn(page));
  const words = await page.locator("#link-code").innerText();
  const other = await openOther();
  await other.evaluate(axe.source);
  await other.getByRole("button", { name: "I have a code from another device" }).click();
  found.push(...await findingsIn(other));
  await other.getByLabel("Three words").fill(words);
  await other.keyboard.press("Enter");
  await other.getByRole("heading", { name: "is asked to admit this device" }).waitFor();
  await page.getByRole("heading", { name: "wants to be" }).waitFor();
  found.push(...await findingsIn(other), ...await findingsIn(page));
  await page.getByRole("button", { name: "No", exact: true }).click();
  await page.getByRole("heading", { name: "The device is not linked" }).waitFor();
  found.push(...await findingsIn(page));
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

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test({
    name: `axe finds no problem in any part of the page, wide or narrow, in ${colorScheme} mode`,
    ignore: !HAS_CHROMIUM,
    async fn() {
      await using server = await serve("--memory", "--rate", "0");
      await using ada = await Peer.join(server.address, "ada");
      await using visitors = await Visitors.open();
      for (const viewport of [DESKTOP, NARROW]) {
        // The page's policy would not allow the script of axe.
        const options = { viewport, colorScheme, bypassCSP: true };
        const open = () => visitors.visit(`http://${server.address}/`, options);
        const page = await open();
        await page.evaluate(axe.source);
        const found: string[] = await findingsIn(page);
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
        found.push(...await findingsIn(page));
        await page.keyboard.press("Escape");
        await say(page, "/msg nobody hello");
        await page.getByText("Not sent:").waitFor();
        await say(page, "/help");
        found.push(...await findingsIn(page));
        await page.getByRole("button", { name: "Search" }).click();
        await page.getByRole("searchbox").fill("anybody");
        await page.keyboard.press("Enter");
        await page.locator("#found .text").first().waitFor();
        found.push(...await findingsIn(page));
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: /show who/ }).click();
        found.push(...await findingsIn(page));
        await page.getByRole("button", { name: "More about ada" }).click();
        found.push(...await findingsIn(page));
        await page.keyboard.press("Escape");
        if (viewport === NARROW) {
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: /^Conversations/ }).click();
          found.push(...await findingsIn(page));
        }
        await page.getByRole("button", { name: "Account and invites" }).click();
        await page.getByRole("button", { name: "Show the address" }).click();
        found.push(...await findingsIn(page));
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
        found.push(...await findingsInLinking(page, open));
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assertEquals([found, tooWide], [[], false]);
      }
      await server.stop();
    },
  });
}
