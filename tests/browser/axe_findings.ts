import axe from "axe-core";
import type { Page } from "playwright-core";

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

interface Axe {
  run(
    part: string,
    options: { readonly resultTypes: readonly string[] },
  ): Promise<{ readonly violations: readonly Finding[] }>;
}

/**
 * The rules of accessibility that the page, or the part with this selector, breaks now, by axe. The page must be opened with
 * `bypassCSP`.
 */
export async function axeFindings(page: Page, part = "html"): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  const violations = await page.evaluate(async (part) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(part, { resultTypes: ["violations"] })).violations;
  }, part);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
