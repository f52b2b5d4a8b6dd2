/** The chat page: one document with all that it needs, and a policy that allows nothing else. */

import type { StaticPage } from "../framing/http/http_response.ts";
import { contentPolicy } from "./content_policy.ts";
import { bundle, type Pause } from "./module_bundle.ts";
import { openSources, readStyles, SOURCES } from "./source_files.ts";

const DOCUMENT = new URL("src/web/index.html", SOURCES);
const STYLE = /<link rel="stylesheet" href="([^"]+)">/g;
const SCRIPT = /<script src="([^"]+)"><\/script>/g;

export interface PageOptions {
  /** The name of the chat. */
  readonly title?: string;
  readonly pause?: Pause;
}

/** Takes about 300 ms, in small steps. Rejects if the sources cannot be read or compiled; never prompts for a permission. */
export async function buildPage({ title = "Confab", pause }: PageOptions = {}): Promise<StaticPage> {
  await openSources();
  const text = await Deno.readTextFile(DOCUMENT);
  const source = withoutIndentation(text.replaceAll("{title}", () => escapeHtml(title)));
  const styles: string[] = [];
  const scripts: string[] = [];
  for (const [, path] of source.matchAll(STYLE)) styles.push(await readStyles(new URL(path!, DOCUMENT)));
  for (const [, path] of source.matchAll(SCRIPT)) {
    scripts.push(await bundle(SOURCES, new URL(path!, DOCUMENT).href.slice(SOURCES.href.length), pause));
  }
  let style = 0;
  let script = 0;
  const html = source
    .replace(STYLE, () => `<style>${styles[style++]}</style>`)
    .replace(SCRIPT, () => `<script>${scripts[script++]}</script>`);
  return { html, policy: await contentPolicy({ scripts, styles }) };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** In the markup, which has no preformatted text, a line break means the same as more white space. */
function withoutIndentation(text: string): string {
  return text.replace(/\n\s+/g, "\n");
}
