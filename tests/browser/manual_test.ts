import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { TOPICS } from "../../src/manual/topics.ts";
import { serve } from "../helpers/e2e.ts";
import { axeFindingsWithColoursOf } from "./axe_findings.ts";
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

const NEW = "data-new";

/**
 * Marks the elements of other kinds than these as `NEW`, and returns their kinds: their tags and classes from the document down,
 * which are all that their styles depend on.
 */
async function markNewKinds(page: Page, known: ReadonlySet<string>): Promise<string[]> {
  return await page.evaluate(([mark, ...known]) => {
    const nameOf = ({ localName, className }: Element) => `${localName}.${className}`;
    const kindOf = (element: Element): string =>
      `${element.parentElement ? kindOf(element.parentElement) : ""} ${nameOf(element)}`;
    const before = new Set(known);
    const found = new Set<string>();
    for (const element of document.querySelectorAll("*")) {
      const kind = kindOf(element);
      if (before.has(kind)) continue;
      found.add(kind);
      element.setAttribute(mark!, "");
    }
    return [...found];
  }, [NEW, ...known]);
}

/**
 * Each page is checked in the first form, the colours of each kind of element where it first appears. The second form differs in
 * width and colours alone: there, a page is checked if it has a kind of element that no page before had.
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
        const kinds = await markNewKinds(page, known);
        for (const kind of kinds) known.add(kind);
        if (colorScheme === "dark" && kinds.length === 0) continue;
        problems.push(...(await axeFindingsWithColoursOf(page, `[${NEW}]`)).map((finding) => `${where}: ${finding}`));
      }
      assert(known.size > 50, `Only ${known.size} kinds of elements were found`);
    }
    assertEquals(problems, []);
    await server.stop();
  },
});
