import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { figuresIn, figuresText, withFigures } from "./peers/publish.ts";
import type { Report } from "./peers/report.ts";
import { failedRun, sampleReport, sampleRun } from "./samples.ts";

const ROOT = new URL("../../", import.meta.url);
const PAGE =
  "# Confab\n\n<!-- from .github/bench.json, by deno task bench:peers --publish -->\nold\n<!-- up to here -->\n\nMore\n";

/** The text without the padding of the formatter. */
function plain(text: string): string {
  return text.replaceAll(/-{2,}/g, "-").replaceAll(/ +/g, " ").trim();
}

Deno.test("publishing replaces only the content between the marks", () => {
  const report = sampleReport([sampleRun("a", "confab")]);
  const once = withFigures(PAGE, report);
  assertEquals(figuresIn(once), figuresText(report));
  assert(once.startsWith("# Confab\n") && once.endsWith("\n\nMore\n") && !once.includes("old"));
  assertEquals(withFigures(once, report), once);
  assertThrows(
    () => withFigures("# Confab\n", report),
    Error,
    "src/manual/performance.md has no place for the figures",
  );
});

Deno.test("the table has a cell for each figure, and marks failed and missing ones", () => {
  const text = figuresText(sampleReport([
    sampleRun("a", "confab", { deliveriesPerSecond: 7_654_321 }),
    failedRun("a", "redis"),
    sampleRun("c", "redis"),
    sampleRun("d", "redis"),
  ]));
  assertMatch(text, /^Measured on 2026-11-21 on Abacus <2> with 2 cores, .*; one round\.$/m);
  assertEquals(text.split("\n").filter((line) => /^[|-] /.test(line)), [
    "- a: 100 receivers, 4 senders, window 64: million deliveries a second",
    "- c: 10,000 receivers, 4 senders, window 4: million deliveries a second",
    "- c KiB: KiB a connection",
    "- c s: seconds until all have joined",
    "- d ms: 100 receivers, 50 messages a second, p99 in ms",
    "| Server | a | c | c KiB | c s | d ms |",
    "| --- | --- | --- | --- | --- | --- |",
    "| Confab --memory | 7.65 | – | – | – | – |",
    "| Redis | failed | 1.00 | 10.0 | 1.5 | 0.50 |",
  ]);
});

Deno.test("the figures of the manual are those of .github/bench.json", async () => {
  const report = JSON.parse(await Deno.readTextFile(new URL(".github/bench.json", ROOT))) as Report;
  const page = await Deno.readTextFile(new URL("src/manual/performance.md", ROOT));
  assertEquals(plain(figuresIn(page)), plain(figuresText(report)));
});
