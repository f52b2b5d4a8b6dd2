import { assert, assertEquals, assertRejects } from "@std/assert";
import { lexer, walkTokens } from "marked";
import { linkTarget } from "../../src/manual/anchors.ts";
import { indexMarkdown, renderForBrowser } from "../../src/manual/html_page.ts";
import { isTopic, readTopic, TOPICS } from "../../src/manual/topics.ts";

const PAGES = new Map(
  await Promise.all(TOPICS.map(async ({ name }) => [name, await readTopic(name)] as const)),
);

function hrefsIn(markdown: string): string[] {
  const hrefs: string[] = [];
  walkTokens(lexer(markdown), (token) => void (token.type === "link" && hrefs.push(token.href)));
  return hrefs;
}

function anchorsOf(topic: string): Set<string> {
  const { body } = renderForBrowser(PAGES.get(topic)!, "/help");
  return new Set(Array.from(body.matchAll(/ id="([^"]+)"/g), ([, id]) => id!));
}

Deno.test("every link between the pages of the manual leads to a page and an anchor that exist", () => {
  const broken: string[] = [];
  let links = 0;
  for (const [topic, markdown] of PAGES) {
    for (const href of hrefsIn(markdown)) {
      const target = linkTarget(href);
      const [page, anchor] = target.kind === "page"
        ? [target.topic, target.anchor]
        : [topic, target.kind === "here" ? target.anchor : ""];
      if (anchor !== "" && !anchorsOf(page).has(anchor)) broken.push(`${topic}.md: ${href}`);
      if (target.kind === "other" && !isSourceFile(href)) broken.push(`${topic}.md: ${href}`);
      links++;
    }
  }
  assertEquals(broken, []);
  assert(links > 10);
});

/** Links into the source, which only readers of the source can follow. */
function isSourceFile(href: string): boolean {
  try {
    return Deno.statSync(new URL(href.replace(/#.*/, ""), new URL("../../src/manual/", import.meta.url))).isFile;
  } catch {
    return false;
  }
}

Deno.test("the folder holds the pages of the list, and the list links to all of them", async () => {
  const files = await Array.fromAsync(Deno.readDir(new URL("../../src/manual/", import.meta.url)));
  const pages = files.map(({ name }) => name).filter((name) => name.endsWith(".md")).sort();
  assertEquals(pages, TOPICS.map(({ name }) => `${name}.md`).sort());
  assertEquals(hrefsIn(indexMarkdown()).sort(), pages);
});

Deno.test("each page begins with a heading of the first level, its title", () => {
  for (const { name, title } of TOPICS) assertEquals(renderForBrowser(PAGES.get(name)!, "/help").title, title);
});

Deno.test("only the names of the list are topics", async () => {
  for (const name of ["", "nosuch", "../manual/guide", "guide.md", "GUIDE"]) {
    assertEquals(isTopic(name), false);
    await assertRejects(() => readTopic(name), Error, "has no page");
  }
});
