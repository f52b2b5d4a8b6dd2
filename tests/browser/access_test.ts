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

/** The width of a desktop page at a zoom of 400 % (WCAG 2.2, 1.4.10). */
const NARROW = { width: 320, height: 640 };

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
        const page = await visitors.visit(`http://${server.address}/`, { viewport, colorScheme, bypassCSP: true });
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
        if (viewport === NARROW) {
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: /^Conversations/ }).click();
          found.push(...await findingsIn(page));
        }
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assertEquals([found, tooWide], [[], false]);
      }
      await server.stop();
    },
  });
}
