import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { TOPICS } from "../../src/manual/topics.ts";
import { serve } from "../helpers/e2e.ts";
import { axeFindings } from "./axe_findings.ts";
import { DESKTOP, HAS_CHROMIUM, joinAs, PHONE, Visitors } from "./browser.ts";

/** A folder for screenshots of the pages, to look at by hand. */
const PICTURES = Deno.env.get("CONFAB_PICTURES");

Deno.test({
  name: "the chat page links to the manual, whose links and anchors work",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    const chat = await visitors.visit(`http://${server.address}/`);
    const opened = chat.waitForEvent("popup");
    await chat.getByRole("link", { name: "Manual" }).click();
    const manual = await opened;
    await manual.getByRole("main").getByRole("link", { name: "Guide" }).click();
    await manual.getByRole("heading", { level: 1, name: "Guide" }).waitFor();
    const section = manual.getByRole("navigation", { name: "On this page" }).getByRole("link").nth(3);
    const title = await section.textContent();
    await section.click();
    assertMatch(manual.url(), /\/help\/guide#.+/);
    const top = await manual.getByRole("heading", { name: title! }).evaluate((heading) =>
      heading.getBoundingClientRect().top
    );
    assertEquals(top >= 0 && top < 200, true, `the heading is at ${top}`);
    await joinAs(chat, "ada");
    assertEquals(
      await chat.getByRole("link", { name: "Manual" }).evaluate((link) => (link as HTMLAnchorElement).href),
      `http://${server.address}/help`,
    );
    await server.stop();
  },
});

/** The kinds of elements on a page: their tags and classes from the document down, which are all that its styles depend on. */
async function elementKinds(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const nameOf = ({ localName, className }: Element) => `${localName}.${className}`;
    const kindOf = (element: Element): string =>
      `${element.parentElement ? kindOf(element.parentElement) : ""} ${nameOf(element)}`;
    return Array.from(new Set(Array.from(document.querySelectorAll("*"), kindOf)));
  });
}

/**
 * Each page is checked in the first form. The second form differs in width and colours alone: there, a page is checked if it has
 * a kind of element that no page before had.
 */
Deno.test({
  name:
    "axe finds no problem in any page of the manual, or narrow and dark in any kind of element, and each page fits its window",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await using server = await serve("--memory");
    await using visitors = await Visitors.open();
    const problems: string[] = [];
    for (const [viewport, colorScheme] of [[DESKTOP, "light"], [PHONE, "dark"]] as const) {
      const known = new Set<string>();
      const page = await visitors.visit("about:blank", { viewport, colorScheme, bypassCSP: true });
      for (const path of ["/help", ...TOPICS.map(({ name }) => `/help/${name}`)]) {
        await page.goto(`http://${server.address}${path}`);
        const where = `${path} ${viewport.width} ${colorScheme}`;
        if (PICTURES !== undefined) {
          await page.screenshot({ path: `${PICTURES}/${where.replaceAll(/[ /]/g, "_")}.png` });
        }
        if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) {
          problems.push(`${where}: too wide`);
        }
        const kinds = (await elementKinds(page)).filter((kind) => !known.has(kind));
        for (const kind of kinds) known.add(kind);
        if (colorScheme === "dark" && kinds.length === 0) continue;
        problems.push(...(await axeFindings(page)).map((finding) => `${where}: ${finding}`));
      }
      assert(known.size > 50, `Only ${known.size} kinds of elements were found`);
    }
    assertEquals(problems, []);
    await server.stop();
  },
});
