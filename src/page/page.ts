/** The chat page: one document with all that it needs at first, and parts of its script that it loads on demand. */

import type { StaticPage } from "../framing/http/http_response.ts";
import { contentPolicy } from "./content_policy.ts";
import { bundle, type Pause } from "./module_bundle.ts";
import { openSources, readStyles, SOURCES } from "./source_files.ts";

const DOCUMENT = new URL("src/web/index.html", SOURCES);
const STYLE = /<link rel="stylesheet" href="([^"]+)">/g;
/** The document has one script. */
const SCRIPT = /<script src="([^"]+)"><\/script>/;

/** The function that finds the parts of the script. */
const PART_ADDRESS = { module: "src/web/page_address.ts", name: "partAddress" };

export interface PageOptions {
  /** The name of the chat. */
  readonly title?: string;
  readonly pause?: Pause | undefined;
}

/** Takes about 300 ms, in small steps. Rejects if the sources cannot be read or compiled; never prompts for a permission. */
export async function buildPage({ title = "Confab", pause }: PageOptions = {}): Promise<StaticPage> {
  await openSources();
  const text = await Deno.readTextFile(DOCUMENT);
  const source = withoutIndentation(text.replaceAll("{title}", () => escapeHtml(title)));
  const styles: string[] = [];
  for (const [, path] of source.matchAll(STYLE)) styles.push(await readStyles(new URL(path!, DOCUMENT)));
  const entry = new URL(SCRIPT.exec(source)![1]!, DOCUMENT).href.slice(SOURCES.href.length);
  const { main, parts } = await bundle(SOURCES, entry, { pause, partAddress: PART_ADDRESS });
  let style = 0;
  const html = source
    .replace(STYLE, () => `<style>${styles[style++]}</style>`)
    .replace(SCRIPT, () => `<script>${main}</script>`);
  return { html, policy: await contentPolicy({ scripts: [main], styles }), scripts: parts };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** In the markup, which has no preformatted text, a line break means the same as more white space. */
function withoutIndentation(text: string): string {
  return text.replace(/\n\s+/g, "\n");
}
