import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { TOPICS } from "../../src/manual/topics.ts";
import { buildManualPage } from "../../src/page/manual_page.ts";

Deno.test("each page of the manual is one document without scripts and absolute paths, and its policy allows only its styles", async () => {
  for (const topic of ["", ...TOPICS.map(({ name }) => name)]) {
    const { html, policy } = (await buildManualPage(topic, "/help"))!;
    assertEquals(html.match(/<style>/g)?.length, 2);
    assertNotMatch(html, /<script| on\w+=| style=|<link rel="stylesheet"/);
    assertNotMatch(policy, /script-src|connect-src|unsafe|\*/);
    assertStringIncludes(policy, "default-src 'none'; style-src 'sha256-");
    assertStringIncludes(html, 'aria-current="page"');
    for (const { name } of TOPICS) assertStringIncludes(html, `href="${topic === "" ? "." : ".."}/help/${name}"`);
    assertNotMatch(html, /(?:href|src)="\//);
  }
});

Deno.test("a topic that is not in the manual has no page", async () => {
  for (const topic of ["nosuch", "__proto__", "guide.md"]) {
    assertEquals(await buildManualPage(topic, "/help"), undefined);
  }
});
