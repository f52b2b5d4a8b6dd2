import axe from "axe-core";
import type { Page } from "playwright-core";

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

interface Axe {
  run(
    part: string,
    options: { readonly resultTypes: readonly string[]; readonly runOnly?: readonly string[] },
  ): Promise<{ readonly violations: readonly Finding[] }>;
}

/** The usual rules of axe that look at colours. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/**
 * The rules of accessibility that the page, or the part with this selector, breaks now, by axe. The page must be opened with
 * `bypassCSP`.
 */
export async function axeFindings(page: Page, part = "html"): Promise<string[]> {
  return await brokenRules(page, part);
}

/** The same in light colours, and in dark ones, of which the styles change nothing else. */
export async function axeFindingsInAllColours(page: Page, part = "html"): Promise<string[]> {
  const light = await brokenRules(page, part);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await brokenRules(page, part, COLOUR_RULES);
  await page.emulateMedia({ colorScheme: "light" });
  return [...light, ...dark.map((finding) => `dark: ${finding}`)];
}

async function brokenRules(page: Page, part: string, runOnly?: readonly string[]): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  const violations = await page.evaluate(async ({ part, runOnly }) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(part, { resultTypes: ["violations"], ...runOnly && { runOnly } })).violations;
  }, { part, runOnly });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
