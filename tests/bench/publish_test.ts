import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { figuresIn, figuresText, withFigures } from "./peers/publish.ts";
import type { Report } from "./peers/report.ts";
import { failedRun, sampleReport, sampleRun } from "./samples.ts";

const ROOT = new URL("../../", import.meta.url);
const README =
  "# Confab\n\n<!-- from .github/bench.json, by deno task bench:peers --publish -->\nold\n<!-- up to here -->\n\nMore\n";

/** Undoes the formatting of a table. */
function plain(text: string): string {
  return text.replaceAll(/-{2,}/g, "-").replaceAll(/ +/g, " ").trim();
}

Deno.test("publishing replaces only the content between the marks", () => {
  const report = sampleReport([sampleRun("a", "confab")]);
  const once = withFigures(README, report);
  assertEquals(figuresIn(once), figuresText(report));
  assert(once.startsWith("# Confab\n") && once.endsWith("\n\nMore\n") && !once.includes("old"));
  assertEquals(withFigures(once, report), once);
  assertThrows(() => withFigures("# Confab\n", report), Error, "README.md has no place for the figures");
});

Deno.test("the table has a cell for each figure, and marks failed and missing ones", () => {
  const text = figuresText(sampleReport([
    sampleRun("a", "confab", { deliveriesPerSecond: 7_654_321 }),
    failedRun("a", "redis"),
    sampleRun("c", "redis"),
    sampleRun("d", "redis"),
  ]));
  assertMatch(text, /^Measured on 2026-11-21 on Abacus <2> with 2 cores, .*; one round\.$/m);
  assertEquals(text.split("\n").filter((line) => line.startsWith("| ")), [
    "| Million deliveries a second | Confab --memory | Redis |",
    "| --- | --- | --- |",
    "| a: 100 receivers, 4 senders, window 64 | 7.65 | failed |",
    "| c: 10,000 receivers, 4 senders, window 4 | – | 1.00 |",
    "| c: KiB a connection | – | 10.0 |",
    "| c: seconds until all have joined | – | 1.5 |",
    "| d: 100 receivers, 50 messages a second, p99 in ms | – | 0.50 |",
  ]);
});

Deno.test("the figures in README.md are those of .github/bench.json", async () => {
  const report = JSON.parse(await Deno.readTextFile(new URL(".github/bench.json", ROOT))) as Report;
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  assertEquals(plain(figuresIn(readme)), plain(figuresText(report)));
});
