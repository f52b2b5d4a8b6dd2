import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { indexMarkdown, renderForBrowser } from "../../src/manual/html_page.ts";
import { readTopic, TOPICS } from "../../src/manual/topics.ts";

function bodyOf(markdown: string): string {
  return renderForBrowser(markdown, "/help").body.trim();
}

Deno.test("a page has its title, and its sections with anchors", () => {
  const { title, sections, body } = renderForBrowser(
    "# The `Page`\n\n## One & two\n\n### Deep\n\n## One & two",
    "/help",
  );
  assertEquals(title, "The Page");
  assertEquals(sections, [
    { title: "One & two", anchor: "one--two" },
    { title: "One & two", anchor: "one--two-1" },
  ]);
  for (const id of ["the-page", "one--two", "deep", "one--two-1"]) assertStringIncludes(body, ` id="${id}"`);
});

Deno.test("links lead to the pages of the server, to sections, or to the web, and nowhere else", () => {
  assertStringIncludes(bodyOf("[a](hosting.md#tls)"), '<a href="/help/hosting#tls">a</a>');
  assertStringIncludes(bodyOf("[a](./guide.md)"), '<a href="/help/guide">a</a>');
  assertStringIncludes(bodyOf("[a](#b)"), '<a href="#b">a</a>');
  assertStringIncludes(bodyOf("[a](https://deno.com)"), '<a href="https://deno.com" target="_blank" rel="noopener');
  for (const href of ["../../README.md", "javascript:alert(1)", "//evil.example", "data:text/html,x", "nosuch.md"]) {
    assertEquals(bodyOf(`[a](${href})`), "<p>a</p>", href);
  }
});

Deno.test("raw HTML is shown as text, except for comments and line breaks", () => {
  assertEquals(bodyOf("a <script>alert(1)</script> b"), "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b</p>");
  assertEquals(bodyOf("<div onclick='x'>\n\n<!-- note -->"), "&lt;div onclick=&#39;x&#39;&gt;");
  assertEquals(bodyOf("a<br>b"), "<p>a<br>b</p>");
  assertEquals(bodyOf("![a <b>](x.png)"), "<p><em>a &lt;b&gt;</em></p>");
  assertStringIncludes(bodyOf('| a |\n| --: |\n| <img src="x" onerror="y"> |'), '<td class="right">&lt;img src=');
});

Deno.test("no page holds scripts, styles, event handlers, or images", async () => {
  for (const markdown of [indexMarkdown(), ...await Promise.all(TOPICS.map(({ name }) => readTopic(name)))]) {
    assertNotMatch(bodyOf(markdown), /<(script|style|img|iframe|object|link|form)|\s(on\w+|style)="|javascript:|<!--/i);
  }
});
