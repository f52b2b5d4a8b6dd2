/** The pages of the manual as documents for browsers, in the look of the chat. They run no script. */

import type { StaticPage } from "../framing/http/http_response.ts";
import { escapeHtml, type HtmlPage, indexMarkdown, renderForBrowser } from "../manual/html_page.ts";
import { isTopic, readTopic, TOPICS } from "../manual/topics.ts";
import { contentPolicy } from "./content_policy.ts";
import { openSources, readStyles, SOURCES } from "./source_files.ts";

const STYLES = ["src/web/base.css", "src/web/manual.css"];

/**
 * Builds the page of a topic, or the list of all topics for `""`. Resolves with `undefined` if there is no such topic.
 * `path` is the path of the manual on the server. All links are relative, since a proxy may pass on the server in a folder.
 * Takes a few milliseconds. Rejects if the files cannot be read.
 */
export async function buildManualPage(topic: string, path: string): Promise<StaticPage | undefined> {
  if (topic !== "" && !isTopic(topic)) return undefined;
  await openSources();
  const styles = await Promise.all(STYLES.map((name) => readStyles(new URL(name, SOURCES))));
  const markdown = topic === "" ? indexMarkdown() : await readTopic(topic);
  const root = topic === "" ? "." : "..";
  const page = renderForBrowser(markdown, root + path);
  return {
    html: documentOf(page, { topic, root, path: root + path, styles }),
    policy: await contentPolicy({ scripts: [], styles }),
  };
}

interface PageContext {
  readonly topic: string;
  /** The server's `/` without its slash, relative to this page. */
  readonly root: string;
  readonly path: string;
  readonly styles: readonly string[];
}

function documentOf({ title, body, sections }: HtmlPage, { topic, root, path, styles }: PageContext): string {
  const name = topic === "" ? "Manual" : `${escapeHtml(title)} – Manual`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${name} – Confab</title>
<link rel="icon" href="data:,">
${styles.map((style) => `<style>${style}</style>`).join("\n")}
</head>
<body>
<a class="skip" href="#page">Skip to the text</a>
<header class="manual-head">
<a class="home" href="${root}/">Confab</a>
<nav aria-label="Manual">
${topicLinks(topic, path)}
</nav>
</header>
<div class="manual-columns">
${contents(sections)}
<main id="page" class="page">
${body}
</main>
</div>
</body>
</html>
`;
}

function topicLinks(current: string, path: string): string {
  const entries = [{ name: "", title: "Manual" }, ...TOPICS];
  return entries.map(({ name, title }) => {
    const mark = name === current ? ' aria-current="page"' : "";
    return `<a href="${path}${name === "" ? "" : `/${name}`}"${mark}>${escapeHtml(title)}</a>`;
  }).join("\n");
}

function contents(sections: HtmlPage["sections"]): string {
  if (sections.length < 2) return "";
  const items = sections.map(({ title, anchor }) =>
    `<li><a href="#${escapeHtml(anchor)}">${escapeHtml(title)}</a></li>`
  );
  return `<nav class="contents" aria-label="On this page"><ul>\n${items.join("\n")}\n</ul></nav>`;
}
