import axe from "axe-core";
import type { Page } from "playwright-core";

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Which rules axe looks at; by default the usual ones. */
interface Choice {
  /** These alone. */
  readonly runOnly?: readonly string[];
  /** The usual ones without these. */
  readonly rules?: Readonly<Record<string, { readonly enabled: false }>>;
}

interface Axe {
  run(
    part: string,
    options: Choice & { readonly resultTypes: readonly string[] },
  ): Promise<{ readonly violations: readonly Finding[] }>;
}

/** The usual rules of axe that look at colours. They take most of its time. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const ONLY_COLOURS: Choice = { runOnly: COLOUR_RULES };
const NO_COLOURS: Choice = { rules: Object.fromEntries(COLOUR_RULES.map((id) => [id, { enabled: false }])) };

/**
 * The rules of accessibility that the page, or the part with this selector, breaks now, by axe: in light colours, and in dark
 * ones, of which the styles change nothing else. Here and below, the page must be opened with `bypassCSP`.
 */
export async function axeFindingsInAllColours(page: Page, part = "html"): Promise<string[]> {
  const light = await brokenRules(page, part);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await brokenRules(page, part, ONLY_COLOURS);
  await page.emulateMedia({ colorScheme: "light" });
  return [...light, ...dark.map((finding) => `dark: ${finding}`)];
}

/** The rules of accessibility that the page breaks. Those that look at colours see only the parts with this selector, if any. */
export async function axeFindingsWithColoursOf(page: Page, coloured: string): Promise<string[]> {
  const found = await brokenRules(page, "html", NO_COLOURS);
  if (await page.locator(coloured).count() === 0) return found;
  return [...found, ...await brokenRules(page, coloured, ONLY_COLOURS)];
}

async function brokenRules(page: Page, part: string, choice: Choice = {}): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  const violations = await page.evaluate(async ({ part, choice }) => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(part, { resultTypes: ["violations"], ...choice })).violations;
  }, { part, choice });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}
