import { assert, assertEquals, assertMatch } from "@std/assert";
import { chartOf, escapeXml } from "./peers/chart.ts";
import { failedRun, sampleReport, sampleRun } from "./samples.ts";

/** Width and kind of each bar. */
function bars(svg: string): [string, number][] {
  return [...svg.matchAll(/<rect class="bar (\w+)"[^>]* width="([\d.]+)"/g)].map(([, kind, width]) => [
    kind!,
    Number(width),
  ]);
}

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

Deno.test("the chart has a bar for each figure, as long as the figure is high", () => {
  const svg = chartOf(sampleReport([
    sampleRun("a", "confab", { deliveriesPerSecond: 4e6 }),
    sampleRun("a", "redis", { deliveriesPerSecond: 1e6 }),
    sampleRun("a", "broadcast", { deliveriesPerSecond: 2e6 }),
  ]));
  const [confab, redis, broadcast] = bars(svg);
  assertEquals([confab, redis, broadcast].map((bar) => bar![0]), ["confab", "peer", "yardstick"]);
  assertEquals([redis, broadcast].map((bar) => Math.round(confab![1] / bar![1])), [4, 2]);
  for (const text of ["4.00", "1.00", "2.00", "Redis 7.0.15"]) assert(texts(svg).includes(text), text);
});

Deno.test("scenario c has a panel about memory as well, and scenario d shows latency", () => {
  const svg = chartOf(sampleReport([sampleRun("c", "confab"), sampleRun("d", "confab")]));
  assertEquals(bars(svg).length, 3);
  assert(texts(svg).includes("c: memory of a connection"));
  for (const text of ["1.00", "10.0", "0.50"]) assert(texts(svg).includes(text), text);
});

Deno.test("a failed figure has a bar without length and says so", () => {
  const svg = chartOf(sampleReport([
    sampleRun("a", "confab"),
    failedRun("a", "redis"),
  ]));
  assertEquals(bars(svg)[1], ["peer", 0]);
  assert(texts(svg).includes("failed"));
});

Deno.test("a figure that the load generator limited is marked, with a note", () => {
  const marked = chartOf(sampleReport([sampleRun("a", "confab", { generatorBusy: 1 })]));
  assert(texts(marked).includes("1.00 *"));
  assertMatch(marked, /\* The load generator was busy/);
  assert(!chartOf(sampleReport([sampleRun("a", "confab")])).includes("*<"));
});

Deno.test("the chart escapes every text", () => {
  assertEquals(escapeXml(`<a href="x">&</a>`), "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  const svg = chartOf(sampleReport([sampleRun("a", "confab")]));
  assert(svg.includes("Abacus &lt;2&gt;"));
  assert(!svg.includes("Abacus <"));
});

Deno.test("the chart has no script, loads nothing, and has colours for dark mode", () => {
  const svg = chartOf(sampleReport([sampleRun("a", "confab")]));
  assert(!/<script|\son\w+=|href=|url\(|@import/.test(svg));
  assertMatch(svg, /@media \(prefers-color-scheme: dark\)/);
});
